import { describe, expect, test } from 'vitest';
import {
  courier,
  doctor,
  nurse,
  openLaboratory,
  place,
  resultsOf,
  technician,
  tubesOf,
  verifier,
} from './laboratory.ts';

openLaboratory();

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
