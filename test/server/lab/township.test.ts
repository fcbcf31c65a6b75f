import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { machineActor } from '../../../server/core/access/actor.ts';
import { createRequest } from '../../../server/core/order/createRequest.ts';
import { requestInput } from '../../../server/core/order/requestInput.ts';
import { readPdf } from '../../../server/core/signature/pdf/readPdf.ts';
import { repeatable } from '../../../server/lab/demo/random.ts';
import { seedCatalogue } from '../../../server/lab/demo/seedCatalogue.ts';
import { receiveInstrumentResults } from '../../../server/lab/instrument/receiveInstrumentResults.ts';
import { startHub, type Client, type TestHub } from '../../helpers/hub.ts';
import { seedQuality } from '../../../server/lab/demo/seedQuality.ts';

const run = promisify(execFile);
const pdftotext = ['/usr/bin/pdftotext', '/usr/local/bin/pdftotext'].find((file) => existsSync(file));

let hub: TestHub;
let doctor: Client, nurse: Client, technician: Client, verifier: Client, head: Client;

vi.setConfig({ testTimeout: 120_000 });

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
  [doctor, nurse, technician, verifier, head] = await Promise.all([
    hub.as('doctor1'),
    hub.as('nurse1'),
    hub.as('lab1'),
    hub.as('lab2'),
    hub.as('head1'),
  ]);
});
afterAll(() => hub?.close());

let people = 0;
async function place(items: string[], name = '石珅') {
  people++;
  const answer = await doctor.post('/api/orders', {
    center: 'lab',
    items: items.map((code) => ({ code })),
    priority: 'routine',
    patient: {
      name,
      sex: 'M',
      birthDate: '1980-05-06',
      identifiers: [{ type: 'mrn', value: `LABT${people}` }],
    },
    remoteConsent: { by: name, at: new Date().toISOString() },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body as { id: string; accessionNumber: string };
}
const tubesOf = async (orderId: string) =>
  (await nurse.get(`/api/lab/orders/${orderId}/containers`)).body.containers as { barcode: string }[];
async function received(items: string[], name?: string) {
  const order = await place(items, name);
  const tubes = await tubesOf(order.id);
  for (const tube of tubes) {
    expect((await nurse.post('/api/lab/collect', { barcode: tube.barcode })).status).toBe(200);
    expect((await technician.post('/api/lab/receive', { barcode: tube.barcode })).status).toBe(200);
  }
  return { ...order, barcode: tubes[0]?.barcode ?? '' };
}
const enter = (orderId: string, values: Record<string, string>) =>
  technician.post(`/api/lab/orders/${orderId}/results`, {
    results: Object.entries(values).map(([testCode, value]) => ({ testCode, value })),
  });
const NORMAL = {
  WBC: '6.2',
  RBC: '4.8',
  HGB: '145',
  HCT: '43',
  MCV: '90',
  PLT: '210',
  'NEUT%': '61',
  'LYMPH%': '30',
};

/** What a reader sees, by poppler; undefined where it is not installed. */
async function textOf(pdf: Uint8Array): Promise<string | undefined> {
  if (!pdftotext) return undefined;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lab-pdf-'));
  try {
    const file = path.join(folder, 'report.pdf');
    await writeFile(file, pdf);
    return (await run(pdftotext, ['-layout', file, '-'])).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('a blood culture', () => {
  test('is called, released as preliminary with a signed PDF, then final; the preliminary stays printed', async () => {
    const order = await received(['BCULT'], '赵玘昞');
    const first = await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: [
        {
          testCode: 'BCULT',
          value: '革兰阴性杆菌生长',
          preliminary: true,
          organisms: [{ name: '革兰阴性杆菌', susceptibilities: [] }],
        },
      ],
    });
    expect(first.body.items[0].critical, JSON.stringify(first.body)).toBe(true);
    const technical = await technician.post(`/api/lab/orders/${order.id}/technical`, {});
    expect(technical.body.verified).toEqual(['BCULT']);
    const silent = await verifier.post(`/api/lab/orders/${order.id}/release`, { pin: '246810' });
    expect([silent.status, silent.body.type]).toEqual([
      409,
      expect.stringContaining('critical-not-notified'),
    ]);
    const [critical] = await hub.ctx.db
      .selectFrom('criticalValue')
      .select('id')
      .where('orderId', '=', order.id)
      .execute();
    await hub.ctx.db
      .updateTable('criticalValue')
      .set({ state: 'notified' })
      .where('id', '=', critical!.id)
      .execute();
    const released = await verifier.post(`/api/lab/orders/${order.id}/release`, { pin: '246810' });
    expect(released.body, JSON.stringify(released.body)).toEqual({ released: ['BCULT'], number: 1 });
    const seen = (await doctor.get(`/api/orders/${order.id}`)).body;
    expect([seen.status, seen.input.tests[0].value, seen.input.tests[0].preliminary]).toEqual([
      'partial',
      '革兰阴性杆菌生长',
      true,
    ]);
    const partial = await doctor.get(`/api/orders/${order.id}/report.pdf?number=1`);
    expect((await doctor.get(`/api/orders/${order.id}/report.pdf`)).body).toEqual(partial.body); // there is no other yet
    expect(partial.status).toBe(200);
    const early = await textOf(partial.body);
    for (const word of ['赵玘昞', '部分', '(初步)', '尚未出结果', '革兰阴性杆菌'])
      expect(early ?? word).toContain(word);

    const last = await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: [
        {
          testCode: 'BCULT',
          value: '检出大肠埃希菌',
          organisms: [
            {
              name: '大肠埃希菌',
              susceptibilities: [
                { drug: '头孢曲松', mic: '≥64', category: 'R' },
                { drug: '亚胺培南', mic: '≤0.25', category: 'S' },
              ],
            },
          ],
        },
      ],
    });
    expect(last.status, JSON.stringify(last.body)).toBe(200);
    // What was released stays in sight until the final one is signed.
    expect((await doctor.get(`/api/orders/${order.id}`)).body.input.tests[0].value).toBe('革兰阴性杆菌生长');
    expect((await technician.post(`/api/lab/orders/${order.id}/technical`, {})).body.status).toBe(
      'preliminary',
    );
    const signed = await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' });
    expect(signed.body.status, JSON.stringify(signed.body)).toBe('final');
    const text = await textOf((await doctor.get(`/api/orders/${order.id}/report.pdf`)).body);
    for (const word of ['大肠埃希菌', '头孢曲松', '耐药 R', '此前初步结果', '革兰阴性杆菌生长'])
      expect(text ?? word).toContain(word);
    // The site reads what grew, not only its words.
    expect((await doctor.get(`/api/orders/${order.id}`)).body.input.tests[0].organisms[0].name).toBe(
      '大肠埃希菌',
    );

    const corrected = await verifier.post(`/api/lab/orders/${order.id}/correct`, {
      pin: '246810',
      reason: '药敏折点录入错误',
      results: [
        {
          testCode: 'BCULT',
          value: '检出大肠埃希菌',
          organisms: [
            {
              name: '大肠埃希菌',
              susceptibilities: [
                { drug: '头孢曲松', mic: '≤1', category: 'S' },
                { drug: '亚胺培南', mic: '≤0.25', category: 'S' },
              ],
            },
          ],
        },
      ],
    });
    expect(corrected.body.status, JSON.stringify(corrected.body)).toBe('corrected');
    const versions = (await doctor.get(`/api/orders/${order.id}/reports`)).body.items;
    const line = versions.at(-1).content.results[0];
    expect([line.flag, line.critical, line.organisms[0].susceptibilities[0].category]).toEqual([
      'A',
      true,
      'S',
    ]);
    expect(line.corrected.from).toContain('头孢曲松 R');
    const third = await textOf((await doctor.get(`/api/orders/${order.id}/report.pdf`)).body);
    for (const word of ['更正说明', '头孢曲松 R', '敏感 S', '药敏折点录入错误'])
      expect(third ?? word).toContain(word);
  });

  test('only a culture may be preliminary', async () => {
    const order = await received(['HBA1C']);
    const answer = await technician.post(`/api/lab/orders/${order.id}/results`, {
      results: [{ testCode: 'HBA1C', value: '5.4', preliminary: true }],
    });
    expect(answer.status).toBe(422);
  });
});

describe('autoverification', () => {
  test('a rule tried on past results; when every test passes, the report lies before the verifier', async () => {
    for (const testCode of Object.keys(NORMAL)) {
      const saved = await head.put(`/api/lab/autoverification/${encodeURIComponent(testCode)}`, {
        enabled: true,
        settings: { allowFlags: false, stage: testCode === 'WBC' ? 'medical' : 'technical' },
      });
      expect(saved.body.version, JSON.stringify(saved.body)).toBe(1);
    }
    const order = await received(['CBC']);
    const machine = await hub.ctx.db
      .selectFrom('labInstrument')
      .selectAll()
      .where('code', '=', 'XN550')
      .executeTakeFirstOrThrow();
    const actor = machineActor(machine.name, machine.id, machine.institutionId, ['bench.work']);
    const measured = await hub.ctx.db.transaction().execute((trx) =>
      receiveInstrumentResults(
        hub.ctx,
        trx,
        actor,
        machine.id,
        Object.entries(NORMAL).map(([instrumentCode, value]) => ({
          specimenId: order.barcode,
          instrumentCode,
          value,
          unit: instrumentCode === 'HGB' ? 'g/L' : undefined,
          abnormalFlag: undefined,
          status: 'F',
          operator: undefined,
          measuredAt: hub.clock.now(),
          control: false,
          comments: [],
        })),
        { source: 'astm' },
      ),
    );
    expect(measured.applied).toBe(8);
    const rows = (await technician.get(`/api/lab/orders/${order.id}/results`)).body.items;
    const states = Object.fromEntries(
      rows.map((row: { code: string; result: { state: string; rule: string } }) => [
        row.code,
        [row.result.state, row.result.rule],
      ]),
    );
    expect([states['WBC'], states['PLT']]).toEqual([
      ['verified', 'WBC v1'],
      ['technical', 'PLT v1'],
    ]);
    expect((await doctor.get(`/api/orders/${order.id}`)).body.status).toBe('preliminary');
    const signed = await verifier.post('/api/lab/sign', { orderIds: [order.id], pin: '246810' });
    expect(signed.body.items).toEqual([{ orderId: order.id, status: 'final' }]);
    const text = await textOf((await doctor.get(`/api/orders/${order.id}/report.pdf`)).body);
    expect(text ?? '按规则自动审核').toContain('按规则自动审核');
    const tried = await technician.post('/api/lab/autoverification/HGB/simulate', {
      allowFlags: false,
      high: 140,
    });
    expect(tried.body).toMatchObject({ results: 1, passed: 0, reasons: { 'above-limit': 1 } });
    expect(tried.body.refused[0].orderId).toBe(order.id);
  });
});

describe('室间质评', () => {
  test('a passed round gives the panel its ★; another panel of the same report has none', async () => {
    const CODES = ['K', 'NA', 'CL', 'CA', 'GLU', 'UREA', 'CREA'];
    const round = await head.post('/api/lab/eqa', {
      organizer: '省临床检验中心',
      scheme: '常规化学',
      name: '第 1 次',
      range: 'province',
      dueAt: new Date(Date.now() + 86_400_000).toISOString(),
      samples: ['1', '2', '3', '4', '5'],
      testCodes: CODES,
    });
    expect(round.status, JSON.stringify(round.body)).toBe(201);
    const unknown = await head.post('/api/lab/eqa', { ...round.body, samples: ['1'], testCodes: ['NOPE'] });
    expect(unknown.status).toBe(422);
    const cells = CODES.flatMap((testCode) =>
      ['1', '2', '3', '4', '5'].map((sample) => ({ testCode, sample })),
    );
    const entered = await technician.put(`/api/lab/eqa/${round.body.id}/results`, {
      results: cells.map((cell) => ({ ...cell, value: cell.sample === '5' ? '12' : '10' })),
      submit: true,
    });
    expect(entered.body.state).toBe('submitted');
    // A test must not pass on the one sample that was scored.
    const partly = await head.post(`/api/lab/eqa/${round.body.id}/score`, {
      scores: cells
        .filter((cell) => cell.sample === '1')
        .map((cell) => ({ ...cell, target: 10, allowedPercent: 8 })),
      validFrom: '2026-01-01',
      validTo: '2027-01-01',
    });
    expect(partly.status).toBe(422);
    expect(partly.body.errors[0]).toMatchObject({ path: 'scores', code: 'missing-score' });
    expect(partly.body.errors[0].message).toContain('CA 2');
    const foreign = await head.post(`/api/lab/eqa/${round.body.id}/score`, {
      scores: [{ sample: '9', testCode: 'K', acceptable: true }],
      validFrom: '2026-01-01',
      validTo: '2027-01-01',
    });
    expect(foreign.body.errors[0]).toMatchObject({ code: 'unknown-sample' });
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const scores = { scores: cells.map((cell) => ({ ...cell, target: 10, allowedPercent: 8 })) };
    const backwards = await head.post(`/api/lab/eqa/${round.body.id}/score`, {
      ...scores,
      validFrom: day(1),
      validTo: day(-1),
    });
    expect(backwards.status).toBe(422);
    await hub.ctx.db.deleteFrom('qualityEvidence').where('source', '<>', 'eqa').execute();
    const scored = await head.post(`/api/lab/eqa/${round.body.id}/score`, {
      ...scores,
      validFrom: day(-2),
      validTo: day(300),
    });
    // Four of five samples within 8 %: 80 %, passed.
    expect(scored.body.tests[0], JSON.stringify(scored.body)).toMatchObject({ score: 0.8, passed: true });
    expect(scored.body.evidence).toEqual(['BMP']);
    const listed = (await technician.get('/api/lab/eqa')).body.items.find(
      (one: { id: string }) => one.id === round.body.id,
    );
    expect(listed.evidence).toMatchObject([
      { itemCode: 'BMP', recognitionRange: 'province', validFrom: day(-2), validTo: day(300) },
    ]);

    const order = await received(['BMP', 'LFT']);
    await enter(order.id, { K: '4.4', NA: '141', CL: '104', CA: '2.3', GLU: '5', UREA: '5', CREA: '80' });
    await enter(order.id, { ALT: '20', AST: '22', TP: '70', ALB: '44', TBIL: '12', DBIL: '3' });
    await technician.post(`/api/lab/orders/${order.id}/technical`, {});
    const signed = await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' });
    expect(signed.body.status, JSON.stringify(signed.body)).toBe('final');
    const text = await textOf((await doctor.get(`/api/orders/${order.id}/report.pdf`)).body);
    if (text === undefined) return;
    expect(text).toMatch(/检查机构 \S*县人民医院 /);
    const lineOf = (name: string) => text.split('\n').find((line) => line.includes(name)) ?? '';
    const eligible = await hub.ctx.db
      .selectFrom('recognitionItem')
      .select('itemCode')
      .where('itemCode', 'in', ['BMP', 'LFT'])
      .where('eligible', '=', true)
      .execute();
    expect(lineOf('尿素').includes('★')).toBe(eligible.some((one) => one.itemCode === 'BMP'));
    expect(lineOf('总蛋白')).not.toContain('★');
  });

  test('no tube is drawn while the doctor may still adopt an earlier result; an emergency goes on', async () => {
    await hub.ctx.db
      .insertInto('recognitionItem')
      .values({ itemCode: 'BMP', validityDays: 30 })
      .onConflict((held) => held.column('itemCode').doUpdateSet({ eligible: true }))
      .execute();
    const earlier = await received(['BMP']);
    const mrn = `LABT${people}`;
    await enter(earlier.id, { K: '4.4', NA: '141', CL: '104', CA: '2.3', GLU: '5', UREA: '5', CREA: '80' });
    await technician.post(`/api/lab/orders/${earlier.id}/technical`, {});
    expect(
      (await verifier.post(`/api/orders/${earlier.id}/report/sign`, { pin: '246810' })).body.status,
    ).toBe('final');
    const site = await hub.ctx.db
      .selectFrom('institution')
      .select('id')
      .where('code', '=', 'LIUHE')
      .executeTakeFirstOrThrow();
    const his = machineActor('HIS|LIUHE', 'his', site.id, ['order.request', 'order.read']);
    const message = requestInput.parse({
      center: 'lab',
      items: [{ code: 'BMP' }],
      priority: 'routine',
      patient: {
        name: '石珅',
        sex: 'M',
        birthDate: '1980-05-06',
        identifiers: [{ type: 'mrn', value: mrn }],
      },
      remoteConsent: { by: '石珅', at: new Date().toISOString() },
    });
    const { orders } = await createRequest(hub.ctx, his, message, { source: 'hl7' });
    const [held] = orders;
    expect(held?.status).toBe('awaiting-decision');
    const [tube] = await tubesOf(held!.id);
    const refused = await nurse.post('/api/lab/collect', { barcode: tube!.barcode });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ type: 'decision-needed', order: held!.accessionNumber });
    expect(refused.body.detail).toContain('decision on recognizing');
    expect(refused.body.items).not.toBe('');
    const [prompt] = (await doctor.get(`/api/orders/${held!.id}/recognition`)).body.items;
    const decided = await doctor.post(`/api/orders/${held!.id}/recognition`, {
      recognitionDecisions: [
        {
          promptId: prompt.promptId,
          decision: 'repeat',
          reason: 'condition-changed',
          patientInformed: { by: '石珅' },
        },
      ],
    });
    expect(decided.status, JSON.stringify(decided.body)).toBe(200);
    expect((await nurse.post('/api/lab/collect', { barcode: tube!.barcode })).status).toBe(200);

    const urgent = await createRequest(hub.ctx, his, message, { source: 'hl7' });
    await hub.ctx.db
      .updateTable('orders')
      .set({ priority: 'emergency' })
      .where('id', '=', urgent.orders[0]!.id)
      .execute();
    expect(urgent.orders[0]!.status).toBe('awaiting-decision');
    const [now] = await tubesOf(urgent.orders[0]!.id);
    expect((await nurse.post('/api/lab/collect', { barcode: now!.barcode })).status).toBe(200);
    expect((await doctor.get(`/api/orders/${urgent.orders[0]!.id}`)).body.status).toBe('acquired');
  });
});

describe('printing for a township', () => {
  test('several signed reports become one file with all their pages, and count as printed', async () => {
    const orders = [await received(['HBA1C'], '王珅'), await received(['HBA1C'], '吴昞')];
    for (const order of orders) {
      await enter(order.id, { HBA1C: '5.4' });
      await technician.post(`/api/lab/orders/${order.id}/technical`, {});
      await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' });
    }
    const pdf = await doctor.post('/api/lab/printable.pdf', { orderIds: orders.map((order) => order.id) });
    expect(pdf.status).toBe(200);
    const file = readPdf(Buffer.from(pdf.body));
    expect(file.dictionary(file.catalog.get('Pages'))?.get('Count')).toBe(2);
    const text = await textOf(pdf.body);
    for (const name of ['王珅', '吴昞']) expect(text ?? name).toContain(name);
    // Closed without a signed file: nothing to print.
    const unsigned = await place(['HBA1C']);
    await hub.ctx.db
      .updateTable('orders')
      .set({ status: 'final', finalAt: new Date() })
      .where('id', '=', unsigned.id)
      .execute();
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const listed = (await doctor.get(`/api/lab/printable?from=2020-01-01&to=${today}&limit=200`)).body.items;
    const rows = listed.filter((row: { orderId: string }) =>
      orders.some((order) => order.id === row.orderId),
    );
    expect(rows.map((row: { printedAt: string | null }) => row.printedAt !== null)).toEqual([true, true]);
    expect(listed.map((row: { orderId: string }) => row.orderId)).not.toContain(unsigned.id);
    const other = await (
      await hub.as('courier1')
    ).post('/api/lab/printable.pdf', {
      orderIds: orders.map((order) => order.id),
    });
    expect([403, 404]).toContain(other.status);
  });
});

describe('what cannot be is refused or kept for a person', () => {
  test('a tube that no manifest names is noted as extra; readings from the future are refused', async () => {
    const [known, stray] = [await place(['CBC']), await place(['CBC'])];
    const [tube] = await tubesOf(known.id);
    const [other] = await tubesOf(stray.id);
    for (const one of [tube, other]) await nurse.post('/api/lab/collect', { barcode: one!.barcode });
    const box = (await nurse.post('/api/lab/boxes', {})).body;
    await nurse.post(`/api/lab/boxes/${box.id}/pack`, { barcode: tube!.barcode });
    await nurse.post(`/api/lab/boxes/${box.id}/seal`, { sealNumber: 'F777' });
    const future = await nurse.post('/api/lab/box-temperature', {
      code: box.code,
      readings: [{ at: new Date(Date.now() + 3_600_000).toISOString(), celsius: 4 }],
    });
    expect([future.status, future.body.errors[0].code]).toEqual([422, 'future']);
    await technician.post('/api/lab/box-arrival', { code: box.code });
    const extra = await technician.post(`/api/lab/boxes/${box.id}/extra`, { barcode: other!.barcode });
    expect(extra.body).toEqual({ barcode: other!.barcode, known: true, state: 'collected' });
    const inside = await technician.post(`/api/lab/boxes/${box.id}/extra`, { barcode: tube!.barcode });
    expect(inside.status).toBe(409);
    await technician.post('/api/lab/receive', { barcode: tube!.barcode });
    const done = await technician.post(`/api/lab/boxes/${box.id}/reconcile`);
    expect([done.body.missing, done.body.extra]).toEqual([[], [other!.barcode]]);
  });

  test('a tube accepted, or an extra noted, while the box is reconciled is neither lost nor missing', async () => {
    const orders = [await place(['CBC']), await place(['CBC'])];
    const [tube, other] = [(await tubesOf(orders[0]!.id))[0]!, (await tubesOf(orders[1]!.id))[0]!];
    for (const one of [tube, other]) await nurse.post('/api/lab/collect', { barcode: one.barcode });
    const box = (await nurse.post('/api/lab/boxes', {})).body;
    await nurse.post(`/api/lab/boxes/${box.id}/pack`, { barcode: tube.barcode });
    await nurse.post(`/api/lab/boxes/${box.id}/seal`, { sealNumber: 'F778' });
    await technician.post('/api/lab/box-arrival', { code: box.code });
    // The acceptance has begun when the box is reconciled, and ends after it was asked for.
    let reconciled: ReturnType<Client['post']> | undefined;
    await hub.ctx.db.transaction().execute(async (trx) => {
      await trx.selectFrom('orders').select('id').where('id', '=', orders[0]!.id).forUpdate().execute();
      await trx
        .updateTable('labContainer')
        .set({ state: 'accepted', receivedAt: hub.clock.now() })
        .where('barcode', '=', tube.barcode)
        .execute();
      reconciled = technician.post(`/api/lab/boxes/${box.id}/reconcile`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    const extra = technician.post(`/api/lab/boxes/${box.id}/extra`, { barcode: other.barcode });
    const { body } = await reconciled!;
    expect([body.missing, body.accepted]).toEqual([[], [tube.barcode]]);
    // The same row of the box is locked by both: the extra is in the account, or refused.
    const noted = (await extra).status === 200;
    expect(body.extra).toEqual(noted ? [other.barcode] : []);
  });

  test('a value for a rejected tube is held with its reason; a 5 MB value harms nothing', async () => {
    const order = await received(['HBA1C']);
    await technician.post('/api/lab/reject', { barcode: order.barcode, reason: 'hemolysis' });
    const machine = await hub.ctx.db
      .selectFrom('labInstrument')
      .selectAll()
      .where('code', '=', 'C111')
      .executeTakeFirstOrThrow();
    const actor = machineActor(machine.name, machine.id, machine.institutionId, ['bench.work']);
    const fresh = await received(['HBA1C']);
    const value = (specimenId: string, text: string) => ({
      specimenId,
      instrumentCode: 'HBA1C',
      value: text,
      unit: undefined,
      abnormalFlag: undefined,
      status: 'F',
      operator: undefined,
      measuredAt: hub.clock.now(),
      control: false,
      comments: [],
    });
    const summary = await hub.ctx.db
      .transaction()
      .execute((trx) =>
        receiveInstrumentResults(
          hub.ctx,
          trx,
          actor,
          machine.id,
          [
            value(order.barcode, '5.4'),
            value(fresh.barcode, '9'.repeat(5_000_000)),
            value(fresh.barcode, '-3'),
          ],
          { source: 'astm' },
        ),
      );
    expect([summary.applied, summary.open]).toEqual([0, 3]);
    const kept = await hub.ctx.db
      .selectFrom('labInstrumentResult')
      .select(['state', 'reasonCode'])
      .where('instrumentId', '=', machine.id)
      .orderBy('id')
      .execute();
    expect(kept.map((row) => row.state)).toEqual(['held', 'held', 'held']);
    expect(kept.map((row) => row.reasonCode)).toEqual(['tube-rejected', 'too-long', 'negative']);
  });

  test('retained tubes go only after their time, by two people, and guessing the second password locks', async () => {
    const order = await received(['HBA1C']);
    const place = { barcode: order.barcode, rack: 'T1', position: '1', days: 1 };
    const open = await technician.post('/api/lab/store', place);
    expect([open.status, open.body.type, open.body.tests]).toEqual([409, 'results-open', 'HBA1C']);
    await enter(order.id, { HBA1C: '5.4' });
    const [typed] = (await technician.get(`/api/lab/orders/${order.id}/results`)).body.items;
    expect([typed.result.instrument, typed.result.source]).toEqual([null, 'manual']);
    expect(typed.result.enteredBy).toBeTruthy();
    expect((await technician.post('/api/lab/store', place)).body.type).toBe('results-open');
    await technician.post(`/api/lab/orders/${order.id}/technical`, {});
    expect((await verifier.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' })).status).toBe(200);
    const report = (await technician.get(`/api/orders/${order.id}/report`)).body;
    expect(report.content.results[0].instrument).toBeNull();
    expect((await technician.post('/api/lab/store', place)).status).toBe(200);
    const witness = { username: 'lab2', password: 'Demo-2026!' };
    const early = await technician.post('/api/lab/discard', { barcodes: [order.barcode], witness });
    expect(early.status).toBe(409);
    await hub.ctx.db
      .updateTable('labContainer')
      .set({ storeUntil: '2020-01-31' })
      .where('barcode', '=', order.barcode)
      .execute();
    const alone = await technician.post('/api/lab/discard', {
      barcodes: [order.barcode],
      witness: { username: 'lab1', password: 'Demo-2026!' },
    });
    expect(alone.status).toBe(422);
    const done = await technician.post('/api/lab/discard', { barcodes: [order.barcode], witness });
    expect(done.body, JSON.stringify(done.body)).toEqual({ discarded: [order.barcode] });
    for (let turn = 0; turn < 5; turn++)
      await technician.post('/api/lab/discard', {
        barcodes: [order.barcode],
        witness: { username: 'lab2', password: 'guess' },
      });
    const locked = await technician.post('/api/lab/discard', { barcodes: [order.barcode], witness });
    expect(locked.status).toBe(423);
  });

  test('a list cut at its limit says how many rows there are', async () => {
    for (let n = 0; n < 2; n++) await nurse.post('/api/lab/boxes', {});
    for (const [user, path] of [
      [nurse, 'boxes'],
      [technician, 'containers'],
    ] as const) {
      const whole = (await user.get(`/api/lab/${path}?limit=200`)).body;
      const cut = (await user.get(`/api/lab/${path}?limit=1`)).body;
      expect(whole.items.length, path).toBeGreaterThan(1);
      expect(cut, path).toMatchObject({ items: [whole.items[0]], total: whole.items.length });
    }
  });
});

test('an import that names an unknown tube or test changes nothing; a version tells what it changed', async () => {
  const { default: writeExcelFile } = await import('write-excel-file/node');
  const sheet = (name: string, rows: (string | number)[][]) => ({
    sheet: name,
    data: rows.map((row) => row.map((value) => ({ value }))),
  });
  const send = async (sheets: ReturnType<typeof sheet>[]) => {
    const bytes = await writeExcelFile(sheets).toBuffer();
    const answer = await fetch(`${hub.url}/api/lab/catalogue?note=test`, {
      method: 'POST',
      headers: { cookie: head.cookie, origin: hub.url, 'content-type': 'application/octet-stream' },
      body: new Blob([new Uint8Array(bytes)]),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as { errors: { code: string }[]; version: number },
    };
  };
  const broken = await send([
    sheet('项目', [
      ['代码', '名称', '管型', '小数位'],
      ['K', '钾', 'NOTUBE', 2],
      ['NEWTEST', '新项目', 'SST', 'two'],
    ]),
    sheet('组合', [
      ['代码', '项目'],
      ['BMP', 'K、NOPE'],
    ]),
  ]);
  expect(broken.status).toBe(422);
  expect(broken.body.errors).toEqual([
    expect.objectContaining({
      path: '项目 第 3 行',
      code: 'import-cell',
      params: { sheet: '项目', row: 3, column: '小数位', value: 'two' },
    }),
  ]);
  const references = await send([
    sheet('项目', [
      ['代码', '名称', '管型'],
      ['K', '钾', 'NOTUBE'],
      ['NEWTEST', '新项目', 'SST'],
    ]),
    sheet('组合', [
      ['代码', '项目'],
      ['BMP', 'K、NOPE'],
    ]),
  ]);
  expect(references.body.errors.map((one: { code: string }) => one.code).sort()).toEqual([
    'import-needed',
    'import-test',
    'import-tube',
  ]);
  const changed = await send([
    sheet('项目', [
      ['代码', '名称', '方法'],
      ['K', '钾', '直接离子选择电极法'],
    ]),
  ]);
  expect(changed.status, JSON.stringify(changed.body)).toBe(200);
  const version = (await technician.get(`/api/lab/catalogue/versions/${changed.body.version}`)).body;
  expect(version.changes).toEqual([
    {
      sheet: 'tests',
      code: 'K',
      kind: 'changed',
      fields: [{ field: 'method', from: expect.any(String), to: '直接离子选择电极法' }],
    },
  ]);
});
