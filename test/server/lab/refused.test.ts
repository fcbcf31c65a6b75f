import { expect, test } from 'vitest';
import type { Client } from '../../helpers/hub.ts';
import { machineActor } from '../../../server/core/access/actor.ts';
import { receiveInstrumentResults } from '../../../server/lab/instrument/receiveInstrumentResults.ts';
import {
  enter,
  hub,
  nurse,
  openLaboratory,
  place,
  received,
  technician,
  tubesOf,
  verifier,
} from './laboratory.ts';

openLaboratory();

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
