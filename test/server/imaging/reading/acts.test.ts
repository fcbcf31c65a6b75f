import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { actorOfStaff } from '../../../../server/core/access/actorOfStaff.ts';
import { machineActor, SYSTEM, type Actor } from '../../../../server/core/access/actor.ts';
import { saveMeasurements } from '../../../../server/imaging/measurement/saveMeasurements.ts';
import { commentOnCase } from '../../../../server/imaging/reading/commentOnCase.ts';
import { gradeImages } from '../../../../server/imaging/reading/gradeImages.ts';
import { addKeyImage, listKeyImages, removeKeyImage } from '../../../../server/imaging/reading/keyImages.ts';
import { listTeaching } from '../../../../server/imaging/reading/listTeaching.ts';
import { markTeaching } from '../../../../server/imaging/reading/markTeaching.ts';
import { requestSecondOpinion } from '../../../../server/imaging/reading/requestSecondOpinion.ts';
import { tags } from '../../../../server/standards/dicom/index.ts';
import { startCounty, type County } from '../county.ts';
import { newUid } from '../objects.ts';

let county: County;
let reader: Actor;
let second: Actor;
let orderId: string;
let study: string;
let images: string[];
let people = 0;

beforeAll(async () => {
  county = await startCounty();
  reader = county.people.radiologist1;
  second = county.people.radiologist2;
});
afterAll(() => county.close());

/** An order of a new patient whose images have come. */
async function received(count: number): Promise<{ orderId: string; study: string; images: string[] }> {
  const [order] = await county.place('严一', {
    patient: {
      name: '严一',
      sex: 'M',
      birthDate: '1970-01-01',
      identifiers: [{ type: 'mrn', value: `R${++people}` }],
    },
  });
  const [studyUid, series] = [newUid(), newUid()];
  const uids = Array.from({ length: count }, newUid);
  for (const [at, uid] of uids.entries())
    await county.send({
      study: studyUid,
      series,
      uid,
      instanceNumber: at + 1,
      patientName: 'YAN^YI=严^一',
      accessionNumber: order!.accessionNumber,
      ...(at === 0 && { size: 4, more: [[tags.numberOfFrames, '1']] }),
    });
  expect((await county.order(order!.id)).status).toBe('received');
  return { orderId: order!.id, study: studyUid, images: uids };
}
beforeAll(async () => ({ orderId, study, images } = await received(3)));

const end = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'done', (error: { status: number; type: string }) => `${error.status} ${error.type}`); // prettier-ignore

/** Everything that these acts write about an order. */
async function written(id: string) {
  const { db } = county.ctx;
  const of = (table: 'keyImage' | 'imageGrade' | 'secondOpinion' | 'orderEvent' | 'measurementReport') =>
    db.selectFrom(table).selectAll().where('orderId', '=', id).execute();
  const [keys, grades, opinions, events, reports, marks, order] = await Promise.all([
    of('keyImage'),
    of('imageGrade'),
    of('secondOpinion'),
    of('orderEvent'),
    of('measurementReport'),
    db.selectFrom('teachingMark').selectAll().where('orderId', '=', id).execute(),
    county.order(id),
  ]);
  return { keys, grades, opinions, events, reports, marks, status: order.status };
}
const auditsOf = async (id: string, action: string) =>
  (
    await county.ctx.db
      .selectFrom('auditEvent')
      .select(['outcome', 'actorName', 'detail'])
      .where('subjectId', '=', id)
      .where('action', '=', action)
      .execute()
  ).map(({ outcome, detail }) => ({ outcome, detail }));

type Act = (actor: Actor, id: string) => Promise<unknown>;
const acts: [string, Act][] = [
  ['choosing a key image', async (actor, id) => addKeyImage(county.ctx, actor, id, { sopInstanceUid: images[0]!, frame: 1 })],
  ['taking one out', async (actor, id) => removeKeyImage(county.ctx, actor, id, '01900000-0000-7000-8000-000000000001')],
  ['grading', async (actor, id) => gradeImages(county.ctx, actor, id, { grade: 'C', faults: ['motion'] })],
  ['asking for a second opinion', async (actor, id) => requestSecondOpinion(county.ctx, actor, id, { question: '?' })],
  ['marking for teaching', async (actor, id) => markTeaching(county.ctx, actor, id, { on: true })],
  ['a remark', async (actor, id) => commentOnCase(county.ctx, actor, id, 'x')],
  ['saving measurements', async (actor, id) => saveMeasurements(county.ctx, actor, id, [])],
]; // prettier-ignore

describe('who does not read the case', () => {
  const others: [string, () => Promise<Actor>, RegExp][] = [
    ['the doctor who asked', async () => county.people.doctor1, /^403/],
    ['the technician who made the images', async () => county.people.tech1, /^403/],
    ['the registrar', async () => county.people.registrar1, /^403/],
    ['a doctor of another township', async () => county.people.doctor2, /^404/],
    ['a laboratory', async () => county.people.lab1, /^40[34]/],
    ['a reader of another centre', () => actorOfStaff(county.ctx.db, 'cardiologist1'), /^40[34]/],
    ['the county’s health office', () => actorOfStaff(county.ctx.db, 'regulator1'), /^40[34]/],
    [
      'a machine',
      async () => machineActor('LIUHE', SYSTEM.id ?? '', county.people.tech1.institutionId ?? '', ['input.upload']),
      /^40[34]/,
    ],
  ]; // prettier-ignore
  test.each(others)('%s does none of it, and nothing is written', async (_who, actorOf, expected) => {
    const actor = await actorOf();
    const before = await written(orderId);
    for (const [what, act] of acts) expect(await end(act(actor, orderId)), what).toMatch(expected);
    expect(await written(orderId)).toEqual(before);
  });

  test('an order that is not there is 404 for its own readers too', async () => {
    for (const [what, act] of acts)
      expect(await end(act(reader, '01900000-0000-7000-8000-000000000000')), what).toBe('404 not-found');
  });
});

describe('before there are images', () => {
  test.each(acts.filter(([what]) => !['marking for teaching', 'a remark'].includes(what)))(
    '%s is refused and leaves the order as it was',
    async (_what, act) => {
      const [order] = await county.place('严二');
      const before = await written(order!.id);
      expect(await end(act(reader, order!.id))).toMatch(/^(409 no-images|404 not-found)$/);
      expect(await written(order!.id)).toEqual(before);
    },
  );
});

describe('key images', () => {
  const add = (sopInstanceUid: string, frame = 1, more = {}) =>
    addKeyImage(county.ctx, reader, orderId, { sopInstanceUid, frame, ...more });
  beforeEach(async () => {
    await county.ctx.db.deleteFrom('keyImage').execute();
  });

  test('stand in the order in which they were chosen, with note and view; the same again is the same', async () => {
    const chosen = await add(images[2]!, 1, { note: '结节', view: { zoom: 2 } });
    await add(images[0]!);
    const audits = (await auditsOf(orderId, 'key-image.add')).length;
    expect(await add(images[2]!, 1, { note: 'another' })).toEqual(chosen);
    expect(await auditsOf(orderId, 'key-image.add')).toHaveLength(audits);
    const { items } = await listKeyImages(county.ctx.db, county.people.doctor1, orderId);
    expect(items.map(({ sopInstanceUid, note, view }) => [sopInstanceUid, note, view])).toEqual([
      [images[2], '结节', { zoom: 2 }],
      [images[0], null, {}],
    ]);
    expect(items[0]).toMatchObject({ addedBy: reader.name, studyInstanceUid: study, frame: 1 });
  });

  test('frames that the image does not have, and images of other cases, are not there', async () => {
    const other = await received(1);
    expect(await end(add(images[0]!, 2))).toBe('404 not-found');
    expect(await end(add(other.images[0]!))).toBe('404 not-found');
    expect((await written(orderId)).keys).toEqual([]);
  });

  test('sixty are taken, not one more; one of the sixty can be chosen again, and a place that is free is given', async () => {
    const [row] = await county.ctx.db
      .selectFrom('instance')
      .select('id')
      .where('sopInstanceUid', '=', images[1]!)
      .execute();
    await county.ctx.db
      .updateTable('instance')
      .set({ numberOfFrames: 100 })
      .where('id', '=', row!.id)
      .execute();
    const ids = [];
    for (let frame = 1; frame <= 60; frame++) ids.push((await add(images[1]!, frame)).id);
    expect(await end(add(images[1]!, 61))).toBe('409 too-many');
    expect(await add(images[1]!, 60)).toEqual({ id: ids[59] });
    await removeKeyImage(county.ctx, reader, orderId, ids[0]!);
    await add(images[1]!, 61);
    const { keys } = await written(orderId);
    expect(keys).toHaveLength(61);
    expect(keys.filter(({ removedAt }) => removedAt !== null).map(({ frame }) => frame)).toEqual([1]);
    expect((await listKeyImages(county.ctx.db, reader, orderId)).items.at(-1)?.frame).toBe(61);
  });

  test('one that was taken out stays as history, is not taken out twice, and can come back', async () => {
    const { id } = await add(images[0]!);
    const other = await received(1);
    expect(await end(removeKeyImage(county.ctx, reader, other.orderId, id))).toBe('404 not-found');
    await removeKeyImage(county.ctx, second, orderId, id);
    expect(await end(removeKeyImage(county.ctx, reader, orderId, id))).toBe('404 not-found');
    const again = await add(images[0]!);
    expect(again.id).not.toBe(id);
    expect((await written(orderId)).keys.map(({ removedAt }) => removedAt !== null)).toEqual([true, false]);
    expect(await auditsOf(orderId, 'key-image.remove')).toContainEqual({
      outcome: 'done',
      detail: { sopInstanceUid: images[0] },
    });
  });

  test('two readers who choose the same at once make one', async () => {
    const chosen = await Promise.all([add(images[0]!), add(images[0]!), add(images[0]!)]);
    expect(new Set(chosen.map(({ id }) => id)).size).toBe(1);
    expect((await written(orderId)).keys).toHaveLength(1);
  });
});

describe('grades', () => {
  test('the last one counts, the ones before stay as history, and the site is told of B and C only', async () => {
    const grade = (input: Parameters<typeof gradeImages>[3]) =>
      gradeImages(county.ctx, reader, orderId, input);
    const told = async () =>
      (
        await county.ctx.db
          .selectFrom('notification')
          .select(['body', 'institutionId'])
          .where('orderId', '=', orderId)
          .where('kind', '=', 'image-graded')
          .execute()
      ).map(({ body }) => (body as { grade: string }).grade);
    await grade({ grade: 'A', faults: [] });
    await grade({ grade: 'C', faults: ['motion'], note: '需重拍' });
    await grade({ grade: 'B', faults: ['motion'] });
    const { grades, events } = await written(orderId);
    expect(grades.map((each) => [each.grade, each.supersededAt !== null, each.note])).toEqual([
      ['A', true, null],
      ['C', true, '需重拍'],
      ['B', false, null],
    ]);
    expect(events.filter(({ kind }) => kind === 'image-graded')).toHaveLength(3);
    expect(await told()).toEqual(['C', 'B']);
  });
});

describe('second opinions', () => {
  test('of an institution without an imaging centre, none at all is made', async () => {
    const before = await written(orderId);
    const orders = async () => (await county.ctx.db.selectFrom('orders').select('id').execute()).length;
    const count = await orders();
    for (const institution of ['LIUHE', 'NOWHERE'])
      expect(
        await end(requestSecondOpinion(county.ctx, reader, orderId, { question: '出血?', institution })),
      ).toBe('422 invalid');
    expect([await written(orderId), await orders()]).toEqual([before, count]);
  });

  test('is asked of the centre that was chosen, with urgency and question of its own, on the same images', async () => {
    const asked = await requestSecondOpinion(county.ctx, reader, orderId, {
      question: '是否出血?',
      institution: 'QHRM',
      priority: 'emergency',
    });
    expect(asked).toMatchObject({
      status: 'received',
      priority: 'emergency',
      reportingInstitutionId: reader.institutionId,
    });
    const { opinions, events, status } = await written(orderId);
    expect(opinions).toMatchObject([{ opinionOrderId: asked.id, question: '是否出血?', askedBy: reader.id }]);
    expect(status).toBe('received');
    expect(events.filter(({ kind }) => kind === 'second-opinion-asked')).toHaveLength(1);
    const joined = await county.ctx.db
      .selectFrom('studyOrder')
      .innerJoin('study', 'study.id', 'studyOrder.studyId')
      .select('study.studyInstanceUid')
      .where('studyOrder.orderId', '=', asked.id)
      .where('studyOrder.undoneAt', 'is', null)
      .execute();
    expect(joined).toEqual([{ studyInstanceUid: study }]);
  });
});

describe('teaching', () => {
  test('each reader marks for himself; a mark again changes the note, taking it out leaves that of the other', async () => {
    const mark = (actor: Actor, on: boolean, note?: string) =>
      markTeaching(county.ctx, actor, orderId, { on, note });
    await mark(reader, true, '典型');
    await mark(second, true);
    await mark(reader, true, '典型征象');
    const notes = async () =>
      (await listTeaching(county.ctx.db, reader, { limit: 10 })).items.map(({ note, markedByName }) => [
        note,
        markedByName,
      ]);
    expect(new Set(await notes())).toEqual(
      new Set([
        ['典型征象', reader.name],
        [null, second.name],
      ]),
    );
    expect((await listTeaching(county.ctx.db, reader, { limit: 1 })).items).toHaveLength(1);
    await mark(second, false);
    await mark(second, false); // what is not marked is not unmarked either
    expect(await notes()).toEqual([['典型征象', reader.name]]);
  });

  test('the list shows what its reader may see: nothing to the doctor of another township', async () => {
    await markTeaching(county.ctx, reader, orderId, { on: true });
    expect((await listTeaching(county.ctx.db, county.people.doctor2, { limit: 10 })).items).toEqual([]);
  });
});
