import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedCatalogue } from '../../../../server/lab/demo/seedCatalogue.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client;
let nurse: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  doctor = await hub.as('doctor1');
  nurse = await hub.as('nurse1');
});
afterAll(() => hub.close());

const idCard = '32062319800506001X';

async function placeChest(): Promise<string> {
  const placed = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'emergency',
    patient: {
      name: '周建设',
      sex: 'M',
      birthDate: '1980-05-06',
      identifiers: [{ type: 'id-card', value: idCard }],
    },
    remoteConsent: { by: '周建设', at: hub.clock.now().toISOString() },
  });
  expect(placed.status, JSON.stringify(placed.body)).toBe(201);
  return placed.body.id;
}

const markFinal = (orderId: string) =>
  hub.ctx.db
    .updateTable('orders')
    .set({ status: 'final', finalAt: hub.clock.now() })
    .where('id', '=', orderId)
    .execute();

describe('a protected person', () => {
  let orderId: string;
  let patientId: string;
  beforeAll(async () => {
    orderId = await placeChest();
    patientId = (await doctor.get(`/api/orders/${orderId}`)).body.patient.id;
  });

  test('is marked with a reason by who may, about a patient he sees', async () => {
    const path = `/api/patients/${patientId}/protection`;
    const protect = { protected: true, reason: '本院职工' };
    expect((await nurse.post(path, protect)).status).toBe(403);
    expect((await (await hub.as('doctor2')).post(path, protect)).status).toBe(404);
    expect((await doctor.post(path, { protected: true })).status, 'without a reason').toBe(422);
    expect((await doctor.post(path, protect)).status).toBe(200);
    expect((await doctor.get(`/api/orders/${orderId}`)).body).toMatchObject({
      sensitive: true,
      patient: { protected: true },
    });
    const row = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('detail')
      .where('action', '=', 'patient.protect')
      .executeTakeFirstOrThrow();
    expect(row.detail).toEqual({ reason: '本院职工' });
  });

  test('has an order that the whole site works on, and a result that only its doctor and the centre see', async () => {
    const path = `/api/orders/${orderId}`;
    expect((await nurse.get(path)).status, 'no result yet').toBe(200);
    await markFinal(orderId);
    expect((await nurse.get(path)).status).toBe(404);
    expect((await nurse.get(`${path}/report`)).status).toBe(404);
    expect((await nurse.get('/api/orders?q=周建设')).body.items).toEqual([]);
    expect((await doctor.get(path)).status).toBe(200);
    expect((await (await hub.as('radiologist1')).get(path)).status).toBe(200);
    const later = await placeChest();
    expect((await nurse.get(`/api/orders/${later}`)).body.sensitive, 'orders made later too').toBe(true);
    const history = (await nurse.get(`/api/patients/${patientId}/history`)).body.items;
    expect(history.map((each: { orderId: string }) => each.orderId)).toEqual([later]);
    const denied = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('actorName')
      .where('outcome', '=', 'denied')
      .where('subjectId', '=', orderId)
      .execute();
    expect(denied.length).toBeGreaterThan(0);
  });

  test('is opened to a colleague by break-glass, and by a critical value that waits', async () => {
    const path = `/api/orders/${orderId}`;
    const order = await hub.ctx.db
      .selectFrom('orders')
      .select(['requestingInstitutionId as institutionId', 'patientId'])
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    await hub.ctx.db
      .updateTable('request')
      .set({ requestedBy: null, requestedByName: '别的医生' })
      .where('patientId', '=', order.patientId)
      .execute();
    expect((await doctor.get(path)).status, 'not his request any more').toBe(404);
    expect(
      (await doctor.post('/api/patients/break-glass', { idCard, reason: '昏迷,急诊抢救', hours: 1 })).status,
    ).toBe(201);
    expect((await doctor.get(path)).status).toBe(200);
    expect((await nurse.get(path)).status).toBe(404);
    const raised = await (await hub.as('radiologist1')).post(`${path}/critical`, { finding: '张力性气胸' });
    expect(raised.status, JSON.stringify(raised.body)).toBe(201);
    expect((await nurse.get(path)).status).toBe(200);
  });

  test('is not shared by code, and no longer protected once that is ended', async () => {
    const head = await hub.as('head1');
    const share = { orderIds: [orderId], days: 1, purpose: '会诊', consentBy: '本人' };
    const shared = await head.post('/api/shares', share);
    expect([shared.status, shared.body.type]).toEqual([409, 'restricted']);
    expect(
      (await head.post(`/api/patients/${patientId}/protection`, { protected: false, reason: '已离职' }))
        .status,
    ).toBe(200);
    const { sensitive } = await hub.ctx.db
      .selectFrom('orders')
      .select('sensitive')
      .where('id', '=', orderId)
      .executeTakeFirstOrThrow();
    expect(sensitive).toBe(false);
  });
});

test('an order with a test for HIV or syphilis is sensitive from the moment it is placed', async () => {
  const lead = await hub.ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'QHRM')
    .executeTakeFirstOrThrow();
  await hub.ctx.db.transaction().execute((trx) => seedCatalogue(trx, lead.id));
  const place = async (code: string) => {
    const placed = await doctor.post('/api/orders', {
      center: 'lab',
      items: [{ code }],
      priority: 'routine',
      patient: {
        name: '周建军',
        sex: 'M',
        birthDate: '1981-05-06',
        identifiers: [{ type: 'mrn', value: 'SEN1' }],
      },
      remoteConsent: { by: '本人', at: hub.clock.now().toISOString() },
    });
    expect(placed.status, JSON.stringify(placed.body)).toBe(201);
    return (await nurse.get(`/api/orders/${placed.body.id}`)).body;
  };
  expect(await place('CBC')).toMatchObject({ sensitive: false, patient: { protected: false } });
  const infection = await place('INFECT4');
  expect(infection, 'the nurse draws the blood').toMatchObject({ sensitive: true, status: 'requested' });
  await markFinal(infection.id);
  expect((await nurse.get(`/api/orders/${infection.id}`)).status).toBe(404);
});
