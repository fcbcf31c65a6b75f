import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelOrder } from '../../../../server/core/order/acts.ts';
import { hubPatientNumber } from '../../../../server/core/patient/loadOrderPatient.ts';
import { orderOfStudyUid, studyUidOfOrder } from '../../../../server/imaging/modality/studyUid.ts';
import { findWorklistEntries, worklistName } from '../../../../server/imaging/modality/worklistEntries.ts';
import type { PerformedStepSource } from '../../../../server/imaging/modality/performedStep.ts';
import type { Order } from '../../../../server/core/order/order.ts';
import { tags, type DataSet, type ElementList } from '../../../../server/standards/dicom/index.ts';
import { startCounty, type County } from '../county.ts';
import { dataSetOf, deviceOf } from './device.ts';

let county: County;
let ct: PerformedStepSource;
const orders: Record<string, Order> = {};

beforeAll(async () => {
  county = await startCounty();
  ct = await deviceOf(county.ctx, 'LIUHE');
  const patient = (
    name: string,
    sex: string,
    birthDate: string,
    ...identifiers: { type: string; value: string }[]
  ) => ({ patient: { name, sex, birthDate, identifiers } });
  const place = async (key: string, name: string, more: Record<string, unknown>) => {
    [orders[key]] = (await county.place(name, more)) as [Order];
  };
  await place('ct', '欧阳娜', { ...patient('欧阳娜', 'F', '1971-03-05', { type: 'mrn', value: 'LH0042' }), priority: 'routine', clinicalInfo: '头痛' });
  await place('chest', '司马光', {
    ...patient('司马光', 'F', '1949-12-31', { type: 'id-card', value: '11010519491231002X' }),
    items: [{ code: 'DR-CHEST' }], priority: 'urgent', placerOrderNumber: 'HIS-900',
  });
  await place('stat', 'John Smith', { ...patient('John Smith', 'O', '1971-03-05', { type: 'passport', value: 'ab123' }), priority: 'emergency' });
  await place('other', '欧阳娜', { by: 'doctor2' });
  await place('gone', '欧阳娜', {});
  await cancelOrder(county.ctx, county.people.doctor1, orders.gone!.id, '患者离开');
}); // prettier-ignore
afterAll(() => county.close());

const step = (...list: ElementList): ElementList => [[tags.scheduledProcedureStepSequence, [list]]];
async function entries(keys: ElementList, source = ct): Promise<DataSet[]> {
  const found = await findWorklistEntries(county.ctx, source.actor, source.institutionId, dataSetOf(keys));
  return found.map((entry) => dataSetOf(entry));
}
/** Which of the orders are found. */
async function found(keys: ElementList, source = ct): Promise<string[]> {
  const numbers = (await entries(keys, source)).map((entry) => entry.string(tags.accessionNumber));
  return numbers.map((number) => Object.keys(orders).find((key) => orders[key]!.accessionNumber === number)!);
}
const day = (shift: number) =>
  new Date(Date.now() + 8 * 3_600_000 + shift * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');

describe('what a device finds', () => {
  test.each<[string, () => ElementList, string[]]>([
    ['everything that waits at its own site, emergencies first', () => [], ['stat', 'chest', 'ct']],
    ['by modality', () => step([tags.modality, 'CT']), ['stat', 'ct']],
    ['by any modality', () => step([tags.modality, '*']), ['stat', 'chest', 'ct']],
    ['plain X-ray under each of its names', () => step([tags.modality, 'DR']), ['chest']],
    ['plain X-ray as CR', () => step([tags.modality, 'CR']), ['chest']],
    ['a list of modalities', () => step([tags.modality, ['MR', 'DX']]), ['chest']],
    ['a modality that nobody asked for', () => step([tags.modality, 'MR']), []],
    ['by accession number', () => [[tags.accessionNumber, orders.ct!.accessionNumber]], ['ct']],
    ['by the start of it', () => [[tags.accessionNumber, `${orders.ct!.accessionNumber.slice(0, -1)}*`]], ['stat', 'chest', 'ct']],
    ['by requested procedure', () => [[tags.requestedProcedureId, orders.chest!.accessionNumber]], ['chest']],
    ['by the number of the HIS', () => [[tags.placerOrderNumber, 'HIS-900']], ['chest']],
    ['by the number at the hospital', () => [[tags.patientId, 'LH0042']], ['ct']],
    ['not by a part of it', () => [[tags.patientId, 'LH00']], []],
    ['by any number', () => [[tags.patientId, '*']], ['stat', 'chest', 'ct']],
    ['by identity card, in small letters too', () => [[tags.patientId, '11010519491231002x']], ['chest']],
    ['by passport', () => [[tags.patientId, 'AB123']], ['stat']],
    ['by the hub’s own number', () => [[tags.patientId, hubPatientNumber(orders.chest!.patientId!)]], ['chest']],
    ['by name in Latin letters', () => [[tags.patientName, 'Smith*']], []],
    ['by name as it is written', () => [[tags.patientName, 'John^Smith']], ['stat']],
    ['by pinyin without tone or space', () => [[tags.patientName, 'simaguang']], ['chest']],
    ['by today', () => step([tags.scheduledProcedureStepStartDate, day(0)]), ['stat', 'chest', 'ct']],
    ['by yesterday', () => step([tags.scheduledProcedureStepStartDate, day(-1)]), []],
    ['from today on, at any hour', () => step([tags.scheduledProcedureStepStartDate, `${day(0)}-`], [tags.scheduledProcedureStepStartTime, '000000-235959']), ['stat', 'chest', 'ct']],
    ['a value that SQL would read otherwise', () => [[tags.accessionNumber, "' or 1=1 --"]], []],
    ['a name of wild cards for SQL', () => [[tags.patientName, '%']], []],
  ])('%s', async (_what, keys, expected) => {
    expect(await found(keys())).toEqual(expected);
  }); // prettier-ignore

  test('the neighbour finds its own', async () => {
    expect(await found([], await deviceOf(county.ctx, 'BAITA'))).toEqual(['other']);
  });

  test('an order whose images have come is gone from the list', async () => {
    const [order] = await county.place('上官云');
    orders.late = order!;
    expect(await found([[tags.accessionNumber, order!.accessionNumber]])).toEqual(['late']);
    await county.send({ accessionNumber: order!.accessionNumber, patientName: 'SHANGGUAN^YUN=上官^云' });
    expect(await found([[tags.accessionNumber, order!.accessionNumber]])).toEqual([]);
  });

  test('each question is audited with the number of its answers', async () => {
    await found([[tags.patientId, 'LH0042']]);
    const last = await county.ctx.db
      .selectFrom('auditEvent')
      .select(['detail', 'actorName', 'actorKind'])
      .where('action', '=', 'worklist.query')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect(last).toEqual({ detail: { rows: 1 }, actorName: 'LIUHE', actorKind: 'machine' });
  });
});

describe('an entry', () => {
  test('holds the patient, the order and one step, in the words of the device', async () => {
    const [entry] = await entries([
      [tags.accessionNumber, orders.chest!.accessionNumber],
      ...step([tags.modality, 'DR'], [tags.scheduledStationAeTitle, 'LIUHE']),
    ]);
    expect(entry!.personName(tags.patientName)).toMatchObject({ alphabetic: 'SIMA^GUANG', ideographic: '司马^光' });
    const said = (tag: number, of = entry!) => of.string(tag) ?? '';
    expect([tags.patientSex, tags.patientBirthDate, tags.requestedProcedurePriority, tags.placerOrderNumber, tags.studyInstanceUid, tags.requestedProcedureId].map((tag) => said(tag))).toEqual([
      'F', '19491231', 'HIGH', 'HIS-900', studyUidOfOrder(orders.chest!.id), orders.chest!.accessionNumber,
    ]);
    const [only, ...more] = entry!.sequence(tags.scheduledProcedureStepSequence);
    expect(more).toEqual([]);
    expect([tags.modality, tags.scheduledStationAeTitle, tags.scheduledProcedureStepStatus, tags.scheduledProcedureStepStartDate].map((tag) => said(tag, only))).toEqual([
      'DR', 'LIUHE', 'SCHEDULED', day(0),
    ]);
  }); // prettier-ignore

  test('without a hospital’s number has the hub’s; with one, that', async () => {
    const of = async (key: string) =>
      (await entries([[tags.accessionNumber, orders[key]!.accessionNumber]]))[0]!.string(tags.patientId);
    expect(await of('ct')).toBe('LH0042');
    expect(await of('chest')).toBe(hubPatientNumber(orders.chest!.patientId!));
  });

  test('a station asked for by wild card is not answered with the wild card', async () => {
    const [entry] = await entries([
      [tags.accessionNumber, orders.ct!.accessionNumber],
      ...step([tags.scheduledStationAeTitle, 'LI*']),
    ]);
    const [only] = entry!.sequence(tags.scheduledProcedureStepSequence);
    expect(only!.string(tags.scheduledStationAeTitle) ?? '').toBe('');
  });
});

test.each([
  ['欧阳娜', 'OUYANG^NA=欧阳^娜'],
  ['欧阳', 'OU^YANG=欧^阳'],
  ['张三', 'ZHANG^SAN=张^三'],
  ['单雄信', 'SHAN^XIONGXIN=单^雄信'],
  ['吕布', 'LV^BU=吕^布'],
  ['张', 'ZHANG=张'],
  ['John Ronald Smith', 'John^Ronald^Smith'],
  [' 王五 ', 'WANG^WU=王^五'],
])('the name %j stands in a worklist as %s', (name, expected) => {
  expect(worklistName(name)).toBe(expected);
});

test('the study UID of an order leads back to it; no other UID leads anywhere', () => {
  for (const id of ['01900000-0000-7000-8000-00000000abcd', '00000000-0000-0000-0000-000000000001', 'ffffffff-ffff-ffff-ffff-ffffffffffff'])
    expect(orderOfStudyUid(studyUidOfOrder(id))).toBe(id);
  for (const uid of ['1.2.840.1', '2.25.', '2.25.x', `2.25.${'9'.repeat(40)}`, `2.25.${(1n << 128n).toString()}`, '2.25.1.2', ''])
    expect(orderOfStudyUid(uid)).toBeUndefined();
}); // prettier-ignore
