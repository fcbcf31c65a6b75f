import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../../../server/core/access/actor.ts';
import { deriveSeries } from '../../../../server/imaging/derive/deriveSeries.ts';
import { resolveImages } from '../../../../server/imaging/query/resolveImages.ts';
import { decideUnmatched } from '../../../../server/imaging/unmatched/decideUnmatched.ts';
import { tags } from '../../../../server/standards/dicom/index.ts';
import { startCounty, type County } from '../county.ts';
import { makeFile, newUid, store, township, type ObjectOptions } from '../objects.ts';

let county: County;
beforeAll(async () => (county = await startCounty()));
afterAll(() => county.close());

const names = () => ({
  study: newUid(),
  series: newUid(),
  uid: newUid(),
  size: 32,
  at: new Date(1_790_000_000_000),
});
const send = async (options: ObjectOptions) =>
  (await store(county.ctx, await township(county.ctx), makeFile(options))).status;
const questions = (uid: string) =>
  county.ctx.db
    .selectFrom('unmatchedInput')
    .selectAll()
    .where('subjectId', '=', uid)
    .where('kind', '=', 'conflict')
    .orderBy('createdAt')
    .execute();
const decide = (id: string, decision: 'replace' | 'keep-first' | 'discard') =>
  decideUnmatched(county.ctx, county.people.registrar1, id, { decision, reason: '核对后' }).then(
    ({ state }) => state,
    (error: { status: number; type: string }) => `${error.status} ${error.type}`,
  );
const seriesId = async (uid: string) =>
  (await county.ctx.db.selectFrom('series').select('id').where('seriesInstanceUid', '=', uid).executeTakeFirstOrThrow()).id; // prettier-ignore
const waiting = async (id: number) =>
  (
    await county.ctx.db
      .selectFrom('job')
      .select('id')
      .where('kind', '=', 'imaging.derive')
      .where('key', '=', String(id))
      .where('state', '=', 'waiting')
      .execute()
  ).length;

/** A series that is derived, and another object under the UID of its image. */
async function conflicting(second: ObjectOptions = { fill: 9 }) {
  const own = names();
  expect(await send(own)).toBe('stored');
  const id = await seriesId(own.series);
  await county.ctx.db.deleteFrom('job').where('kind', '=', 'imaging.derive').execute();
  await deriveSeries(county.ctx, id);
  expect(await send({ ...own, ...second })).toBe('conflict');
  const [question] = await questions(own.uid);
  return { ...own, id, question: question! };
}
const pixelsOf = async (study: string) => {
  const [image] = await resolveImages(county.ctx, SYSTEM, { study });
  const start = image!.pixelOffset!;
  return (await county.ctx.objects.read(image!.objectAddress, { start, end: start + 3 })).toString('hex');
};

test('the second in place of the first is what is shown; the first stays as history; previews are made anew', async () => {
  const { study, uid, id, question } = await conflicting();
  expect([await pixelsOf(study), await waiting(id)]).toEqual(['07070707', 0]);
  expect(await decide(question.id, 'replace')).toBe('resolved');
  expect([await pixelsOf(study), await waiting(id)]).toEqual(['09090909', 1]);
  const rows = await county.ctx.db
    .selectFrom('instance')
    .select(['id', 'objectAddress', 'supersededAt', 'supersededBy'])
    .where('sopInstanceUid', '=', uid)
    .orderBy('id')
    .execute();
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ supersededBy: rows[1]!.id });
  expect(await county.ctx.objects.size(rows[0]!.objectAddress)).toBeGreaterThan(0);
  const stale = await county.ctx.db.selectFrom('seriesDerived').selectAll().where('seriesId', '=', id).execute();
  expect(stale).toEqual([]);
  await deriveSeries(county.ctx, id);
  const [image] = await resolveImages(county.ctx, SYSTEM, { study });
  expect([image!.instanceId, image!.rendition?.frames.length]).toEqual([rows[1]!.id, 1]);
  const audit = await county.ctx.db
    .selectFrom('auditEvent')
    .select(['actorName', 'detail'])
    .where('action', '=', 'instance.replace')
    .where('subjectId', '=', uid)
    .execute();
  expect(audit).toEqual([
    {
      actorName: county.people.registrar1.name,
      detail: { reason: '核对后', before: rows[0]!.id, after: rows[1]!.id },
    },
  ]);
}); // prettier-ignore

test.each(['keep-first', 'discard'] as const)('%s changes nothing that is shown, and what was kept stays in the store', async (decision) => {
  const { study, id, question } = await conflicting();
  expect(await decide(question.id, decision)).toBe('discarded');
  expect([await pixelsOf(study), await waiting(id)]).toEqual(['07070707', 0]);
  expect(await county.ctx.objects.size(question.objectAddress!)).toBeGreaterThan(0);
  expect(await decide(question.id, 'replace')).toBe('409 decided-already');
}); // prettier-ignore

test('of two who replace at once one is first, and the object is replaced once', async () => {
  const { uid, question } = await conflicting();
  const outcomes = await Promise.all([decide(question.id, 'replace'), decide(question.id, 'replace')]);
  expect(outcomes.sort()).toEqual(['409 decided-already', 'resolved']);
  const rows = await county.ctx.db.selectFrom('instance').select('id').where('sopInstanceUid', '=', uid).execute();
  expect(rows).toHaveLength(2);
}); // prettier-ignore

test('an object of another series under the same UID cannot take the place; it stays a question', async () => {
  const { study, uid, question } = await conflicting({ series: newUid() });
  expect(await decide(question.id, 'replace')).toBe('409 other-series');
  expect(await pixelsOf(study)).toBe('07070707');
  expect((await questions(uid))[0]!.state).toBe('open');
});

test('a replaced image comes again: the new one is a duplicate, the old one a conflict as any other', async () => {
  const { question, ...own } = await conflicting();
  await decide(question.id, 'replace');
  expect(await send({ ...own, fill: 9 })).toBe('duplicate');
  expect(await send(own)).toBe('conflict');
});

test.each<[string, ObjectOptions, { itemName: RegExp; itemClass: string; modality: string }]>([
  ['a CT of the head', { modality: 'CT', more: [[tags.bodyPartExamined, 'HEAD']] }, { itemName: /头颅 CT/, itemClass: 'ct-mr', modality: 'CT' }],
  ['a CR of a chest', { modality: 'CR', more: [[tags.bodyPartExamined, 'CHEST']] }, { itemName: /胸部 DR/, itemClass: 'xray', modality: 'DX' }],
  ['a part that the catalogue does not know', { modality: 'CT', more: [[tags.bodyPartExamined, 'TAIL']] }, { itemName: /^CT TAIL \(待核实项目\)$/, itemClass: 'ct-mr', modality: 'CT' }],
  ['a part told by the description', { modality: 'DX', more: [[tags.studyDescription, 'Knee left']] }, { itemName: /膝/, itemClass: 'xray', modality: 'DX' }],
  ['a device of another kind', { modality: 'XA' }, { itemName: /^XA \(待核实项目\)$/, itemClass: 'other', modality: 'XA' }],
])('images without an order: %s is taken for what its header says', async (_what, options, expected) => {
  const study = await county.send({ ...options, patientName: `XU^${newUid().slice(-4)}`, patientId: newUid().slice(-8) });
  const order = await county.ctx.db
    .selectFrom('studyOrder')
    .innerJoin('study', 'study.id', 'studyOrder.studyId')
    .innerJoin('orders', 'orders.id', 'studyOrder.orderId')
    .select(['orders.itemName', 'orders.itemClass', 'orders.modality', 'orders.provisional'])
    .where('study.studyInstanceUid', '=', study)
    .executeTakeFirstOrThrow();
  expect(order).toMatchObject({ itemClass: expected.itemClass, modality: expected.modality, provisional: true });
  expect(order.itemName).toMatch(expected.itemName);
}); // prettier-ignore
