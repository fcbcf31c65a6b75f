import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client;
let receiver: Client;
let orderId: string;
let county: string;

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  doctor = await hub.as('doctor1');
  receiver = await hub.as('clinician1');
  const placed = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    patient: {
      name: '转诊人',
      sex: 'M',
      birthDate: '1970-02-03',
      identifiers: [{ type: 'mrn', value: 'REF-1' }],
    },
    remoteConsent: { by: '本人', at: new Date().toISOString() },
  });
  orderId = placed.body.id as string;
  const places = await hub.ctx.db
    .selectFrom('institution')
    .select(['id', 'name'])
    .where('name', '=', '青禾县人民医院')
    .executeTakeFirstOrThrow();
  county = places.id;
});
afterAll(() => hub.close());

const refer = (client: Client, more: object = {}) =>
  client.post(`/api/orders/${orderId}/refer`, {
    institutionId: county,
    reason: '上级医院进一步诊治',
    ...more,
  });
const seen = async () => (await receiver.get(`/api/orders/${orderId}`)).status;
const listed = async (client: Client, search: string) =>
  (await client.get(`/api/referrals?${search}`)).body.items as {
    id: string;
    orderId: string;
    open: boolean;
  }[];

describe('a referral', () => {
  test('is made by the site that asked, to another institution, once', async () => {
    expect(await seen(), 'no treatment relation yet').toBe(404);
    expect((await refer(receiver)).status).toBe(404);
    expect((await refer(await hub.as('tech1'))).status).toBe(403);
    const own = await hub.ctx.db
      .selectFrom('orders')
      .select('requestingInstitutionId as id')
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    expect((await refer(doctor, { institutionId: own.id })).body.errors).toMatchObject([
      { path: 'institutionId', code: 'other-institution' },
    ]);
    const both = await Promise.all([refer(doctor), refer(doctor)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const timeline = (await doctor.get(`/api/orders/${orderId}/timeline`)).body.items;
    expect(timeline.at(-1)).toMatchObject({ kind: 'referred', detail: { to: expect.any(String) } });
  });

  test('opens the patient to the clinicians there, in look-ups and lists, and to nobody else', async () => {
    expect(await seen()).toBe(200);
    const list = (await receiver.get('/api/orders?q=转诊人')).body.items;
    expect(list.map((row: { orderId: string }) => row.orderId)).toEqual([orderId]);
    expect((await (await hub.as('nurse1')).get(`/api/orders/${orderId}`)).status, 'of the site').toBe(200);
    expect((await (await hub.as('village1')).get(`/api/orders/${orderId}`)).status).toBe(404);
    expect((await listed(receiver, 'direction=in')).map((row) => row.orderId)).toEqual([orderId]);
    expect(await listed(receiver, 'direction=out')).toEqual([]);
    expect((await listed(doctor, 'direction=out')).map((row) => row.open)).toEqual([true]);
  });

  test('does not open what is sensitive', async () => {
    const sensitive = (value: boolean) =>
      hub.ctx.db.updateTable('orders').set({ sensitive: value }).where('id', '=', orderId).execute();
    await sensitive(true);
    expect(await seen()).toBe(404);
    await sensitive(false);
    expect(await seen()).toBe(200);
  });

  test('ends when either side says so, once, and when its time is over', async () => {
    const [first] = await listed(doctor, 'direction=out');
    expect((await (await hub.as('village1')).post(`/api/referrals/${first?.id}/end`)).status).toBe(404);
    expect((await receiver.post(`/api/referrals/${first?.id}/end`)).status).toBe(200);
    expect((await doctor.post(`/api/referrals/${first?.id}/end`)).status).toBe(409);
    expect(await seen()).toBe(404);
    expect((await refer(doctor, { days: 1 })).status, 'again, as the first has ended').toBe(200);
    expect(await seen()).toBe(200);
    await hub.ctx.db
      .updateTable('referral')
      .set({ referredAt: new Date('2026-01-01'), expiresAt: new Date('2026-01-02') })
      .where('endedAt', 'is', null)
      .execute();
    expect(await seen()).toBe(404);
    expect((await listed(doctor, 'direction=out&state=all')).map((row) => row.open)).toEqual([false, false]);
    expect(await listed(doctor, 'direction=out&state=open')).toEqual([]);
  });
});
