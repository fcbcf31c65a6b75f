import { beforeAll, describe, expect, test } from 'vitest';
import type { RawBuilder } from 'kysely';
import { acceptOrder, cancelOrder, returnOrder } from '../../../../server/core/order/acts.ts';
import { recordEvent } from '../../../../server/core/order/recordEvent.ts';
import {
  clock,
  happened,
  readByCounty,
  recognized,
  reviewed,
  serviceOnTime,
  volume,
} from '../../../../server/core/quality/indicator/cases.ts';
import type { Span } from '../../../../server/core/quality/indicator/indicator.ts';
import { indicatorsOf } from '../../../../server/core/quality/indicators.ts';
import { spanOfDay } from '../../../../server/core/quality/refreshIndicators.ts';
import { as, ctx, doctor, institution, openReaders, orderRow, reader, second } from '../county.ts';
import { orderedAt, setTo, sign, signedCase } from './history.ts';

openReaders();

type Cases = (span: Span) => RawBuilder<unknown>;
interface Case {
  orderId: string | null;
  institutionId: string;
  at: Date;
  met: boolean;
}
const on = async (cases: Cases, day: string): Promise<Case[]> =>
  (await cases(spanOfDay(day)).execute(ctx.db)).rows as Case[];
/** Which cases a day has, and whether they met it. */
const met = async (cases: Cases, day: string) =>
  Object.fromEntries((await on(cases, day)).map((row) => [row.orderId, row.met]));
const film = (day: string, signed: string, input: object = {}) =>
  signedCase({ ordered: `${day}T08:00`, accepted: `${day}T08:05`, signed: `${day}T${signed}` }, { ...input });

describe('on time', () => {
  test('is a report whose every service clock was kept, by the day of its signature', async () => {
    const kept = await film('2026-11-02', '10:04');
    const late = await film('2026-11-02', '10:06');
    const night = await signedCase({ ordered: '2026-11-02T17:50', accepted: '2026-11-02T17:55', signed: '2026-11-03T09:00' });
    expect(await met(serviceOnTime('imaging'), '2026-11-02')).toEqual({ [kept]: true, [late]: false });
    expect(await met(serviceOnTime('imaging'), '2026-11-03')).toEqual({ [night]: true });
    expect(await met(serviceOnTime('ecg'), '2026-11-02')).toEqual({});
    expect(await met(serviceOnTime(null), '2026-11-02')).toEqual({ [kept]: true, [late]: false });
  }); // prettier-ignore

  test('leaves the acknowledgement of the site out: it is the site’s clock', async () => {
    const id = await film('2026-11-04', '09:00');
    const order = await orderRow(id);
    setTo('2026-11-06T09:00');
    await ctx.db
      .transaction()
      .execute((trx) => recordEvent(ctx, trx, doctor, order, { kind: 'acknowledged' }));
    expect(await met(serviceOnTime('imaging'), '2026-11-04')).toEqual({ [id]: true });
  });

  test('of one promise is told by the day on which its clock ended; a case withdrawn has none', async () => {
    const kept = await film('2026-11-05', '08:34', { priority: 'emergency' });
    const late = await film('2026-11-05', '08:36', { priority: 'emergency' });
    const gone = await orderedAt('2026-11-05T08:00', { priority: 'emergency' });
    await acceptOrder(ctx, reader, gone);
    await cancelOrder(ctx, doctor, gone, '改诊');
    expect(await met(clock('img-em-xray'), '2026-11-05')).toEqual({ [kept]: true, [late]: false });
    expect(await met(clock('img-xray'), '2026-11-05')).toEqual({});
  });
});

describe('what happened to a case', () => {
  test('is counted by the day of its acceptance or signature, once, however often it happened', async () => {
    const twice = await orderedAt('2026-11-09T08:00');
    await acceptOrder(ctx, reader, twice);
    for (let n = 0; n < 2; n++) {
      await returnOrder(ctx, reader, twice, { reason: 'other' });
      await acceptOrder(ctx, reader, twice);
    }
    const never = await orderedAt('2026-11-09T09:00');
    await acceptOrder(ctx, reader, never);
    await orderedAt('2026-11-09T10:00');
    setTo('2026-11-10T09:00');
    await sign(twice);
    const returned = happened('returned', 'imaging', 'received');
    expect(await met(returned, '2026-11-09')).toEqual({ [twice]: true, [never]: false });
    expect(await met(happened('returned', 'imaging', 'final'), '2026-11-10')).toEqual({ [twice]: true });
    expect(await met(happened('corrected', null, 'final'), '2026-11-10')).toEqual({ [twice]: false });
    expect(await met(happened('returned', 'lab', 'received'), '2026-11-09')).toEqual({});
  });

  test('is the site’s that asked, wherever it was examined', async () => {
    const id = await orderedAt('2026-11-11T08:00', { performingInstitution: 'BAITA' });
    await acceptOrder(ctx, reader, id);
    const [row] = await on(happened('returned', 'imaging', 'received'), '2026-11-11');
    expect(row?.institutionId).toBe(await institution('LIUHE'));
  });
});

describe('writing that was reviewed', () => {
  const review = async (orderId: string, at: string, compliance: object | null) => {
    const { id } = await ctx.db.selectFrom('signedReport').select('id').where('orderId', '=', orderId).executeTakeFirstOrThrow();
    await ctx.db
      .insertInto('qualityReview')
      .values({ batch: orderId, orderId, signedReportId: id, drawnBy: second.id ?? '', rule: '{}', score: 1, state: 'decided', compliance: compliance && JSON.stringify(compliance), decidedAt: new Date(`${at}:00+08:00`) })
      .execute();
  }; // prettier-ignore

  test('is counted by its decision, and each centre’s for itself', async () => {
    const cardiologist = await as('cardiologist2');
    const [good, bad, unsaid] = [
      await film('2026-11-12', '09:00'),
      await film('2026-11-12', '09:00'),
      await film('2026-11-12', '09:00'),
    ];
    const trace = await orderedAt('2026-11-12T08:00', { center: 'ecg', items: [{ code: 'ECG-12' }] });
    await acceptOrder(ctx, cardiologist, trace);
    await sign(trace, { reporter: cardiologist, signer: cardiologist });
    await review(good, '2026-11-13T00:00', { compliant: true });
    await review(bad, '2026-11-13T23:59', { compliant: false });
    await review(unsaid, '2026-11-13T09:00', null);
    await review(trace, '2026-11-13T09:00', { compliant: false });
    expect(await met(reviewed('imaging'), '2026-11-13')).toEqual({ [good]: true, [bad]: false });
    expect(await met(reviewed('ecg'), '2026-11-13')).toEqual({ [trace]: false });
    const writing = indicatorsOf(ctx.centers).find(({ code }) => code === 'img-writing');
    expect(await met(writing!.cases, '2026-11-13'), 'of imaging, as its name says').toEqual({
      [good]: true,
      [bad]: false,
    });
  });
});

describe('volumes', () => {
  test('count orders by the day on which they were made, and those for other houses', async () => {
    const signed = await film('2026-11-16', '09:00');
    const waits = await orderedAt('2026-11-16T09:00');
    const own = await orderedAt('2026-11-16T10:00');
    const lead = await institution('QHRM');
    await ctx.db.updateTable('orders').set({ requestingInstitutionId: lead }).where('id', '=', own).execute();
    expect(await met(volume('imaging', false), '2026-11-16')).toEqual({
      [signed]: true,
      [waits]: false,
      [own]: false,
    });
    expect(await met(volume('imaging', true), '2026-11-16')).toEqual({ [signed]: true, [waits]: false });
    expect(await met(volume('ecg', false), '2026-11-16')).toEqual({});
  });

  test('of examinations read by the county count townships and villages alone', async () => {
    const township = await film('2026-11-17', '09:00');
    const own = await film('2026-11-17', '09:10');
    const hospital = await film('2026-11-17', '09:20');
    const set = (id: string, change: object) =>
      ctx.db.updateTable('orders').set(change).where('id', '=', id).execute();
    const [liuhe, lead] = [await institution('LIUHE'), await institution('QHRM')];
    await set(own, { reportingInstitutionId: liuhe });
    await set(hospital, { requestingInstitutionId: lead });
    expect(await met(readByCounty, '2026-11-17')).toEqual({ [township]: true, [own]: false });
  });
});

test('recognition counts each prompt by the day it was shown, adopted or not', async () => {
  const source = await film('2026-11-18', '09:00');
  const { patientId } = await orderRow(source);
  const report = await ctx.db.selectFrom('signedReport').select('id').where('orderId', '=', source).executeTakeFirstOrThrow();
  const prompt = (itemCode: string, promptedAt: string, decision?: string) =>
    ctx.db
      .insertInto('recognitionPrompt')
      .values({ patientId: patientId ?? '', institutionId: reader.institutionId ?? '', itemCode, sourceOrderId: source, signedReportId: report.id, promptedAt: new Date(`${promptedAt}:00+08:00`), ...(decision && { decision, decidedAt: new Date(), reason: decision === 'repeat' ? 'emergency' : null }) })
      .execute();
  await prompt('DR-CHEST', '2026-11-19T00:00', 'adopt');
  await prompt('CT-HEAD', '2026-11-19T23:59', 'repeat');
  await prompt('CT-CHEST', '2026-11-19T12:00');
  await prompt('CT-NECK', '2026-11-20T00:00', 'adopt');
  expect((await on(recognized, '2026-11-19')).map((row) => row.met).sort()).toEqual([false, false, true]);
  expect((await on(recognized, '2026-11-20')).map((row) => row.met)).toEqual([true]);
}); // prettier-ignore

describe('every indicator of the hub', () => {
  let all: ReturnType<typeof indicatorsOf>;
  beforeAll(() => {
    all = indicatorsOf(ctx.centers);
  });

  test('has a code of its own, names and formula in two languages, and a target that is a share', () => {
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
    for (const { code, name, nameEn, formula, formulaEn, target, mark } of all) {
      expect([name, nameEn, formula, formulaEn].every(Boolean), code).toBe(true);
      expect(target === null || (target >= 0 && target <= 1), code).toBe(true);
      expect(['N', 'L', 'P'], code).toContain(mark);
    }
  });

  test('answers rows of order, site, instant within its span and whether it met', async () => {
    for (const { code, cases } of all)
      for (const row of await on(cases, '2026-11-12')) {
        expect([typeof row.institutionId, typeof row.met], code).toEqual(['string', 'boolean']);
        expect(row.at >= spanOfDay('2026-11-12').from && row.at < spanOfDay('2026-11-12').to, code).toBe(true);
      }
  }); // prettier-ignore
});
