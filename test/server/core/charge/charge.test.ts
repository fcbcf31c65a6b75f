import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { chestCases, type ChestCases } from '../quality/chestCases.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let cases: ChestCases;
let doctor: Client;
let quality: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  cases = await chestCases(hub);
  [doctor, quality] = await Promise.all([hub.as('doctor1'), hub.as('qa1')]);
});
afterAll(() => hub.close());

describe('money', () => {
  test('prices are frozen at signing; the sheet is per pair; an adopted item charged again is flagged', async () => {
    const order = await cases.signed();
    await sql`update catalogue_item set price = 999 where code = 'DR-CHEST'`.execute(hub.ctx.db);
    const charge = (await doctor.get(`/api/orders/${order.id}/charge`)).body;
    expect(charge).toMatchObject({ state: 'unknown', lines: [{ itemCode: 'DR-CHEST', price: 75 }] });
    expect((await doctor.put(`/api/orders/${order.id}/charge`, { state: 'exempt' })).status).toBe(422);
    const period = localDate(hub.ctx.clock.now()).slice(0, 7);
    const sheet = async () => (await quality.get(`/api/settlement?period=${period}`)).body;
    const before = (await sheet()).items[0];
    expect(before).toMatchObject({
      payee: expect.any(String),
      amount: expect.closeTo(before.gross * 0.4, 2),
    });
    await doctor.put(`/api/orders/${order.id}/charge`, { state: 'exempt', reason: '特困' });
    expect((await sheet()).items[0].gross).toBe(before.gross - 75);
    // Who ordered reads the state as the HIS gave it, beside the price that was frozen.
    expect((await doctor.get(`/api/orders/${order.id}/charge`)).body).toMatchObject({
      state: 'exempt',
      charge: { reason: '特困' },
      lines: [{ itemCode: 'DR-CHEST', price: 75 }],
    });
    await doctor.put(`/api/orders/${order.id}/charge`, { state: 'green-channel' });
    expect((await doctor.get(`/api/orders/${order.id}/charge`)).body.state).toBe('green-channel');
    await doctor.put(`/api/orders/${order.id}/charge`, { state: 'exempt', reason: '特困' });
    expect((await quality.post('/api/settlement/close', { period })).status).toBe(422);
    const again = {
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'routine',
      patient: { name: '督办', sex: 'F', birthDate: '1972-05-18', identifiers: [{ type: 'id-card', value: order.card }] },
      remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
    }; // prettier-ignore
    const { promptId } = (await doctor.post('/api/orders', again)).body.prompts[0];
    await doctor.post('/api/orders', { ...again, recognitionDecisions: [{ promptId, decision: 'adopt' }] });
    const received = await doctor.post('/api/charges', { idCard: order.card, itemCode: 'DR-CHEST', amount: 75, at: hub.ctx.clock.now().toISOString(), reference: 'F1' }); // prettier-ignore
    expect(received.status).toBe(201);
    const today = localDate(hub.ctx.clock.now());
    const flagged = (await quality.get(`/api/settlement/recharged?from=${today}&to=${today}`)).body.items;
    expect(flagged).toMatchObject([{ itemCode: 'DR-CHEST', reference: 'F1', sourceOrderId: order.id }]);
    const figures = (await quality.get(`/api/recognition/figures?from=${today}&to=${today}&by=clinician`))
      .body;
    expect(figures.items[0]).toMatchObject({ prompts: 1, adopted: 1, rate: 1 });
  });

  test('an order older than the adoption is not charged again by being paid late; one placed after it, or spared by it, is', async () => {
    const earlier = await cases.signed();
    const today = localDate(hub.ctx.clock.now());
    const request = (more: Record<string, unknown> = {}) => ({
      center: 'imaging',
      items: [{ code: 'DR-CHEST' }],
      priority: 'routine',
      patient: { name: '督办', sex: 'F', birthDate: '1972-05-18', identifiers: [{ type: 'id-card', value: earlier.card }] },
      remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
      ...more,
    }); // prettier-ignore
    const ask = async () => (await doctor.post('/api/orders', request())).body.prompts[0].promptId as string;
    const repeat = (promptId: string) => ({ promptId, decision: 'repeat', reason: 'condition-changed', patientInformed: { by: '郑国华' } }); // prettier-ignore
    const pay = (id: string, reference: string) => doctor.put(`/api/orders/${id}/charge`, { state: 'paid', amount: 75, reference }); // prettier-ignore
    const references = async () =>
      (await quality.get(`/api/settlement/recharged?from=${today}&to=${today}`)).body.items
        .map((row: { reference: string }) => row.reference)
        .filter((reference: string) => reference.startsWith('L'));
    const older = (await doctor.post('/api/orders', request({ recognitionDecisions: [repeat(await ask())] })))
      .body;
    hub.clock.advance(1);
    // An emergency goes ahead; that it need not have been is decided afterwards.
    const spared = (await doctor.post('/api/orders', request({ priority: 'emergency' }))).body;
    hub.clock.advance(1);
    const [open] = (await doctor.get(`/api/orders/${spared.id}/recognition`)).body.items;
    expect((await doctor.post(`/api/orders/${spared.id}/recognition`, { recognitionDecisions: [{ promptId: open.promptId, decision: 'adopt' }] })).status).toBe(200); // prettier-ignore
    hub.clock.advance(1);
    await pay(older.id, 'L-older');
    expect(await references()).toEqual([]);
    await pay(spared.id, 'L-spared');
    expect(await references()).toEqual(['L-spared']);
    const after = (await doctor.post('/api/orders', request({ recognitionDecisions: [repeat(await ask())] })))
      .body;
    await pay(after.id, 'L-after');
    expect((await references()).sort()).toEqual(['L-after', 'L-spared']);
    const received = (reference: string, accessionNumber: string) =>
      doctor.post('/api/charges', { idCard: earlier.card, itemCode: 'DR-CHEST', amount: 75, at: hub.ctx.clock.now().toISOString(), reference, accessionNumber }); // prettier-ignore
    await received('L-by-item', older.accessionNumber);
    expect(await references()).not.toContain('L-by-item');
  });
});
