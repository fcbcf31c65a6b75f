import type { Actor } from '../../core/access/actor.ts';
import { actorOfStaff } from '../../core/access/actorOfStaff.ts';
import type { Context } from '../../core/context.ts';
import { placeRequest } from '../../core/order/createRequest.ts';
import { DomainError } from '../../core/errors.ts';
import { requestInput } from '../../core/order/requestInput.ts';
import { signReport } from '../../core/report/signReport.ts';
import { answerCritical } from '../../core/critical/answerCritical.ts';
import { arriveBox, handOverBox } from '../box/carryBox.ts';
import { openBox } from '../box/openBox.ts';
import { packContainer } from '../box/packContainer.ts';
import { reconcileBox } from '../box/reconcileBox.ts';
import { recordTemperatures } from '../box/recordTemperatures.ts';
import { sealBox } from '../box/sealBox.ts';
import { loadTests } from '../queries.ts';
import { enterResults } from '../result/enterResults.ts';
import { releasePartial } from '../result/releasePartial.ts';
import { storeContainer } from '../specimen/storeContainer.ts';
import { calculateTests } from '../result/calculateTests.ts';
import { saveResult } from '../result/saveResult.ts';
import { technicalVerify } from '../result/technicalVerify.ts';
import { collectContainer } from '../specimen/collectContainer.ts';
import { receiveContainer, rejectContainer } from '../specimen/receiveContainer.ts';
import { separateContainer } from '../specimen/separateContainer.ts';
import { syntheticValue } from './simulateAnalyzers.ts';
import type { Random } from './random.ts';

type Stage =
  | 'requested'
  | 'collected'
  | 'transit'
  | 'received'
  | 'resulted'
  | 'preliminary'
  | 'final'
  | 'rejected'
  | 'culture';
interface DemoCase {
  items: string[];
  stage: Stage;
  hoursAgo: number;
  priority?: 'emergency' | 'urgent' | 'routine';
  person: number;
  /** Values that are not by chance. */
  values?: Record<string, string>;
}

const PEOPLE: [name: string, sex: 'M' | 'F', birth: string][] = [
  ['王珅', 'M', '1956-03-11'],
  ['李秀兰', 'F', '1963-08-02'],
  ['赵玘', 'M', '1988-12-25'],
  ['陈桂英', 'F', '1949-05-19'],
  ['刘洋', 'M', '1995-01-30'],
  ['孙丽华', 'F', '1971-10-07'],
  ['周建国', 'M', '1952-06-14'],
  ['吴昞', 'M', '1979-02-21'],
  ['郑小红', 'F', '2001-09-09'],
  ['欧阳淑珍', 'F', '1958-11-16'],
];

const CASES: DemoCase[] = [
  { items: ['BMP', 'LFT'], stage: 'final', hoursAgo: 24 * 21, person: 0 },
  { items: ['BMP', 'LFT'], stage: 'final', hoursAgo: 24 * 9, person: 0 },
  { items: ['CBC'], stage: 'final', hoursAgo: 24 * 8, person: 1 },
  { items: ['HBA1C'], stage: 'final', hoursAgo: 24 * 5, person: 3 },
  { items: ['LIPID'], stage: 'final', hoursAgo: 24 * 3, person: 5 },
  { items: ['COAG'], stage: 'final', hoursAgo: 26, person: 6 },
  { items: ['TNI'], stage: 'final', hoursAgo: 7, priority: 'emergency', person: 6 },
  { items: ['CBC'], stage: 'preliminary', hoursAgo: 3, person: 4 },
  { items: ['BMP'], stage: 'preliminary', hoursAgo: 3.2, person: 7, values: { K: '3.3' } },
  {
    items: ['BMP'],
    stage: 'resulted',
    hoursAgo: 2.5,
    person: 0,
    values: { K: '6.51', CREA: '212' },
    priority: 'urgent',
  },
  { items: ['CBC'], stage: 'resulted', hoursAgo: 2, person: 8 },
  { items: ['UA'], stage: 'received', hoursAgo: 1.2, person: 5 },
  { items: ['INFECT4'], stage: 'received', hoursAgo: 1.4, person: 2 },
  { items: ['CBC', 'COAG'], stage: 'received', hoursAgo: 0.9, person: 9, priority: 'emergency' },
  { items: ['LFT', 'LIPID'], stage: 'transit', hoursAgo: 1.1, person: 3 },
  { items: ['CBC'], stage: 'transit', hoursAgo: 1, person: 7 },
  { items: ['BCULT'], stage: 'culture', hoursAgo: 40, priority: 'urgent', person: 3 },
  { items: ['CBC'], stage: 'rejected', hoursAgo: 4, person: 2 },
  { items: ['BMP'], stage: 'collected', hoursAgo: 0.5, person: 1 },
  { items: ['HBA1C'], stage: 'requested', hoursAgo: 0.3, person: 9 },
  { items: ['CBC', 'BMP'], stage: 'requested', hoursAgo: 0.2, person: 4, priority: 'urgent' },
];

/** Cases in every state, made by the same operations as real ones, with the clock set back. */
export async function seedCases(ctx: Context, random: Random): Promise<void> {
  places = 0;
  const staff = async (username: string) => actorOfStaff(ctx.db, username);
  const crew = {
    doctor: await staff('doctor1'),
    nurse: await staff('nurse1'),
    courier: await staff('courier1'),
    technician: await staff('lab1'),
    verifier: await staff('lab2'),
  };
  const began = ctx.clock.now();
  for (const one of CASES) {
    const start = began.getTime() - one.hoursAgo * 3_600_000;
    const pace = 0.7 + random.next() * 0.9;
    const at = (minutes: number): Context => ({
      ...ctx,
      clock: { now: () => new Date(Math.min(start + minutes * pace * 60_000, began.getTime())) },
    });
    await playCase(at, crew, one, random);
  }
}

interface Crew {
  doctor: Actor;
  nurse: Actor;
  courier: Actor;
  technician: Actor;
  verifier: Actor;
}

async function playCase(
  at: (minutes: number) => Context,
  crew: Crew,
  one: DemoCase,
  random: Random,
): Promise<void> {
  const [name, sex, birthDate] = PEOPLE[one.person] ?? ['演示患者', 'M', '1970-01-01'];
  const ctx = at(0);
  const input = requestInput.parse({
    center: 'lab',
    items: one.items.map((code) => ({ code })),
    priority: one.priority ?? 'routine',
    patient: {
      name,
      sex,
      birthDate,
      identifiers: [{ type: 'mrn', value: `LHJY${String(20_000 + one.person)}` }],
    },
    remoteConsent: { by: name, at: ctx.clock.now().toISOString() },
    clinicalInfo: one.priority === 'emergency' ? '胸闷 2 小时' : '体检复查',
  });
  const institutionId = crew.doctor.institutionId ?? '';
  const place = (decided: typeof input) =>
    ctx.db
      .transaction()
      .execute((trx) => placeRequest(ctx, trx, crew.doctor, decided, { source: 'browser', institutionId }));
  const { orders } = await place(input).catch((error: unknown) => {
    // The same patient was examined before: the demo clinician repeats, with his reason.
    const prompts = error instanceof DomainError ? error.extra['prompts'] : undefined;
    if (!Array.isArray(prompts)) throw error;
    const recognitionDecisions = (prompts as { promptId: string }[]).map(({ promptId }) => ({
      promptId,
      decision: 'repeat' as const,
      reason: 'condition-changed',
      patientInformed: { by: crew.doctor.name },
    }));
    return place({ ...input, recognitionDecisions });
  });
  for (const order of orders) await playOrder(at, crew, one, order.id, random);
}

async function playOrder(
  at: (minutes: number) => Context,
  crew: Crew,
  one: DemoCase,
  orderId: string,
  random: Random,
): Promise<void> {
  if (one.stage === 'requested') return;
  const tubes = await at(0)
    .db.selectFrom('labContainer')
    .select(['barcode', 'tubeCode'])
    .where('orderId', '=', orderId)
    .execute();
  for (const tube of tubes) {
    await collectContainer(at(6), crew.nurse, { barcode: tube.barcode, fasting: true, bodySite: '左肘静脉' });
    if (tube.tubeCode === 'SST')
      await separateContainer(at(14), crew.nurse, { barcode: tube.barcode, aliquots: [] });
  }
  if (one.stage === 'collected') return;
  const boxId = await transport(
    at,
    crew,
    tubes.map((tube) => tube.barcode),
    one.stage === 'transit',
    random,
  );
  if (one.stage === 'transit') return;
  if (one.stage === 'rejected') {
    for (const tube of tubes)
      await rejectContainer(at(66), crew.technician, tube.barcode, {
        reason: 'hemolysis',
        note: '肉眼可见溶血',
      });
    await reconcileBox(at(70), crew.technician, boxId);
    return;
  }
  for (const tube of tubes) await receiveContainer(at(48), crew.technician, tube.barcode);
  await reconcileBox(at(50), crew.technician, boxId);
  if (one.stage === 'received') return;
  if (one.stage === 'culture') return grow(at, crew, orderId);
  await measure(at(70), crew, orderId, one.values ?? {}, random);
  if (one.stage === 'resulted') return;
  await technicalVerify(at(82), crew.technician, orderId, {});
  if (one.stage === 'preliminary') return;
  await call(at(85), crew, orderId);
  await signReport(at(95), crew.verifier, orderId, { pin: '246810' });
  for (const tube of tubes)
    await storeContainer(at(120), crew.technician, {
      barcode: tube.barcode,
      rack: 'A01',
      position: String((places += 1)),
      days: 7,
    });
}

/** Next free place of the demo's rack of retained tubes. */
let places = 0;

async function call(ctx: Context, crew: Crew, orderId: string): Promise<void> {
  const critical = await ctx.db
    .selectFrom('criticalValue')
    .select('id')
    .where('orderId', '=', orderId)
    .execute();
  for (const value of critical)
    await answerCritical(ctx, crew.verifier, value.id, {
      kind: 'notified',
      channel: 'phone',
      recipientName: '值班医生',
      readBack: '已复述',
      result: 'reached',
    });
}

/** A blood culture that turned positive: Gram stain called and released as preliminary, identification to follow. */
async function grow(at: (minutes: number) => Context, crew: Crew, orderId: string): Promise<void> {
  await enterResults(at(1300), crew.technician, orderId, {
    results: [
      {
        testCode: 'BCULT',
        value: '培养阳性,革兰阴性杆菌',
        organisms: [{ name: '革兰阴性杆菌', quantity: '需氧瓶 18 h 报阳', susceptibilities: [] }],
        preliminary: true,
      },
    ],
  });
  await call(at(1306), crew, orderId);
  await technicalVerify(at(1310), crew.technician, orderId, {});
  await releasePartial(at(1320), crew.verifier, orderId, { pin: '246810' });
}

async function transport(
  at: (minutes: number) => Context,
  crew: Crew,
  barcodes: string[],
  onTheWay: boolean,
  random: Random,
): Promise<string> {
  const box = await openBox(at(16), crew.nurse, { minCelsius: 2, maxCelsius: 8 });
  for (const barcode of barcodes) await packContainer(at(17), crew.nurse, box.id, barcode);
  const seal = `F${Math.floor(100_000 + random.next() * 900_000)}`;
  await sealBox(at(18), crew.nurse, box.id, seal);
  await handOverBox(at(22), crew.courier, box.code, seal);
  const readings = [24, 30, 36, 42].map((minute) => ({
    at: at(minute).clock.now().toISOString(),
    celsius: Math.round(random.normal(5, 0.6) * 10) / 10,
  }));
  await recordTemperatures(at(42), crew.courier, box.code, readings);
  if (onTheWay) return box.id;
  await arriveBox(at(46), crew.technician, box.code, { sealIntact: true, sealNumber: seal });
  return box.id;
}

async function measure(
  ctx: Context,
  crew: Crew,
  orderId: string,
  values: Record<string, string>,
  random: Random,
): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    const order = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', orderId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const rows = await trx
      .selectFrom('labOrderTest as o')
      .leftJoin('labInstrumentTest as m', 'm.testCode', 'o.testCode')
      .select(['o.testCode', 'm.instrumentId'])
      .where('o.orderId', '=', orderId)
      .where('o.state', '=', 'received')
      .execute();
    const tests = await loadTests(
      trx,
      rows.map((row) => row.testCode),
    );
    for (const row of rows) {
      const test = tests.get(row.testCode);
      if (!test || test.resultKind === 'calculated' || test.resultKind === 'culture') continue;
      await saveResult(ctx, trx, crew.technician, order, test, {
        value: values[row.testCode] ?? syntheticValue(row.testCode, random),
        source: 'astm',
        instrumentId: row.instrumentId,
      });
    }
    await calculateTests(
      ctx,
      trx,
      crew.technician,
      order,
      rows.map((row) => row.testCode),
    );
  });
}
