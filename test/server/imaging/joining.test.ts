import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelOrder, claimOrder, returnOrder } from '../../../server/core/order/acts.ts';
import { joinByPerson } from '../../../server/imaging/join/joinByPerson.ts';
import { splitStudy } from '../../../server/imaging/join/splitStudy.ts';
import { reopenStudy } from '../../../server/imaging/reopenStudy.ts';
import { settleStudy } from '../../../server/imaging/settleStudy.ts';
import {
  decideUnmatched,
  type UnmatchedDecision,
} from '../../../server/imaging/unmatched/decideUnmatched.ts';
import { tags, type ElementList } from '../../../server/standards/dicom/index.ts';
import { startCounty, type County } from './county.ts';
import { newUid } from './objects.ts';

let county: County;
beforeAll(async () => (county = await startCounty()));
afterAll(() => county.close());

const reason = '分诊核对';
const joinsOf = async (study: string) =>
  county.ctx.db
    .selectFrom('studyOrder')
    .innerJoin('study', 'study.id', 'studyOrder.studyId')
    .select(['studyOrder.orderId', 'studyOrder.how', 'studyOrder.undoneAt'])
    .where('study.studyInstanceUid', '=', study)
    .orderBy('studyOrder.joinedAt')
    .execute();
const waiting = async (subjectId: string) =>
  county.ctx.db.selectFrom('unmatchedInput').selectAll().where('subjectId', '=', subjectId).orderBy('createdAt', 'desc').executeTakeFirst(); // prettier-ignore
const studyId = async (study: string) =>
  (await county.ctx.db.selectFrom('study').select('id').where('studyInstanceUid', '=', study).executeTakeFirstOrThrow()).id; // prettier-ignore
const placer = (number: string): ElementList => [[tags.placerOrderNumber, number]];
/** How an operation ended: `done`, or the status and type of its error. */
const end = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'done', (error: { status: number; type: string }) => `${error.status} ${error.type}`); // prettier-ignore

describe('a number alone never joins', () => {
  const facts = (number: string) => ({ accessionNumber: number, patientName: 'HE^YI=何^一' });

  test.each<[string, Record<string, string>, string[]]>([
    ['nothing contradicts', {}, []],
    ['the name in pinyin only', { patientName: 'HE^YI' }, []],
    ['absent sex and birth date', { sex: '', birthDate: '' }, []],
    ['another sex', { sex: 'F' }, ['sex']],
    ['another birth date', { birthDate: '19700102' }, ['birthDate']],
    ['another name', { patientName: 'HE^ER=何^二' }, ['name']],
    ['everything else', { patientName: 'LV^ER=吕^二', sex: 'F', birthDate: '20010101' }, ['name', 'sex', 'birthDate']],
  ])('%s', async (_what, more, fields) => {
    const [order] = await county.place('何一');
    const study = await county.send({ ...facts(order!.accessionNumber), ...more });
    const row = await waiting(study);
    if (fields.length === 0) {
      expect(await joinsOf(study)).toMatchObject([{ orderId: order!.id, how: 'number' }]);
      expect(row).toBeUndefined();
    } else {
      expect([row?.kind, await joinsOf(study)]).toEqual(['mismatch', []]);
      const [candidate] = row!.candidates as unknown as { differences: { field: string }[] }[];
      expect(candidate!.differences.map(({ field }) => field)).toEqual(fields);
      expect((await county.order(order!.id)).status).toBe('requested');
    }
  }); // prettier-ignore

  test('images without name and number of a patient wait: nothing identifies him', async () => {
    const [order] = await county.place('何一');
    const study = await county.send({ accessionNumber: order!.accessionNumber, patientName: '', sex: '', birthDate: '' }); // prettier-ignore
    expect((await waiting(study))?.reason).toBe('the number is right but nothing identifies the patient');
  });

  test('the number of another site is a contradiction, its placer number means nothing here', async () => {
    const [other] = await county.place('何一', { by: 'doctor2', placerOrderNumber: 'HIS-4711' });
    const wrongSite = await county.send(facts(other!.accessionNumber));
    const [candidate] = (await waiting(wrongSite))!.candidates as unknown as { differences: { field: string }[] }[]; // prettier-ignore
    expect(candidate!.differences.map(({ field }) => field)).toEqual(['institution']);
    const byPlacer = await county.send({ patientName: 'HE^YI=何^一', more: placer('HIS-4711') });
    expect((await waiting(byPlacer))?.kind).toBe('no-order');
    expect(await joinsOf(byPlacer)).toMatchObject([{ how: 'provisional' }]);
  });

  test('a cancelled order takes no images: a person looks', async () => {
    const [order] = await county.place('何一');
    await cancelOrder(county.ctx, county.people.doctor1, order!.id, '患者离院');
    const study = await county.send(facts(order!.accessionNumber));
    expect((await waiting(study))?.reason).toBe('the number is right but status differ');
  });

  test('of the orders behind one placer number the modality chooses, the accession number before it', async () => {
    const two = { placerOrderNumber: 'HIS-4712', items: [{ code: 'CT-HEAD' }, { code: 'DR-CHEST' }] };
    const orders = await county.place('何一', two);
    expect(orders).toHaveLength(2);
    const [ct, dx] = ['CT', 'DX'].map((modality) => orders.find((each) => each.modality === modality)!);
    const more = placer('HIS-4712');
    const byModality = await county.send({ patientName: 'HE^YI=何^一', modality: 'DR', more });
    expect(await joinsOf(byModality)).toMatchObject([{ orderId: dx!.id }]);
    const byNumber = await county.send({ ...facts(ct!.accessionNumber), modality: 'DR', more });
    expect(await joinsOf(byNumber)).toMatchObject([{ orderId: ct!.id }]);
    const neither = await county.send({ patientName: 'HE^YI=何^一', modality: 'US', more });
    expect((await waiting(neither))?.kind).toBe('ambiguous');
    expect(await joinsOf(neither)).toEqual([]);
  });

  test('a whole slide owes no imaging order', async () => {
    const study = await county.send({ modality: 'SM', sopClass: '1.2.840.10008.5.1.4.1.1.77.1.6' });
    expect([await joinsOf(study), await waiting(study)]).toEqual([[], undefined]);
  });
});

describe('a person joins and splits', () => {
  const join = (who: keyof County['people'], orderId: string, study: string) =>
    end(joinByPerson(county.ctx, county.people[who], orderId, { studyInstanceUid: study, reason }));
  const split = (orderId: string, study: string, toOrderId?: string, who: keyof County['people'] = 'registrar1') =>
    end(splitStudy(county.ctx, county.people[who], orderId, { studyInstanceUid: study, reason, ...(toOrderId && { toOrderId }) })); // prettier-ignore

  test('only who may, only what is there, and once', async () => {
    const [order] = await county.place('孔一');
    const study = await county.send({
      patientName: 'KONG^ER=孔^二',
      accessionNumber: order!.accessionNumber,
    });
    expect(await join('radiologist1', order!.id, study)).toMatch(/^403/);
    expect(await join('doctor2', order!.id, study)).toMatch(/^404/);
    expect(await join('registrar1', order!.id, newUid())).toMatch(/^404/);
    expect(await join('registrar1', order!.id, study)).toBe('done');
    expect(await join('registrar1', order!.id, study)).toBe('409 joined-already');
    const [closed] = await county.place('孔三');
    await cancelOrder(county.ctx, county.people.doctor1, closed!.id, '重复');
    expect(await join('registrar1', closed!.id, study)).toBe('409 wrong-status');
    const row = await waiting(study);
    expect([row?.state, row?.resolvedBy]).toEqual(['resolved', county.people.registrar1.id]);
  });

  test('a provisional case that is being read is not taken away under the reader', async () => {
    const [order] = await county.place('孔四');
    const study = await county.send({ patientName: 'KONG^SI=孔^四' });
    const provisional = (await waiting(study))!.orderId!;
    await claimOrder(county.ctx, county.people.radiologist1, provisional);
    expect(await join('registrar1', order!.id, study)).toBe('409 case-in-work');
    expect(await joinsOf(study)).toMatchObject([{ orderId: provisional, undoneAt: null }]);
  });

  test('a split goes nowhere else than to an open order of the centre, and the join stays as history', async () => {
    const [from] = await county.place('孔五');
    const [to] = await county.place('孔五');
    const [closed] = await county.place('孔五');
    await cancelOrder(county.ctx, county.people.doctor1, closed!.id, '重复');
    const study = await county.send({ patientName: 'KONG^WU=孔^五', accessionNumber: from!.accessionNumber });
    expect(await split(to!.id, study)).toMatch(/^404/);
    expect(await split(from!.id, study, from!.id)).toMatch(/^422/);
    expect(await split(from!.id, study, closed!.id)).toBe('409 wrong-status');
    expect(await split(from!.id, study, undefined, 'tech1')).toMatch(/^403/);
    expect(await split(from!.id, study, undefined, 'radiologist2')).toMatch(/^403/);
    expect(await split(from!.id, study, to!.id)).toBe('done');
    expect(await joinsOf(study)).toMatchObject([
      { orderId: from!.id, undoneAt: expect.any(Date) },
      { orderId: to!.id, undoneAt: null, how: 'person' },
    ]);
    expect(await waiting(study)).toBeUndefined();
    expect((await county.order(to!.id)).status).toBe('received');
    expect(await split(from!.id, study)).toMatch(/^404/);
    expect(await split(to!.id, study)).toBe('done');
    expect((await waiting(study))?.reason).toContain(`split from ${to!.accessionNumber}`);
    // and back again: reversible
    expect(await join('registrar1', from!.id, study)).toBe('done');
  });
});

describe('decisions on what waits', () => {
  const decide = (id: string, input: UnmatchedDecision, who: keyof County['people'] = 'registrar1') =>
    end(decideUnmatched(county.ctx, county.people[who], id, input));
  const mismatch = async () => {
    const [order] = await county.place('严一');
    const study = await county.send({ patientName: 'YAN^ER=严^二', accessionNumber: order!.accessionNumber });
    return { order: order!, study, row: (await waiting(study))! };
  };

  test('each that does not fit what waits is refused and leaves it open', async () => {
    const { row } = await mismatch();
    expect(await decide('01900000-0000-7000-8000-000000000000', { decision: 'provisional' })).toMatch(/^404/);
    expect(await decide(row.id, { decision: 'provisional' }, 'tech1')).toMatch(/^403/);
    expect(await decide(row.id, { decision: 'provisional' }, 'lab1')).toMatch(/^403/);
    expect(await decide(row.id, { decision: 'replace', reason })).toMatch(/^422/);
    expect(await decide(row.id, { decision: 'confirm' })).toMatch(/^422/);
    expect((await waiting(row.subjectId!))?.state).toBe('open');
  });

  test('read at once under an order of its own, once', async () => {
    const { row, study, order } = await mismatch();
    expect(await decide(row.id, { decision: 'provisional' })).toBe('done');
    const [joined] = await joinsOf(study);
    expect(joined).toMatchObject({ how: 'provisional' });
    expect((await county.order(joined!.orderId)).status).toBe('received');
    expect((await county.order(order.id)).status).toBe('requested');
    expect(await decide(row.id, { decision: 'discard', reason })).toBe('409 decided-already');
  });

  test('a provisional case stands already: not another one', async () => {
    const study = await county.send({ patientName: 'YAN^SAN=严^三' });
    expect(await decide((await waiting(study))!.id, { decision: 'provisional' })).toBe('409 joined-already');
  });

  test('of two who decide at once one is first', async () => {
    const { row } = await mismatch();
    const ends = await Promise.all([
      decide(row.id, { decision: 'discard', reason: '甲' }),
      decide(row.id, { decision: 'discard', reason: '乙' }),
    ]);
    expect(ends.sort()).toEqual(['409 decided-already', 'done']);
  });

  test('of two objects with one UID: neither joined nor put in another series, the first may stay', async () => {
    const [study, series, uid] = [newUid(), newUid(), newUid()];
    await county.send({ study, series, uid, patientName: 'YAN^SI=严^四' });
    await county.send({ study, series: newUid(), uid, patientName: 'YAN^SI=严^四', fill: 9 });
    const [order] = await county.place('严四');
    const row = (await waiting(uid))!;
    expect(row.kind).toBe('conflict');
    expect(await decide(row.id, { decision: 'join', orderId: order!.id, reason })).toMatch(/^422/);
    expect(await decide(row.id, { decision: 'provisional' })).toMatch(/^422/);
    expect(await decide(row.id, { decision: 'replace', reason })).toBe('409 other-series');
    expect(await decide(row.id, { decision: 'keep-first', reason })).toBe('done');
    expect((await waiting(uid))?.state).toBe('discarded');
    const current = await county.ctx.db.selectFrom('instance').innerJoin('series', 'series.id', 'instance.seriesId').select('series.seriesInstanceUid').where('sopInstanceUid', '=', uid).where('supersededAt', 'is', null).execute(); // prettier-ignore
    expect(current).toEqual([{ seriesInstanceUid: series }]);
  });
});

describe('what comes late', () => {
  test('a settled study receives again, its returned case is back in the worklist', async () => {
    const [order] = await county.place('华一');
    const facts = { patientName: 'HUA^YI=华^一', accessionNumber: order!.accessionNumber };
    const study = await county.send(facts);
    const id = await studyId(study);
    expect((await county.order(order!.id)).receiving).toBe(true);
    await settleStudy(county.ctx, id, { now: true });
    expect((await county.order(order!.id)).receiving).toBe(false);
    await claimOrder(county.ctx, county.people.radiologist1, order!.id);
    await returnOrder(county.ctx, county.people.radiologist1, order!.id, { reason: 'incomplete' });
    await reopenStudy(county.ctx, id);
    const again = await county.order(order!.id);
    expect([again.status, again.receiving]).toEqual(['received', true]);
    await reopenStudy(county.ctx, id); // it is open: nothing happens twice
    const events = await county.ctx.db.selectFrom('orderEvent').select('kind').where('orderId', '=', order!.id).orderBy('seq').execute(); // prettier-ignore
    const count = (kind: string) => events.filter((event) => event.kind === kind).length;
    expect([count('received'), count('returned'), count('resent')]).toEqual([1, 1, 1]);
  });

  test('settling waits for quiet, and a second time changes nothing', async () => {
    const [order] = await county.place('华二');
    const study = await county.send({ patientName: 'HUA^ER=华^二', accessionNumber: order!.accessionNumber });
    const id = await studyId(study);
    await settleStudy(county.ctx, id);
    expect((await county.order(order!.id)).receiving).toBe(true);
    county.clock.advance(30);
    await settleStudy(county.ctx, id);
    await settleStudy(county.ctx, id);
    await settleStudy(county.ctx, 999_999_999);
    const settled = await county.ctx.db.selectFrom('orderEvent').select('detail').where('orderId', '=', order!.id).where('kind', '=', 'input-settled').execute(); // prettier-ignore
    expect(settled).toMatchObject([{ detail: { series: 1, instances: 1 } }]);
  });
});
