import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let admin: Client;
let doctor: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [admin, doctor] = await Promise.all([hub.as('admin1'), hub.as('doctor1')]);
});
afterAll(() => hub.close());

const ribs = {
  centerKind: 'imaging',
  code: 'DR-RIBS',
  name: '肋骨 DR',
  nameEn: 'Ribs X-ray',
  itemClass: 'xray',
  modality: 'DX',
  price: 65,
};
const offered = async () =>
  ((await doctor.get('/api/catalogue?center=imaging')).body.items as { code: string }[]).map(
    ({ code }) => code,
  );
const order = () =>
  doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-RIBS' }],
    priority: 'routine',
    patient: {
      name: '赵一',
      sex: 'M',
      birthDate: '1980-03-07',
      identifiers: [{ type: 'id-card', value: completeIdCard('32062119800307101') }],
    },
    remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  });

test('an item is added, ordered under, taken off the offer and kept for the orders placed before', async () => {
  expect(await offered()).not.toContain('DR-RIBS');
  expect(await admin.post('/api/items', ribs)).toMatchObject({ status: 201, body: { active: true } });
  expect(await admin.post('/api/items', ribs)).toMatchObject({ status: 409, body: { type: 'exists' } });
  expect(await offered()).toContain('DR-RIBS');
  expect(await offered()).not.toContain('IMG-OTHER');
  const placed = await order();
  expect(placed.status).toBe(201);
  expect(await admin.put('/api/items/DR-RIBS', { active: false, name: '肋骨正斜位 DR' })).toMatchObject({
    status: 200,
    body: { active: false },
  });
  expect(await offered()).not.toContain('DR-RIBS');
  expect((await order()).status).toBe(422);
  expect((await doctor.get(`/api/orders/${placed.body.id}`)).body).toMatchObject({ itemName: '肋骨 DR' });
  const audited = await hub.ctx.db
    .selectFrom('auditEvent')
    .select('action')
    .where('subjectId', '=', 'DR-RIBS')
    .execute();
  expect(audited.map(({ action }) => action).sort()).toEqual(['item.change', 'item.create']);
});

test('a class of another centre, a foreign catalogue and people without the right are refused', async () => {
  const wrong = await admin.post('/api/items', { ...ribs, code: 'DR-X', itemClass: 'frozen' });
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ path: 'itemClass' }] } });
  expect(await admin.put('/api/items/CT-HEAD', { itemClass: 'holter' })).toMatchObject({ status: 422 });
  expect(await admin.put('/api/items/CBC', { price: 1 })).toMatchObject({ status: 404 });
  expect(await doctor.get('/api/items')).toMatchObject({ status: 403 });
  const head = await hub.as('head1');
  expect(await head.put('/api/items/CT-HEAD', { price: 190 })).toMatchObject({ status: 200 });
  // The head of one centre sets the items of that centre only.
  await hub.ctx.db
    .updateTable('staffRole')
    .set({ centerKind: 'imaging' })
    .where('role', '=', 'center-head')
    .where('staffId', 'in', (qb) => qb.selectFrom('staff').select('id').where('username', '=', 'head1'))
    .execute();
  const mine = (await head.get('/api/items')).body.items as { centerKind: string }[];
  expect(new Set(mine.map(({ centerKind }) => centerKind))).toEqual(new Set(['imaging']));
  expect(await head.put('/api/items/ECG-12', { price: 1 })).toMatchObject({ status: 403 });
});
