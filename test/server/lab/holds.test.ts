import { expect, test } from 'vitest';
import {
  doctor,
  hub,
  nurse,
  openLaboratory,
  place,
  received,
  resultsOf,
  technician,
  tubesOf,
  verifier,
} from './laboratory.ts';

openLaboratory();

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
  const screen = (await lastContent(order.id)).results.find((one: { code: string }) => one.code === 'HIVAB');
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
  expect((await technician.post(`/api/lab/boxes/${box.id}/reconcile`)).body.missing).toEqual([tube!.barcode]);
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
    (await nurse.post('/api/lab/collect', { barcode: other!.barcode, preprintedBarcode: issued[0] })).status,
  ).toBe(422);
  const chemistry = await place(['BMP']);
  const [serum] = await tubesOf(chemistry.id);
  expect(
    (await nurse.post('/api/lab/collect', { barcode: serum!.barcode, preprintedBarcode: issued[1] })).status,
  ).toBe(422);
});
