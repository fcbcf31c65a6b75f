import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { repeatable } from '../../../server/lab/demo/random.ts';
import { seedCatalogue } from '../../../server/lab/demo/seedCatalogue.ts';
import { seedQuality } from '../../../server/lab/demo/seedQuality.ts';

let hub: TestHub;
let doctor: Client, nurse: Client, courier: Client, technician: Client, verifier: Client;

beforeAll(async () => {
  hub = await startHub();
  const lead = await hub.ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'QHRM')
    .executeTakeFirstOrThrow();
  await hub.ctx.db.transaction().execute(async (trx) => {
    await seedCatalogue(trx, lead.id);
    await seedQuality(hub.ctx, trx, repeatable(1));
  });
  doctor = await hub.as('doctor1');
  nurse = await hub.as('nurse1');
  courier = await hub.as('courier1');
  technician = await hub.as('lab1');
  verifier = await hub.as('lab2');
});
afterAll(() => hub?.close());

let people = 0;
async function place(items: string[], extra: Record<string, unknown> = {}) {
  people++;
  const answer = await doctor.post('/api/orders', {
    center: 'lab',
    items: items.map((code) => ({ code })),
    priority: 'routine',
    patient: {
      name: '石珅',
      sex: 'M',
      birthDate: '1980-05-06',
      identifiers: [{ type: 'mrn', value: `LAB${people}` }],
    },
    remoteConsent: { by: '石珅', at: new Date().toISOString() },
    ...extra,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body as { id: string; accessionNumber: string; requestId: string };
}
const tubesOf = async (orderId: string) =>
  (await nurse.get(`/api/lab/orders/${orderId}/containers`)).body.containers as {
    barcode: string;
    tubeCode: string;
    state: string;
  }[];
async function received(items: string[]) {
  const order = await place(items);
  const tubes = await tubesOf(order.id);
  for (const tube of tubes) {
    expect((await nurse.post('/api/lab/collect', { barcode: tube.barcode, fasting: true })).status).toBe(200);
    expect((await technician.post('/api/lab/receive', { barcode: tube.barcode })).status).toBe(200);
  }
  return { ...order, tubes };
}
const resultsOf = async (orderId: string) =>
  (await technician.get(`/api/lab/orders/${orderId}/results`)).body.items as {
    code: string;
    state: string;
    result: { id: string; flag: string | null; holds: string[]; valueNumber: number } | null;
  }[];

describe('from a township needle to a verified result', () => {
  let order: Awaited<ReturnType<typeof place>>;
  let box: { id: string; code: string };
  let barcodes: string[];

  test('an order knows its tubes and prints their labels', async () => {
    order = await place(['BMP', 'LFT']);
    const tubes = await tubesOf(order.id);
    expect(tubes.map((tube) => tube.tubeCode)).toEqual(['SST']);
    barcodes = tubes.map((tube) => tube.barcode);
    const pdf = await nurse.get(`/api/lab/orders/${order.id}/labels`);
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-');
    const zpl = await nurse.get(`/api/lab/orders/${order.id}/labels?format=zpl`);
    expect(zpl.body.toString()).toContain(`^FD${barcodes[0]}^FS`);
    expect(zpl.body.toString()).toContain('石珅');
  });

  test('a collection in the future or with a negative volume is refused with its field', async () => {
    const future = await nurse.post('/api/lab/collect', {
      barcode: barcodes[0],
      collectedAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    expect([future.status, future.body.errors[0].path]).toEqual([422, 'collectedAt']);
    const negative = await nurse.post('/api/lab/collect', { barcode: barcodes[0], volumeMl: -1 });
    expect([negative.status, negative.body.errors[0].path]).toEqual([422, 'volumeMl']);
    const misread = await nurse.post('/api/lab/collect', {
      barcode: barcodes[0]!.slice(0, -1) + ((Number(barcodes[0]!.at(-1)) + 1) % 10),
    });
    expect([misread.status, misread.body.errors[0].code]).toEqual([422, 'barcode']);
  });

  test('collected, separated, boxed, sealed, carried, arrived, accepted; the order follows', async () => {
    for (const barcode of barcodes)
      expect(
        (await nurse.post('/api/lab/collect', { barcode, fasting: true, bodySite: '左肘' })).status,
      ).toBe(200);
    expect((await nurse.post('/api/lab/separate', { barcode: barcodes[0] })).status).toBe(200);
    box = (await nurse.post('/api/lab/boxes', {})).body;
    for (const barcode of barcodes)
      expect((await nurse.post(`/api/lab/boxes/${box.id}/pack`, { barcode })).body.count).toBe(1);
    expect(
      (await nurse.post(`/api/lab/boxes/${box.id}/seal`, { sealNumber: 'F123456' })).body.sealedCount,
    ).toBe(1);
    expect(
      (await courier.post('/api/lab/box-handover', { code: box.code, sealNumber: 'WRONG' })).status,
    ).toBe(422);
    expect(
      (await courier.post('/api/lab/box-handover', { code: box.code, sealNumber: 'F123456' })).body.state,
    ).toBe('in-transit');
    const manifest = (await courier.get(`/api/lab/boxes/${box.code}`)).body;
    expect(manifest.containers[0]).not.toHaveProperty('patientName');
    expect(
      (
        await courier.post('/api/lab/box-temperature', {
          code: box.code,
          readings: [{ at: new Date().toISOString(), celsius: 5 }],
        })
      ).body,
    ).toEqual({ stored: 1, outside: 0 });
    expect(
      (await technician.post('/api/lab/box-arrival', { code: box.code, sealNumber: 'F123456' })).body
        .sealIntact,
    ).toBe(true);
    for (const barcode of barcodes)
      expect((await technician.post('/api/lab/receive', { barcode })).body.held).toEqual([]);
    expect((await technician.post(`/api/lab/boxes/${box.id}/reconcile`)).body).toMatchObject({
      missing: [],
      accepted: barcodes,
    });
    expect((await doctor.get(`/api/orders/${order.id}`)).body.status).toBe('received');
    const way = (await nurse.get(`/api/lab/containers/${barcodes[0]}`)).body.steps.map(
      (step: { kind: string }) => step.kind,
    );
    expect(way).toEqual([
      'planned',
      'collected',
      'separated',
      'boxed',
      'sealed',
      'dispatched',
      'arrived',
      'accepted',
    ]);
  });

  test('results by hand are flagged for this person, calculated tests fill, faults name the test', async () => {
    const bad = await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: [
        { testCode: 'K', value: '-4' },
        { testCode: 'NA', value: '***' },
      ],
    });
    expect([bad.status, bad.body.errors.map((one: { path: string }) => one.path)]).toEqual([
      422,
      ['results.K', 'results.NA'],
    ]);
    const values = {
      K: '4.1',
      NA: '141',
      CL: '104',
      CA: '2.3',
      GLU: '7.25',
      UREA: '5',
      CREA: '80',
      ALT: '61',
      AST: '22',
      TP: '72',
      ALB: '44',
      TBIL: '12',
      DBIL: '3',
    };
    const entered = await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: Object.entries(values).map(([testCode, value]) => ({ testCode, value })),
    });
    expect(entered.status, JSON.stringify(entered.body)).toBe(200);
    const flags = Object.fromEntries((await resultsOf(order.id)).map((row) => [row.code, row.result?.flag]));
    expect(flags).toMatchObject({ K: 'N', GLU: 'H', ALT: 'H', GLOB: 'N' });
    const globulin = (await resultsOf(order.id)).find((row) => row.code === 'GLOB');
    expect(globulin?.result?.valueNumber).toBe(28);
  });

  test('a stale screen cannot verify; then technical and medical verification by two people', async () => {
    const rows = await resultsOf(order.id);
    const seen = rows.map((row) => ({ testCode: row.code, resultId: row.result!.id }));
    await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: [{ testCode: 'K', value: '4.2', reason: '复测' }],
    });
    expect((await technician.post(`/api/lab/orders/${order.id}/technical`, { seen })).status).toBe(412);
    const verified = await technician.post(`/api/lab/orders/${order.id}/technical`, {});
    expect(verified.body).toMatchObject({ status: 'preliminary', waiting: [] });
    expect((await technician.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' })).status).toBe(
      403,
    );
    const signed = await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' });
    expect([signed.status, signed.body.status]).toEqual([200, 'final']);
    const pdf = await doctor.get(`/api/orders/${order.id}/report.pdf`);
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await resultsOf(order.id)).every((row) => row.state === 'released')).toBe(true);
    expect(
      (await doctor.get(`/api/orders/${order.id}`)).body.input.tests.find(
        (one: { code: string }) => one.code === 'GLU',
      ),
    ).toMatchObject({ value: '7.25', flag: 'H' });
  });

  test('a correction keeps and prints the old value and calls for a new acknowledgement', async () => {
    const corrected = await verifier.post(`/api/lab/orders/${order.id}/correct`, {
      pin: '246810',
      reason: '标本编号录入错误',
      results: [{ testCode: 'GLU', value: '5.25' }],
    });
    expect([corrected.status, corrected.body.status], JSON.stringify(corrected.body)).toEqual([
      200,
      'corrected',
    ]);
    const rows = await resultsOf(order.id);
    expect(rows.find((row) => row.code === 'GLU')?.result).toMatchObject({
      valueNumber: 5.25,
      flag: 'N',
      version: 2,
    });
    const reports = (await verifier.get(`/api/orders/${order.id}/reports`)).body.items;
    expect(reports.map((one: { kind: string; state: string }) => [one.kind, one.state])).toEqual([
      ['final', 'corrected'],
      ['correction', 'valid'],
    ]);
    expect(reports[1].content.results.find((one: { code: string }) => one.code === 'GLU').corrected).toEqual({
      from: '7.25',
      reason: '标本编号录入错误',
    });
    const cumulative = (
      await doctor.get(
        `/api/lab/patients/${(await doctor.get(`/api/orders/${order.id}`)).body.patient.id}/cumulative?tests=GLU`,
      )
    ).body.items;
    expect(cumulative.map((one: { value: number }) => one.value)).toEqual([5.25]);
  });
});

describe('what must not slip through', () => {
  test('a batch checks and signs only what stood on the screen: an order that changed meanwhile is refused by itself', async () => {
    const orders = [await received(['CBC']), await received(['CBC'])];
    const enter = (id: string, wbc: string, more = {}) =>
      technician.post(`/api/lab/orders/${id}/results`, {
        results: [{ testCode: 'WBC', value: wbc, ...more }],
      });
    for (const { id } of orders) {
      const tests = (await resultsOf(id)).map((row) => row.code);
      const values: Record<string, string> = { HGB: '140', PLT: '200', RBC: '4.6', HCT: '42' };
      const answer = await technician.post(`/api/lab/orders/${id}/results`, {
        results: tests.map((testCode) => ({ testCode, value: values[testCode] ?? '5.0' })),
      });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    }
    const rows = (await technician.get('/api/lab/bench?stage=to-verify&limit=200')).body.items as {
      orderId: string;
      seen: unknown[];
    }[];
    const seen = orders.map(({ id }) => rows.find((row) => row.orderId === id)?.seen);
    expect(seen.map((one) => one?.length ?? 0).every((n) => n > 0)).toBe(true);
    // Another value arrives for the first between the list and the click.
    expect((await enter(orders[0]!.id, '6.6', { reason: '复测' })).status).toBe(200);
    const checked = [];
    for (const [n, { id }] of orders.entries())
      checked.push((await technician.post(`/api/lab/orders/${id}/technical`, { seen: seen[n] })).status);
    expect(checked).toEqual([412, 200]);
    expect((await technician.post(`/api/lab/orders/${orders[0]!.id}/technical`, {})).status).toBe(200);
    // The same before the signatures: the report no longer says what was measured.
    expect((await enter(orders[1]!.id, '7.7', { reason: '复测' })).status).toBe(200);
    const signed = await verifier.post('/api/lab/sign', {
      orderIds: orders.map((one) => one.id),
      pin: '246810',
    });
    expect(signed.body.items).toEqual([
      { orderId: orders[0]!.id, status: 'final' },
      {
        orderId: orders[1]!.id,
        problem: expect.objectContaining({
          type: 'report-problems',
          errors: [expect.objectContaining({ code: 'results-changed' })],
        }),
      },
    ]);
  });

  test('a rejected tube tells the township, makes a recollection order, and takes no result', async () => {
    const order = await place(['CBC']);
    const [tube] = await tubesOf(order.id);
    await nurse.post('/api/lab/collect', { barcode: tube!.barcode });
    const rejected = await technician.post('/api/lab/reject', {
      barcode: tube!.barcode,
      reason: 'hemolysis',
    });
    expect([rejected.status, rejected.body.recollection.accessionNumber]).toEqual([
      200,
      expect.stringMatching(/^L/),
    ]);
    expect((await nurse.get(`/api/orders/${order.id}`)).body.status).toBe('cancelled');
    expect((await tubesOf(rejected.body.recollection.id)).map((one) => one.state)).toEqual(['planned']);
    expect(
      (
        await technician.post(`/api/lab/orders/${order.id}/results`, {
          results: [{ testCode: 'WBC', value: '6' }],
        })
      ).status,
    ).toBe(409);
    expect(
      (await technician.post('/api/lab/reject', { barcode: tube!.barcode, reason: 'nonsense' })).status,
    ).not.toBe(200);
  });

  test('the township reads why a tube was rejected and which order draws it again', async () => {
    const order = await received(['CBC']);
    const barcode = order.tubes[0]!.barcode;
    const rejected = await technician.post(`/api/lab/reject`, { barcode, reason: 'hemolysis' });
    expect(rejected.status, JSON.stringify(rejected.body)).toBe(200);
    const line = (await nurse.get(`/api/lab/containers?q=${barcode}`)).body.items[0];
    expect(line).toMatchObject({
      state: 'rejected',
      recollection: rejected.body.recollection.accessionNumber,
    });
    expect(line.rejectionName).toBeTruthy();
  });

  test('a critical value is raised at once and the report cannot be signed before somebody was told', async () => {
    const order = await received(['BMP']);
    const values = { K: '6.8', NA: '141', CL: '104', CA: '2.3', GLU: '5', UREA: '5', CREA: '80' };
    await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: Object.entries(values).map(([testCode, value]) => ({ testCode, value })),
    });
    expect((await doctor.get(`/api/orders/${order.id}`)).body.critical).toBe(true);
    await technician.post(`/api/lab/orders/${order.id}/technical`, {});
    const silent = await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' });
    expect([silent.status, silent.body.type]).toEqual([409, 'critical-not-notified']);
    const critical = await hub.ctx.db
      .selectFrom('criticalValue')
      .select(['id', 'finding'])
      .where('orderId', '=', order.id)
      .executeTakeFirstOrThrow();
    expect(critical.finding).toBe('钾 6.80 mmol/L');
    const call = { kind: 'notified', channel: 'phone', recipientName: '王医师', result: 'reached' };
    const state = async () =>
      (
        await hub.ctx.db
          .selectFrom('criticalValue')
          .select('state')
          .where('id', '=', critical.id)
          .executeTakeFirstOrThrow()
      ).state;
    const answer = (body: unknown) => verifier.post(`/api/critical/${critical.id}/answer`, body);
    // A call counts with what was read back; nobody at the telephone and a push to a screen are recorded, no more.
    for (const readBack of [undefined, '  '])
      expect((await answer({ ...call, readBack })).status).toBeOneOf([400, 422]);
    expect((await answer({ ...call, result: 'no-answer' })).status).toBe(200);
    expect((await answer({ ...call, channel: 'screen' })).status).toBe(200);
    expect(await state()).toBe('open');
    expect((await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' })).body.type).toBe(
      'critical-not-notified',
    );
    expect((await answer({ ...call, readBack: '钾 6.80 mmol/L' })).status).toBe(200);
    expect(await state()).toBe('notified');
    expect((await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' })).body.status).toBe(
      'final',
    );
  });

  test('a rejected control holds the results of its analyzer and test until the action is signed', async () => {
    const overview = (await technician.get('/api/lab/qc')).body.items;
    const glucose = overview.find((one: { testCode: string }) => one.testCode === 'GLU');
    const level = glucose.levels[0];
    const run = await technician.post('/api/lab/qc/runs', {
      targetId: level.targetId,
      value: level.mean + 4 * level.sd,
    });
    expect([run.body.verdict, run.body.violations]).toEqual(['rejected', expect.arrayContaining(['1-3s'])]);
    const order = await received(['BMP']);
    const entered = await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: [
        { testCode: 'GLU', value: '5.1' },
        { testCode: 'K', value: '4' },
      ],
    });
    expect(
      Object.fromEntries(
        entered.body.items.map((one: { testCode: string; holds: string[] }) => [one.testCode, one.holds]),
      ),
    ).toEqual({ GLU: ['qc-rejected'], K: [] });
    const verified = await technician.post(`/api/lab/orders/${order.id}/technical`, {});
    expect(verified.body.verified).toEqual(['K']);
    expect(verified.body.waiting).toContainEqual({ testCode: 'GLU', reasons: ['qc-rejected'] });
    const action = await technician.post(`/api/lab/qc/runs/${run.body.id}/action`, {
      cause: '试剂批号更换',
      action: '重新定标后复测在控',
      exclude: true,
    });
    expect(action.status).toBe(200);
    expect((await resultsOf(order.id)).find((row) => row.code === 'GLU')?.result?.holds).toEqual([]);
  });

  test('a figure of turnaround leads to its cases, slowest first', async () => {
    const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const period = `from=${day(-1)}&to=${day(1)}`;
    const { items } = (await technician.get(`/api/lab/turnaround?by=panel&${period}`)).body;
    const [figure] = items;
    expect(figure.groupEn).toMatch(/^[A-Z]/);
    const cases = await technician.get(
      `/api/lab/turnaround/cases?by=panel&group=${encodeURIComponent(figure.group)}&${period}`,
    );
    expect(cases.status, JSON.stringify(cases.body)).toBe(200);
    expect(cases.body.items).toHaveLength(figure.n);
    const totals = cases.body.items.map((one: { total: number }) => one.total);
    expect(totals).toEqual([...totals].sort((a, b) => b - a));
    const regulator = await hub.as('regulator1');
    expect((await regulator.get(`/api/lab/turnaround/cases?by=panel&group=x&${period}`)).status).toBe(403);
  });

  test('some tests can be released while others wait: the order is partial and the site sees them', async () => {
    const order = await received(['BMP']);
    await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: [{ testCode: 'K', value: '4.4' }],
    });
    await technician.post(`/api/lab/orders/${order.id}/technical`, {});
    const released = await verifier.post(`/api/lab/orders/${order.id}/release`, { pin: '246810' });
    expect(released.body).toEqual({ released: ['K'], number: 1 });
    const seen = (await doctor.get(`/api/orders/${order.id}`)).body;
    expect([seen.status, seen.input.tests.find((one: { code: string }) => one.code === 'K').value]).toEqual([
      'partial',
      '4.40',
    ]);
    const values = { NA: '141', CL: '104', CA: '2.3', GLU: '5', UREA: '5', CREA: '80' };
    await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: Object.entries(values).map(([testCode, value]) => ({ testCode, value })),
    });
    expect((await technician.post(`/api/lab/orders/${order.id}/technical`, {})).body.status).toBe(
      'preliminary',
    );
    expect((await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' })).body.status).toBe(
      'final',
    );
  });

  test('a reactive HIV screen is printed 待复检, never positive', async () => {
    const order = await received(['INFECT4']);
    await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: [
        ['HBSAG', '阴性'],
        ['HCVAB', '阴性'],
        ['TPAB', '阴性'],
        ['HIVAB', '有反应性'],
      ].map(([testCode, value]) => ({ testCode, value })),
    });
    await technician.post(`/api/lab/orders/${order.id}/technical`, {});
    const report = (await verifier.get(`/api/orders/${order.id}/report`)).body.content;
    expect(report.results.find((one: { code: string }) => one.code === 'HIVAB').value).toBe('待复检/待确证');
    expect(JSON.stringify(report.results)).not.toContain('阳性');
  });

  /** Entered, checked and signed. */
  async function signedOff(items: string[], values: Record<string, string>) {
    const order = await received(items);
    const entered = await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: Object.entries(values).map(([testCode, value]) => ({ testCode, value })),
    });
    expect(entered.status, JSON.stringify(entered.body)).toBe(200);
    await technician.post(`/api/lab/orders/${order.id}/technical`, {});
    const signed = await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' });
    expect(signed.body.status, JSON.stringify(signed.body)).toBe('final');
    return order;
  }
  const correct = (orderId: string, testCode: string, value: string) =>
    verifier.post(`/api/lab/orders/${orderId}/correct`, {
      pin: '246810',
      reason: '标本编号录入错误',
      results: [{ testCode, value }],
    });
  const lastContent = async (orderId: string) =>
    (await doctor.get(`/api/orders/${orderId}/reports`)).body.items.at(-1).content;

  test('a correction that makes a value critical calls the site', async () => {
    const order = await signedOff(['BMP'], {
      K: '4.4',
      NA: '141',
      CL: '104',
      CA: '2.3',
      GLU: '5',
      UREA: '5',
      CREA: '80',
    });
    const corrected = await correct(order.id, 'K', '7.2');
    expect(corrected.body.status, JSON.stringify(corrected.body)).toBe('corrected');
    const raised = await hub.ctx.db
      .selectFrom('criticalValue')
      .select(['ruleCode', 'state'])
      .where('orderId', '=', order.id)
      .execute();
    expect(raised).toEqual([{ ruleCode: 'LAB-K', state: 'open' }]);
    const content = await lastContent(order.id);
    expect([content.critical, content.positive]).toEqual([true, true]);
    expect(content.findings).toContain('7.2');
  });

  test('a screen corrected to reactive is printed 待复检, and stays as stored when another test is corrected', async () => {
    const order = await signedOff(['INFECT4'], {
      HBSAG: '阴性',
      HCVAB: '阴性',
      TPAB: '阴性',
      HIVAB: '阴性',
    });
    const outside = await correct(order.id, 'HIVAB', '阳性');
    expect(outside.body.errors[0].code).toBe('unknown-choice');
    await correct(order.id, 'HIVAB', '有反应性');
    const screen = (await lastContent(order.id)).results.find(
      (one: { code: string }) => one.code === 'HIVAB',
    );
    expect(screen.value).toBe('待复检/待确证');
    const second = await correct(order.id, 'TPAB', '有反应性');
    expect(second.body.status, JSON.stringify(second.body)).toBe('corrected');
    const stored = await hub.ctx.db
      .selectFrom('labResult')
      .select(['valueText', 'version'])
      .where('orderId', '=', order.id)
      .where('testCode', '=', 'HIVAB')
      .where('current', '=', true)
      .execute();
    expect(stored).toEqual([{ valueText: '有反应性', version: 2 }]);
  });

  test('a tube missing from the box is found by reconciling', async () => {
    const order = await place(['CBC']);
    const [tube] = await tubesOf(order.id);
    await nurse.post('/api/lab/collect', { barcode: tube!.barcode });
    const box = (await nurse.post('/api/lab/boxes', {})).body;
    await nurse.post(`/api/lab/boxes/${box.id}/pack`, { barcode: tube!.barcode });
    await nurse.post(`/api/lab/boxes/${box.id}/seal`, { sealNumber: 'F9' + '99' });
    await technician.post('/api/lab/box-arrival', { code: box.code });
    expect((await technician.post(`/api/lab/boxes/${box.id}/reconcile`)).body.missing).toEqual([
      tube!.barcode,
    ]);
  });

  test('pre-printed codes bind once, to their own kind of tube', async () => {
    const issued = (
      await technician.post('/api/lab/preprinted-codes', { institution: 'LIUHE', tubeCode: 'EDTA', count: 2 })
    ).body.barcodes;
    const first = await place(['CBC']);
    const [tube] = await tubesOf(first.id);
    const bound = await nurse.post('/api/lab/collect', {
      barcode: tube!.barcode,
      preprintedBarcode: issued[0],
    });
    expect([bound.status, bound.body.barcode]).toEqual([200, issued[0]]);
    const second = await place(['CBC']);
    const [other] = await tubesOf(second.id);
    expect(
      (await nurse.post('/api/lab/collect', { barcode: other!.barcode, preprintedBarcode: issued[0] }))
        .status,
    ).toBe(422);
    const chemistry = await place(['BMP']);
    const [serum] = await tubesOf(chemistry.id);
    expect(
      (await nurse.post('/api/lab/collect', { barcode: serum!.barcode, preprintedBarcode: issued[1] }))
        .status,
    ).toBe(422);
  });

  test('the catalogue goes out and in as a spreadsheet; a broken one changes nothing and names the row', async () => {
    const head = await hub.as('head1');
    const file = await head.get('/api/lab/catalogue.xlsx');
    expect(file.status).toBe(200);
    const send = (bytes: Uint8Array) =>
      fetch(`${hub.url}/api/lab/catalogue?note=${encodeURIComponent('往返')}`, {
        method: 'POST',
        headers: { cookie: head.cookie, origin: hub.url, 'content-type': 'application/octet-stream' },
        body: new Blob([new Uint8Array(bytes)]),
      });
    const before = await hub.ctx.db
      .selectFrom('labReferenceRange')
      .select(['testCode', 'sex', 'low', 'high', 'criticalLow'])
      .orderBy('testCode')
      .orderBy('sex')
      .execute();
    const again = await send(file.body);
    const answer = (await again.json()) as { version: number | null; changed: number; tests: number };
    expect([again.status, answer.tests], JSON.stringify(answer)).toEqual([200, 44]);
    expect([answer.version, answer.changed], 'what stands already is no new version').toEqual([null, 0]);
    await hub.ctx.db.updateTable('labTest').set({ price: 1 }).where('code', '=', 'K').execute();
    const one = (await (await send(file.body)).json()) as { version: number | null; changed: number };
    expect([typeof one.version, one.changed]).toEqual(['number', 1]);
    expect(await hub.ctx.db.selectFrom('labTest').select('code').where('version', '>', 1).execute()).toEqual([
      { code: 'K' },
    ]);
    expect(
      await hub.ctx.db
        .selectFrom('labReferenceRange')
        .select(['testCode', 'sex', 'low', 'high', 'criticalLow'])
        .orderBy('testCode')
        .orderBy('sex')
        .execute(),
    ).toEqual(before);
    const broken = await send(new TextEncoder().encode('not a spreadsheet'));
    expect(broken.status).toBe(422);
    const nurseTries = await nurse.get('/api/lab/catalogue.xlsx');
    expect(nurseTries.status).toBe(403);
  });
});
