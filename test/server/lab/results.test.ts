import { describe, expect, test } from 'vitest';
import { machineActor } from '../../../server/core/access/actor.ts';
import { readPdf } from '../../../server/core/signature/pdf/readPdf.ts';
import { receiveInstrumentResults } from '../../../server/lab/instrument/receiveInstrumentResults.ts';
import {
  doctor,
  enter,
  head,
  hub,
  openLaboratory,
  place,
  received,
  technician,
  textOf,
  verifier,
} from './laboratory.ts';

openLaboratory();

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

describe('a blood culture', () => {
  test('is called, released as preliminary with a signed PDF, then final; the preliminary stays printed', async () => {
    const order = await received(['BCULT'], { name: '赵玘昞' });
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

describe('printing for a township', () => {
  test('several signed reports become one file with all their pages, and count as printed', async () => {
    const orders = [await received(['HBA1C'], { name: '王珅' }), await received(['HBA1C'], { name: '吴昞' })];
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
