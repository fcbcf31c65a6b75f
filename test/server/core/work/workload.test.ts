import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../../../server/core/access/actor.ts';
import { readFeedback } from '../../../../server/core/work/readFeedback.ts';
import { readWorkload } from '../../../../server/core/work/readWorkload.ts';
import { as, ctx, institution, openReaders, reader, request, second } from '../county.ts';
import { acceptOrder } from '../../../../server/core/order/acts.ts';
import { setTo, sign, signedCase } from '../quality/history.ts';

openReaders();
let lead: string, liuhe: string, baita: string;
beforeAll(async () => {
  [lead, liuhe, baita] = (await Promise.all(['QHRM', 'LIUHE', 'BAITA'].map(institution))) as [string, string, string];
}); // prettier-ignore

const day = (text: string) => new Date(`${text}:00+08:00`);
type Row = Record<string, unknown>;

describe('the workload', () => {
  beforeEach(() => ctx.db.deleteFrom('rosterShift').execute());
  const load = async (from: string, to = from, center?: 'imaging' | 'ecg') => {
    const { readers, shifts } = await readWorkload(ctx.db, from, to, center);
    return { readers: readers as Row[], shifts: shifts as Row[] };
  };
  const shift = (actor: Actor, from: string, to: string, duty = 'reporter') =>
    ctx.db
      .insertInto('rosterShift')
      .values({ institutionId: lead, centerKind: 'imaging', staffId: actor.id ?? '', duty, startsAt: day(from), endsAt: day(to) })
      .execute(); // prettier-ignore

  test('counts who wrote and who signed, weighted by kind of case, with the minutes from claim to signature', async () => {
    const at = (hour: string) => ({ ordered: `2026-10-12T${hour}:00`, accepted: `2026-10-12T${hour}:01`, claimed: `2026-10-12T${hour}:05`, signed: `2026-10-12T${hour}:25` });
    await signedCase(at('08'));
    await signedCase(at('09'), { items: [{ code: 'CT-HEAD' }], priority: 'emergency' });
    await signedCase({ ...at('10'), signed: '2026-10-12T10:45' }, { items: [{ code: 'US-ABDOMEN' }] });
    await signedCase(at('11'), {}, { reporter: second, signer: second });
    await signedCase({ ordered: '2026-10-11T23:00', accepted: '2026-10-11T23:05', signed: '2026-10-11T23:59' });
    const { readers } = await load('2026-10-12');
    expect(readers.map(({ name, written, signed, weighted, emergencies }) => [name, written, signed, weighted, emergencies])).toEqual([
      ['林静', 1, 4, 6, 1],
      ['陈思远', 3, 0, 5, 1],
    ]);
    expect(readers.map(({ medianMinutes }) => medianMinutes)).toEqual([expect.closeTo(20, 1), expect.closeTo(20, 1)]);
    expect((await load('2026-10-12', '2026-10-12', 'ecg')).readers).toEqual([]);
    expect((await load('2026-10-11', '2026-10-12')).readers.map(({ written }) => written)).toEqual([1, 4]);
  }); // prettier-ignore

  test('tells work of a shift from work beside it, and counts hours that overlap once', async () => {
    await signedCase({ ordered: '2026-10-13T08:00', accepted: '2026-10-13T08:01', signed: '2026-10-13T09:00' });
    await signedCase({ ordered: '2026-10-13T19:00', accepted: '2026-10-13T19:01', signed: '2026-10-13T20:00' });
    await shift(reader, '2026-10-13T08:00', '2026-10-13T16:00');
    await shift(reader, '2026-10-13T12:00', '2026-10-13T18:00', 'verifier');
    await shift(reader, '2026-10-13T22:00', '2026-10-14T06:00');
    await shift(reader, '2026-10-13T08:00', '2026-10-13T20:00', 'technician');
    const { readers, shifts } = await load('2026-10-13');
    const own = readers.find(({ name }) => name === '陈思远');
    expect(own, '8–18 and two hours before midnight').toMatchObject({ written: 2, onShift: 1, shiftHours: 12 });
    expect(shifts.map(({ duty, signed }) => [duty, signed])).toEqual([
      ['reporter', 0],
      ['verifier', 0],
      ['reporter', 1],
    ]);
  }); // prettier-ignore

  test('weighs with the weights that the county set', async () => {
    await signedCase({ ordered: '2026-10-14T08:00', accepted: '2026-10-14T08:01', signed: '2026-10-14T09:00' }, { items: [{ code: 'CT-HEAD' }] });
    const weights = (value: object) =>
      ctx.db
        .insertInto('setting')
        .values({ key: 'work.weights', value: JSON.stringify(value) })
        .onConflict((oc) => oc.column('key').doUpdateSet({ value: JSON.stringify(value) }))
        .execute();
    const weighted = async () => (await load('2026-10-14')).readers.map((row) => row.weighted);
    expect(await weighted()).toEqual([2.5, 2.5]);
    await weights({ ct: 4 });
    expect(await weighted()).toEqual([4, 4]);
    await weights({ 'ct-mr': 7, ct: 4 });
    expect(await weighted(), 'its class before its modality').toEqual([7, 7]);
    await weights({});
    expect(await weighted()).toEqual([1, 1]);
    await ctx.db.deleteFrom('setting').where('key', '=', 'work.weights').execute();
  }); // prettier-ignore
});

describe('the feedback to a site', () => {
  const grade = async (id: string, value: string, faults: string[], at: string, more: object = {}) =>
    ctx.db
      .insertInto('imageGrade')
      .values({ orderId: id, grade: value, faults, gradedBy: reader.id ?? '', gradedAt: day(at), ...more })
      .execute();
  const film = async (by = 'doctor1'): Promise<string> => {
    setTo('2026-09-01T08:00');
    const id = (await request({}, { by })).orders[0]?.id ?? '';
    await acceptOrder(ctx, reader, id);
    return id;
  };
  const feedback = async (from: string, to = from, sites?: string[]) =>
    (await readFeedback(ctx.db, { from, to }, sites)) as Row[];

  test('counts grades and faults by the day here, the most frequent fault first, superseded ones not', async () => {
    await grade(await film(), 'A', [], '2026-09-01T00:00');
    await grade(await film(), 'B', ['motion'], '2026-09-01T10:00');
    await grade(await film(), 'C', ['motion', 'artefact'], '2026-09-01T23:59');
    const changed = await film();
    await grade(changed, 'C', ['noise'], '2026-09-01T11:00', { supersededAt: day('2026-09-01T12:00') });
    await grade(await film(), 'C', ['noise'], '2026-09-02T00:00');
    expect(await feedback('2026-09-01')).toEqual([
      {
        institutionName: '柳河镇卫生院',
        center: 'imaging',
        graded: 3,
        a: 1,
        b: 1,
        c: 1,
        faults: [
          { fault: 'motion', count: 2 },
          { fault: 'artefact', count: 1 },
        ],
      },
    ]);
    expect(await feedback('2026-08-31')).toEqual([]);
  });

  test('adds what sampling reviews said, by the day on which they were decided', async () => {
    const id = await film();
    const reportId = await sign(id);
    await ctx.db
      .insertInto('qualityReview')
      .values({ batch: 'b', orderId: id, signedReportId: reportId, drawnBy: reader.id ?? '', rule: '{}', score: 1, state: 'decided', inputGrade: 'B', inputFaults: ['position'], decidedAt: day('2026-09-05T09:00') })
      .execute();
    expect(await feedback('2026-09-05')).toMatchObject([{ graded: 1, b: 1, faults: [{ fault: 'position', count: 1 }] }]);
  }); // prettier-ignore

  test('is each site’s own; a site without any fault has none listed', async () => {
    await grade(await film('doctor2'), 'A', [], '2026-09-09T09:00');
    await grade(await film(), 'B', ['motion'], '2026-09-09T09:00');
    const names = async (sites?: string[]) => (await feedback('2026-09-09', '2026-09-09', sites)).map((row) => [row.institutionName, row.faults]);
    expect((await names()).map(([name]) => name).sort()).toEqual(['柳河镇卫生院', '白塔镇卫生院']);
    expect(await names([baita])).toEqual([['白塔镇卫生院', null]]);
    expect(await names([liuhe])).toEqual([['柳河镇卫生院', [{ fault: 'motion', count: 1 }]]]);
    expect(await names([])).toEqual([]);
  }); // prettier-ignore
});

test('a reader of nothing in the span is not among the readers', async () => {
  const lab = await as('lab1');
  const { readers } = await readWorkload(ctx.db, '2026-10-12', '2026-10-14', undefined);
  expect((readers as Row[]).map(({ staffId }) => staffId)).not.toContain(lab.id);
});
