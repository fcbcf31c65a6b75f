import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createPerformedStep,
  setPerformedStep,
  type PerformedStepSource,
} from '../../../../server/imaging/modality/performedStep.ts';
import { acquisitionTime, readTime } from '../../../../server/imaging/acquisitionTime.ts';
import { tags, type ElementList } from '../../../../server/standards/dicom/index.ts';
import { startCounty, type County } from '../county.ts';
import { newUid } from '../objects.ts';
import { dataSetOf, deviceOf } from './device.ts';

let county: County;
let ct: PerformedStepSource & { deviceId: string };
let neighbour: PerformedStepSource;
beforeAll(async () => {
  county = await startCounty();
  ct = await deviceOf(county.ctx, 'LIUHE');
  neighbour = await deviceOf(county.ctx, 'BAITA');
});
afterAll(() => county.close());
beforeEach(async () => {
  await county.ctx.db.deleteFrom('performedStep').execute();
  await county.ctx.db.updateTable('device').set({ clockOffsetMs: null }).execute();
});

const digits = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().replace(/[-:T]/g, '');
/** Date and time of a moment so many minutes from now, as elements of a start or an end. */
function moment(minutes: number, dateTag: number, timeTag: number): ElementList {
  const text = digits(new Date(county.clock.now().getTime() + minutes * 60_000));
  return [
    [dateTag, text.slice(0, 8)],
    [timeTag, text.slice(8, 14)],
  ];
}
const starts = (minutes: number) =>
  moment(minutes, tags.performedProcedureStepStartDate, tags.performedProcedureStepStartTime);
const ends = (minutes: number) =>
  moment(minutes, tags.performedProcedureStepEndDate, tags.performedProcedureStepEndTime);
const status = (text: string): ElementList => [[tags.performedProcedureStepStatus, text]];
const scheduled = (...items: ElementList[]): ElementList => [[tags.scheduledStepAttributesSequence, items]];
const numbered = (accessionNumber: string) => scheduled([[tags.accessionNumber, accessionNumber]]);

async function begin(list: ElementList, source: PerformedStepSource = ct, uid = newUid()): Promise<string> {
  await createPerformedStep(county.ctx, source, uid, dataSetOf([...status('IN PROGRESS'), ...list]));
  return uid;
}
const set = (uid: string, list: ElementList, source: PerformedStepSource = ct) =>
  setPerformedStep(county.ctx, source, uid, dataSetOf(list));
const stepOf = (uid: string) =>
  county.ctx.db.selectFrom('performedStep').selectAll().where('sopInstanceUid', '=', uid).executeTakeFirst();
const timeline = async (orderId: string) =>
  (
    await county.ctx.db
      .selectFrom('orderEvent')
      .select(['kind', 'reason', 'deviceAt', 'at'])
      .where('orderId', '=', orderId)
      .where('kind', 'like', 'examin%')
      .orderBy('seq')
      .execute()
  ).map(({ kind, reason }) => (reason ? `${kind}: ${reason}` : kind));
const audits = async (uid: string) =>
  (
    await county.ctx.db
      .selectFrom('auditEvent')
      .select(['action', 'actorName'])
      .where('subjectId', '=', uid)
      .orderBy('seq')
      .execute()
  ).map(({ action, actorName }) => `${action} by ${actorName}`);
const end = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'done', (error: { status: number; type: string }) => `${error.status} ${error.type}`); // prettier-ignore

describe('the beginning', () => {
  test('of an order of the site: its time in the hub’s clock is on the timeline, the message is kept whole', async () => {
    const [order] = await county.place('孙一');
    const uid = await begin([
      ...starts(0),
      ...numbered(order!.accessionNumber),
      [0x00400253, 'STEP 1', 'SH'],
    ]);
    expect(await timeline(order!.id)).toEqual(['examined']);
    const step = await stepOf(uid);
    expect(step).toMatchObject({
      orderId: order!.id,
      deviceId: ct.deviceId,
      institutionId: ct.institutionId,
      accessionNumber: order!.accessionNumber,
      state: 'IN PROGRESS',
      endedAt: null,
    });
    expect(step!.attributes).toMatchObject({ '00400253': { vr: 'SH', Value: ['STEP 1'] } });
    expect(await audits(uid)).toEqual(['performed-step.create by LIUHE']);
  });

  test.each<[string, ElementList, string[]]>([
    ['no start at all', [], ['examination-time-unknown: no-acquisition-time']],
    ['a date alone', [[tags.performedProcedureStepStartDate, '20261201']], ['examination-time-unknown: no-acquisition-time']],
    ['a day that does not exist', startOf('20260231', '101500'), ['examination-time-unknown: no-acquisition-time']],
    ['a thirteenth month', startOf('20261301', '101500'), ['examination-time-unknown: no-acquisition-time']],
    ['a 61st minute', startOf('20261201', '106100'), ['examination-time-unknown: no-acquisition-time']],
    ['words', startOf('TODAY', 'NOW'), ['examination-time-unknown: no-acquisition-time']],
    ['a year before the county', startOf('19700101', '000000'), ['examined']],
  ])('with %s is kept; what is not known is said and never guessed', async (_what, list, expected) => {
    const [order] = await county.place('孙二');
    const uid = await begin([...list, ...numbered(order!.accessionNumber)]);
    expect(await timeline(order!.id)).toEqual(expected);
    const step = await stepOf(uid);
    expect(step?.orderId).toBe(order!.id);
    if (expected[0] !== 'examined') expect(step?.startedAt).toBeNull();
  }); // prettier-ignore

  test('a device whose clock stands in 1970 is taken at its word that the examination begins now', async () => {
    const [order] = await county.place('孙三');
    await begin([...startOf('19700101', '000000'), ...numbered(order!.accessionNumber)]);
    const event = await county.ctx.db
      .selectFrom('orderEvent')
      .selectAll()
      .where('orderId', '=', order!.id)
      .where('kind', '=', 'examined')
      .executeTakeFirstOrThrow();
    expect(Math.abs(event.at.getTime() - county.clock.now().getTime())).toBeLessThan(5_000);
    expect(event.deviceAt?.toISOString()).toBe('1969-12-31T16:00:00.000Z');
  });

  test.each<[string, (number: string) => ElementList, boolean]>([
    ['the accession number', (number) => numbered(number), true],
    ['the requested procedure in its place', (number) => scheduled([[tags.requestedProcedureId, number]]), true],
    ['the second scheduled step only', (number) => scheduled([], [[tags.accessionNumber, number]]), false],
    ['a number that nobody gave', () => numbered('IMG9999999999'), false],
    ['no scheduled step', () => [], false],
    ['an empty list of scheduled steps', () => scheduled(), false],
  ])('is of the order that stands in %s', async (_what, list, found) => {
    const [order] = await county.place('孙四');
    const uid = await begin([...starts(0), ...list(order!.accessionNumber)]);
    expect((await stepOf(uid))?.orderId).toBe(found ? order!.id : null);
    expect(await timeline(order!.id)).toEqual(found ? ['examined'] : []);
  }); // prettier-ignore

  test('of an order of another institution is kept as nobody’s and says nothing on its timeline', async () => {
    const [order] = await county.place('孙五');
    const uid = await begin([...starts(0), ...numbered(order!.accessionNumber)], neighbour);
    expect(await stepOf(uid)).toMatchObject({ orderId: null, institutionId: neighbour.institutionId });
    expect(await timeline(order!.id)).toEqual([]);
  });

  test.each(['COMPLETED', 'DISCONTINUED', 'in progress', ''])('as %j is refused and leaves nothing', async (text) => {
    const uid = newUid();
    const work = createPerformedStep(county.ctx, ct, uid, dataSetOf(status(text)));
    expect(await end(work)).toBe('422 invalid');
    expect([await stepOf(uid), await audits(uid)]).toEqual([undefined, []]);
  }); // prettier-ignore

  test('under a UID that stands already is refused, also from another device, and changes nothing', async () => {
    const [order] = await county.place('孙六');
    const uid = await begin(starts(0));
    for (const source of [ct, neighbour])
      expect(await end(begin([...starts(0), ...numbered(order!.accessionNumber)], source, uid))).toBe(
        '409 duplicate-performed-step',
      );
    expect((await stepOf(uid))?.orderId).toBeNull();
    expect(await timeline(order!.id)).toEqual([]);
    expect(await audits(uid)).toHaveLength(1);
  });

  test('sent twice at once is one', async () => {
    const uid = newUid();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => end(begin(starts(0), ct, uid))));
    expect(outcomes.sort()).toEqual([...Array(5).fill('409 duplicate-performed-step'), 'done']);
  });

  test('a second step of one order does not begin its examination again', async () => {
    const [order] = await county.place('孙七');
    await begin([...starts(-30), ...numbered(order!.accessionNumber)]);
    await begin([...starts(0), ...numbered(order!.accessionNumber)]);
    expect((await timeline(order!.id)).filter((line) => line === 'examined').length).toBeLessThanOrEqual(1);
  });
});

describe('the end', () => {
  test('completed is on the timeline with the time of the device, attributes add up', async () => {
    const [order] = await county.place('孙八');
    const uid = await begin([
      ...starts(0),
      ...numbered(order!.accessionNumber),
      [0x00400253, 'STEP 1', 'SH'],
    ]);
    await set(uid, [...status('IN PROGRESS'), [0x00400254, 'CT HEAD', 'LO']]);
    expect((await stepOf(uid))?.state).toBe('IN PROGRESS');
    await set(uid, [...status('COMPLETED'), ...ends(5)]);
    const step = await stepOf(uid);
    expect(step!.state).toBe('COMPLETED');
    expect(step!.endedAt!.getTime() - step!.startedAt!.getTime()).toBe(300_000);
    expect(step!.attributes).toMatchObject({
      '00400253': { Value: ['STEP 1'] },
      '00400254': { Value: ['CT HEAD'] },
      '00400252': { Value: ['COMPLETED'] },
    });
    expect(await timeline(order!.id)).toEqual(['examined', 'examination-completed']);
    expect(await audits(uid)).toEqual([
      'performed-step.create by LIUHE',
      'performed-step.set by LIUHE',
      'performed-step.set by LIUHE',
    ]);
  });

  test('discontinued with an end that cannot be is on the timeline without a time', async () => {
    const [order] = await county.place('孙九');
    const uid = await begin([...starts(0), ...numbered(order!.accessionNumber)]);
    const broken: ElementList = [
      [tags.performedProcedureStepEndDate, '20261131'],
      [tags.performedProcedureStepEndTime, '250000'],
    ];
    await set(uid, [...status('DISCONTINUED'), ...broken]);
    expect(await stepOf(uid)).toMatchObject({ state: 'DISCONTINUED', endedAt: null });
    expect(await timeline(order!.id)).toEqual(['examined', 'examination-discontinued']);
  });

  test('of a step without an order ends it all the same', async () => {
    const uid = await begin(starts(0));
    await set(uid, status('COMPLETED'));
    expect((await stepOf(uid))?.state).toBe('COMPLETED');
  });

  test.each<[string, string, () => PerformedStepSource, string]>([
    ['an unknown step', '1.2.404', () => ct, '404 not-found'],
    ['the step of another institution', '', () => neighbour, '404 not-found'],
  ])('of %s is refused', async (_what, uid, source, expected) => {
    const known = await begin(starts(0));
    expect(await end(set(uid || known, status('COMPLETED'), source()))).toBe(expected);
    expect((await stepOf(known))?.state).toBe('IN PROGRESS');
    expect(await audits(known)).toHaveLength(1);
  });

  test.each(['FINISHED', 'SCHEDULED', 'completed'])('as %s, which is no state, is refused', async (text) => {
    const uid = await begin(starts(0));
    expect(await end(set(uid, status(text)))).toBe('422 invalid');
    expect((await stepOf(uid))?.state).toBe('IN PROGRESS');
  });

  test.each(['COMPLETED', 'DISCONTINUED'])('once %s nothing is changed any more', async (text) => {
    const uid = await begin(starts(0));
    await set(uid, status(text));
    for (const later of ['COMPLETED', 'DISCONTINUED', 'IN PROGRESS'])
      expect(await end(set(uid, [...status(later), [0x00400254, 'CHANGED', 'LO']]))).toBe('409 performed-step-ended'); // prettier-ignore
    const step = await stepOf(uid);
    expect([step?.state, JSON.stringify(step?.attributes).includes('CHANGED')]).toEqual([text, false]);
  });

  test('of two that end it at once one is first, and the timeline says it once', async () => {
    const [order] = await county.place('孙十');
    const uid = await begin([...starts(0), ...numbered(order!.accessionNumber)]);
    const outcomes = await Promise.all(
      ['COMPLETED', 'DISCONTINUED'].map((text) => end(set(uid, status(text)))),
    );
    expect(outcomes.sort()).toEqual(['409 performed-step-ended', 'done']);
    expect(await timeline(order!.id)).toHaveLength(2);
  });
});

function startOf(date: string, time: string): ElementList {
  return [
    [tags.performedProcedureStepStartDate, date],
    [tags.performedProcedureStepStartTime, time],
  ];
}

describe('times of devices', () => {
  test.each<[string, string, string | undefined, string | undefined]>([
    ['20260301', '101500', undefined, '2026-03-01T02:15:00.000Z'],
    ['2026.03.01', '10:15:00', undefined, '2026-03-01T02:15:00.000Z'],
    ['2026-03-01', '1015', undefined, '2026-03-01T02:15:00.000Z'],
    [' 20260301 ', ' 101500.5 ', undefined, '2026-03-01T02:15:00.500Z'],
    ['20260301', '101500.123456', '+0000', '2026-03-01T10:15:00.123Z'],
    ['20260301', '101500-0330', undefined, '2026-03-01T13:45:00.000Z'],
    ['20260301', '101500', 'nonsense', '2026-03-01T02:15:00.000Z'],
    ['20240229', '000000', undefined, '2024-02-28T16:00:00.000Z'],
    ['20260229', '000000', undefined, undefined],
    ['20260431', '000000', undefined, undefined],
    ['20260400', '000000', undefined, undefined],
    ['20260301', '10', undefined, undefined],
    ['20260301', '', undefined, undefined],
    ['', '101500', undefined, undefined],
    ['260301', '101500', undefined, undefined],
    ['20260301', '256000', undefined, undefined],
  ])('%j at %j in %j', (date, time, zone, expected) => {
    expect(readTime(date, time, zone)?.toISOString()).toBe(expected);
  });

  test('an object is from its acquisition, else the first complete pair up to the study', () => {
    const at = (list: ElementList) => acquisitionTime(dataSetOf(list))?.toISOString();
    const study: ElementList = [[tags.studyDate, '20260101'], [tags.studyTime, '010000']]; // prettier-ignore
    const content: ElementList = [[tags.contentDate, '20260103'], [tags.contentTime, '010000']]; // prettier-ignore
    expect(at([...study, ...content])).toBe('2026-01-02T17:00:00.000Z');
    expect(at([...study, [tags.acquisitionDate, '20260104']])).toBe('2025-12-31T17:00:00.000Z');
    expect(at([...study, [tags.acquisitionDateTime, '20260105120000.250000+0000']])).toBe('2026-01-05T12:00:00.250Z');
    expect(at([...study, [tags.acquisitionDateTime, '20260105']])).toBe('2025-12-31T17:00:00.000Z');
    expect(at([...study, [tags.acquisitionDateTime, '20260231120000']])).toBe('2025-12-31T17:00:00.000Z');
    expect(at([...study, [tags.timezoneOffsetFromUtc, '-0500']])).toBe('2026-01-01T06:00:00.000Z');
    expect(at([[tags.studyDate, '20260101']])).toBeUndefined();
  }); // prettier-ignore
});
