import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHl7, type Hl7Server } from '../../../integrations/hl7/start.ts';
import { requestInput } from '../../../server/core/order/requestInput.ts';
import { placeRequest } from '../../../server/core/order/createRequest.ts';
import { actorOfStaff } from '../../../server/core/access/actorOfStaff.ts';
import { repeatable } from '../../../server/lab/demo/random.ts';
import { seedCatalogue } from '../../../server/lab/demo/seedCatalogue.ts';
import { seedQuality } from '../../../server/lab/demo/seedQuality.ts';
import { collectContainer } from '../../../server/lab/specimen/collectContainer.ts';
import { mapInstrumentCode, unmapInstrumentCode } from '../../../server/lab/instrument/mapCode.ts';
import { receiveContainer } from '../../../server/lab/specimen/receiveContainer.ts';
import { AstmDecoder } from '../../../server/standards/astm/frame.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { AnalyzerSimulator } from './analyzer.ts';

let context: TestContext;
let hl7: Hl7Server;
let analyzer: AnalyzerSimulator;
beforeAll(async () => {
  context = await createContext({ county: true, env: { ASTM_PORT: '0' } });
  const { ctx } = context;
  const lead = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'QHRM')
    .executeTakeFirstOrThrow();
  await ctx.db.transaction().execute(async (trx) => {
    await seedCatalogue(trx, lead.id);
    await seedQuality(ctx, trx, repeatable(2));
  });
  hl7 = await startHl7(ctx, { deliver: false });
  analyzer = await AnalyzerSimulator.connect(hl7.astmPort!, 'XN-550');
});
afterAll(async () => {
  analyzer?.close();
  await hl7?.close();
  await context?.close();
});

async function acceptedTube(): Promise<{ orderId: string; barcode: string }> {
  const { ctx } = context;
  const [doctor, nurse, technician] = await Promise.all(
    ['doctor1', 'nurse1', 'lab1'].map((name) => actorOfStaff(ctx.db, name)),
  );
  const input = requestInput.parse({
    center: 'lab',
    items: [{ code: 'CBC' }],
    patient: {
      name: '吴昞',
      sex: 'M',
      birthDate: '1979-02-21',
      identifiers: [{ type: 'mrn', value: `AS${Math.random()}` }],
    },
    remoteConsent: { by: '吴昞', at: new Date().toISOString() },
  });
  const { orders } = await ctx.db
    .transaction()
    .execute((trx) =>
      placeRequest(ctx, trx, doctor!, input, { source: 'browser', institutionId: doctor!.institutionId! }),
    );
  const tube = await ctx.db
    .selectFrom('labContainer')
    .select('barcode')
    .where('orderId', '=', orders[0]!.id)
    .executeTakeFirstOrThrow();
  await collectContainer(ctx, nurse!, { barcode: tube.barcode });
  await receiveContainer(ctx, technician!, tube.barcode);
  return { orderId: orders[0]!.id, barcode: tube.barcode };
}
const results = (orderId: string) =>
  context.ctx.db
    .selectFrom('labResult')
    .select(['testCode', 'valueNumber', 'holds', 'source'])
    .where('orderId', '=', orderId)
    .where('current', '=', true)
    .orderBy('testCode')
    .execute();

test('an analyzer asks what to do, measures, and its values are results; a spoiled frame is asked for again', async () => {
  const { orderId, barcode } = await acceptedTube();
  const told = await analyzer.query([barcode]);
  const order = told.records.find((record) => record.type === 'O');
  expect(order?.fields[3]?.[0]?.[2]).toBe(barcode);
  expect(order?.fields[5]?.map((components) => components[4])).toEqual([
    'WBC',
    'RBC',
    'HGB',
    'HCT',
    'MCV',
    'PLT',
    'NEUT%',
    'LYMPH%',
  ]);

  const answers = await analyzer.transmit(
    analyzer.results(barcode, { WBC: '6.12', HGB: ['14.1', 'g/dL'], '****': '1' }),
    (frame, n) => {
      if (n !== 3) return undefined;
      const broken = Buffer.from(frame);
      broken[6] = broken[6]! ^ 1;
      return broken;
    },
  );
  expect(answers.filter((answer) => answer === 'nak')).toHaveLength(1);
  await expect
    .poll(() => results(orderId))
    .toEqual([
      { testCode: 'HGB', valueNumber: 141, holds: [], source: 'astm' },
      { testCode: 'WBC', valueNumber: 6.12, holds: [], source: 'astm' },
    ]);
});

test('a held test is not asked of the analyzer', async () => {
  const { orderId, barcode } = await acceptedTube();
  await context.ctx.db
    .updateTable('labOrderTest')
    .set({ holdReason: 'separated-late' })
    .where('orderId', '=', orderId)
    .where('testCode', '<>', 'WBC')
    .execute();
  const told = await analyzer.query([barcode]);
  const order = told.records.find((record) => record.type === 'O');
  expect(order?.fields[5]?.map((components) => components[4])).toEqual(['WBC']);
});

test('a transmission sent again is kept once', async () => {
  const { orderId, barcode } = await acceptedTube();
  const records = analyzer.results(barcode, { PLT: '210' }, { at: '20261122110000' });
  await analyzer.transmit(records);
  await analyzer.transmit(records);
  await expect.poll(() => results(orderId)).toHaveLength(1);
  const kept = await context.ctx.db
    .selectFrom('labInstrumentResult')
    .select('id')
    .where('specimenId', '=', barcode)
    .execute();
  expect(kept).toHaveLength(1);
});

test('no value, another unit, a tube that does not exist: held or unmatched with the reason', async () => {
  const { barcode } = await acceptedTube();
  await analyzer.transmit(analyzer.results(barcode, { WBC: '***.**' }));
  await analyzer.transmit(analyzer.results(barcode, { HGB: ['8.7', 'mmol/L'] }));
  await analyzer.transmit(analyzer.results('T0000000000000', { WBC: '6' }));
  const open = () =>
    context.ctx.db
      .selectFrom('labInstrumentResult')
      .select(['instrumentCode', 'state', 'reason', 'reasonCode'])
      .where('state', 'in', ['held', 'unmatched'])
      .orderBy('id')
      .execute();
  await expect
    .poll(async () => (await open()).map((row) => row.state))
    .toEqual(['held', 'held', 'unmatched']);
  expect((await open()).map((row) => row.reasonCode)).toEqual(['no-value', 'unit-without-rule', 'no-tube']);
  const reasons = (await open()).map((row) => row.reason);
  expect(reasons[1]).toContain('mmol/L');
  expect(reasons[2]).toContain('T0000000000000');
});

test('a unit waits until a person says how it converts; then it is converted, and what was sent stays beside it', async () => {
  const { ctx } = context;
  const [first, second] = [await acceptedTube(), await acceptedTube()];
  const technician = (await actorOfStaff(ctx.db, 'lab1'))!;
  const { id } = await ctx.db
    .selectFrom('labInstrument')
    .select('id')
    .where('code', '=', 'XN550')
    .executeTakeFirstOrThrow();
  const said = async (barcode: string) =>
    ctx.db
      .selectFrom('labInstrumentResult')
      .select(['state', 'reasonCode', 'value', 'unit'])
      .where('specimenId', '=', barcode)
      .orderBy('id')
      .execute();
  const current = (orderId: string) =>
    ctx.db
      .selectFrom('labResult')
      .select(['valueNumber', 'unit', 'conversion'])
      .where('orderId', '=', orderId)
      .where('testCode', '=', 'HCT')
      .where('current', '=', true)
      .execute();
  const waits = async (barcode: string) =>
    (
      await ctx.db
        .selectFrom('unmatchedInput')
        .select('id')
        .where('subjectId', '=', `${id} ${barcode}`)
        .where('state', '=', 'open')
        .execute()
    ).length;

  await analyzer.transmit(analyzer.results(first.barcode, { HCT: ['0.431', 'L/L'] }));
  await expect
    .poll(() => said(first.barcode))
    .toEqual([{ state: 'held', reasonCode: 'unit-without-rule', value: '0.431', unit: 'L/L' }]);
  expect(await waits(first.barcode)).toBe(1);
  const rule = { instrumentCode: 'HCT', testCode: 'HCT', fromUnit: 'L/L', factor: 100 };
  expect(await mapInstrumentCode(ctx, technician, id, rule)).toEqual({ applied: 1, open: 0 });
  expect(await current(first.orderId)).toEqual([
    { valueNumber: 43.1, unit: '%', conversion: { value: '0.431', unit: 'L/L', factor: 100 } },
  ]);
  expect(await waits(first.barcode)).toBe(0);

  // The next one by itself; a third unit and none at all wait.
  await analyzer.transmit(analyzer.results(second.barcode, { HCT: ['0.388', 'l/l'] }));
  await expect.poll(async () => (await current(second.orderId))[0]?.valueNumber).toBe(38.8);
  await analyzer.transmit(analyzer.results(second.barcode, { HCT: ['388', 'mL/L'] }));
  await analyzer.transmit(analyzer.results(second.barcode, { HCT: '0.388' }));
  await expect
    .poll(async () => (await said(second.barcode)).map((row) => row.reasonCode))
    .toEqual([null, 'unit-without-rule', 'unit-missing']);
  expect((await current(second.orderId))[0]?.valueNumber).toBe(38.8);
  await mapInstrumentCode(ctx, technician, id, { ...rule, unitAssumed: true });
  expect((await said(second.barcode)).map((row) => row.state)).toEqual(['applied', 'held', 'applied']);
  expect(await waits(second.barcode)).toBe(1);

  await unmapInstrumentCode(ctx, technician, id, { instrumentCode: 'HCT', reason: '换了试剂' });
  await analyzer.transmit(analyzer.results(first.barcode, { HCT: ['0.44', 'L/L'] }));
  await expect.poll(async () => (await said(first.barcode)).at(-1)?.state).toBe('unknown-code');
  expect((await current(first.orderId))[0]?.valueNumber).toBe(43.1);
});

test('a control by its barcode goes to quality control', async () => {
  await analyzer.transmit(
    analyzer.results('QC-LEVEL-1', { WBC: '6.3' }, { control: true, at: '20261122080000' }),
  );
  const run = () =>
    context.ctx.db.selectFrom('labQcRun').select(['value', 'source']).where('source', '=', 'astm').execute();
  await expect.poll(run).toEqual([{ value: 6.3, source: 'astm' }]);
});

test('an analyzer nobody admitted is acknowledged on the line but its values go nowhere', async () => {
  const stranger = await AnalyzerSimulator.connect(hl7.astmPort!, 'STRANGER');
  await stranger.transmit(stranger.results('T1', { WBC: '6' }));
  const kept = () =>
    context.ctx.db
      .selectFrom('hl7Message')
      .select(['state', 'problem'])
      .where('sender', '=', 'STRANGER')
      .execute();
  await expect.poll(kept).toEqual([{ state: 'rejected', problem: expect.stringContaining('H-5') }]);
  stranger.close();
});

const folder = '../shared/fixtures/astm';
test.skipIf(!existsSync(folder))('public transmissions come through the line to the record', async () => {
  const { ctx } = context;
  const lead = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'QHRM')
    .executeTakeFirstOrThrow();
  await ctx.db
    .insertInto('labInstrument')
    .values({
      code: 'GX',
      name: 'GeneXpert',
      institutionId: lead.id,
      bench: '微生物',
      driver: 'genexpert',
      protocol: 'astm',
      sender: '.806149 Happy Hospital',
    })
    .execute();
  await ctx.db
    .insertInto('device')
    .values({
      kind: 'analyzer',
      name: 'GeneXpert',
      institutionId: lead.id,
      hl7Sender: '.806149 Happy Hospital',
      address: '127.0.0.1',
      state: 'admitted',
    })
    .execute();
  const counts: Record<string, number> = {};
  for (const file of ['sysmex_xn550.txt', 'cobas_c111.txt', 'genexpert.txt']) {
    const texts = new AstmDecoder()
      .push(readFileSync(`${folder}/${file}`))
      .flatMap((signal) => (signal.kind === 'frame' ? [signal.text.toString('utf8')] : []));
    const before = await ctx.db
      .selectFrom('labInstrumentResult')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    const one = await AnalyzerSimulator.connect(hl7.astmPort!, file);
    await one.transmit(texts.join('').split('\r').filter(Boolean));
    const stored = () =>
      ctx.db
        .selectFrom('labInstrumentResult')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
    await expect.poll(async () => (await stored()).n - before.n).toBeGreaterThan(0);
    counts[file] = (await stored()).n - before.n;
    one.close();
  }
  expect(counts).toEqual({ 'sysmex_xn550.txt': 23, 'cobas_c111.txt': 1, 'genexpert.txt': 3 });
});
