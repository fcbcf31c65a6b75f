import { beforeAll, describe, expect, test } from 'vitest';
import { machineActor, type Actor } from '../../../../server/core/access/actor.ts';
import { breakGlass } from '../../../../server/core/access/breakGlass.ts';
import type { Order } from '../../../../server/core/order/order.ts';
import { getVisibleOrder } from '../../../../server/core/order/order.ts';
import { protectPatient } from '../../../../server/core/patient/protectPatient.ts';
import { referPatient } from '../../../../server/core/referral/referPatient.ts';
import { seedCatalogue } from '../../../../server/lab/demo/seedCatalogue.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { as, auditOf, ctx, institution, openCounty, orderRow, refused, request } from '../county.ts';

openCounty();

let doctor: Actor, nurse: Actor, registrar: Actor;
beforeAll(async () => {
  const lead = await institution('QHRM');
  await ctx.db.transaction().execute((trx) => seedCatalogue(trx, lead));
  [doctor, nurse, registrar] = (await Promise.all(['doctor1', 'nurse1', 'registrar1'].map(as))) as [
    Actor,
    Actor,
    Actor,
  ];
});

let serial = 101;
const person = () => {
  const value = completeIdCard(`32062319850506${(serial += 2)}`);
  return { name: '受保护', sex: 'M', birthDate: '1985-05-06', identifiers: [{ type: 'id-card', value }] };
};
const film = async (patient: object, by = 'doctor1') =>
  (await request({ patient }, { by })).orders[0] as Order;
const blood = async (patient: object, code: string) =>
  (await request({ patient, center: 'lab', items: [{ code }] })).orders[0] as Order;
const protect = (actor: Actor, patientId: string | null, on = true, reason = '本院职工') =>
  protectPatient(ctx, actor, patientId ?? '', { protected: on, reason });
const sensitive = async (order: Order) => (await orderRow(order.id)).sensitive;
const sees = (actor: Actor, order: Order) =>
  getVisibleOrder(ctx.db, actor, order.id).then(
    () => true,
    () => false,
  );
const sign = (order: Order) =>
  ctx.db
    .updateTable('orders')
    .set({ status: 'final', finalAt: new Date() })
    .where('id', '=', order.id)
    .execute();

describe('protecting a person', () => {
  test('reaches every case, those of other sites and those to come, and each act says why', async () => {
    const patient = person();
    const [here, there] = [await film(patient), await film(patient, 'doctor2')];
    expect([await sensitive(here), await sensitive(there)]).toEqual([false, false]);
    expect(await protect(doctor, here.patientId)).toEqual({ id: here.patientId, protected: true });
    expect([
      await sensitive(here),
      await sensitive(there),
      await sensitive(await blood(patient, 'CBC')),
    ]).toEqual([true, true, true]);
    await protect(registrar, here.patientId, false, '离职');
    expect([await sensitive(here), await sensitive(there)]).toEqual([false, false]);
    const acts = await auditOf(here.patientId ?? '');
    expect(acts).toMatchObject([
      {
        action: 'patient.protect',
        actorName: doctor.name,
        patientId: here.patientId,
        detail: { reason: '本院职工' },
      },
      { action: 'patient.unprotect', actorName: registrar.name, detail: { reason: '离职' } },
    ]);
  });

  test('ended leaves sensitive what is sensitive by its test', async () => {
    const patient = person();
    const [plain, infection] = [await blood(patient, 'CBC'), await blood(patient, 'INFECT4')];
    expect([await sensitive(plain), await sensitive(infection)]).toEqual([false, true]);
    await protect(doctor, plain.patientId);
    await protect(doctor, plain.patientId, false);
    expect([await sensitive(plain), await sensitive(infection)]).toEqual([false, true]);
  });

  test('is 404 for who sees none of his cases, and changes nothing', async () => {
    const order = await film(person());
    for (const username of ['doctor2', 'village1', 'auditor1'])
      expect(await refused(protect(await as(username), order.patientId)), username).toBe('404 not-found');
    expect(await sensitive(order)).toBe(false);
    expect(await refused(protect(doctor, '00000000-0000-4000-8000-000000000000'))).toBe('404 not-found');
    expect(await auditOf(order.patientId ?? '')).toEqual([]);
  });

  test('set twice is set, and each act is on record', async () => {
    const order = await film(person());
    await protect(doctor, order.patientId);
    await protect(doctor, order.patientId, true, '再次');
    expect(await sensitive(order)).toBe(true);
    expect(await auditOf(order.patientId ?? '')).toHaveLength(2);
  });

  test('follows a case that is given to another patient', async () => {
    const [open, hidden] = [await film(person()), await film(person())];
    await protect(doctor, hidden.patientId);
    await ctx.db
      .updateTable('orders')
      .set({ patientId: hidden.patientId })
      .where('id', '=', open.id)
      .execute();
    expect(await sensitive(open)).toBe(true);
  });
});

describe('the result of a protected person', () => {
  let order: Order;
  let idCard: string;
  beforeAll(async () => {
    const patient = person();
    idCard = patient.identifiers[0]?.value ?? '';
    order = await film(patient);
    await protect(doctor, order.patientId);
    await sign(order);
  });

  test.each([
    ['doctor1', 'who asked for it', true],
    ['nurse1', 'of the site', false],
    ['tech1', 'of the site', false],
    ['radiologist1', 'who reads it', true],
    ['registrar1', 'of the centre', true],
    ['qa1', 'of the county', true],
    ['duty1', 'of the county', true],
    ['clinician1', 'where it is read', false],
    ['auditor1', 'of the trail', false],
  ])('is open to %s, %s: %s', async (username, _who, open) => {
    expect(await sees(await as(username), order)).toBe(open);
  });

  test('is not opened by referring him on, though the open ones of his are', async () => {
    const target = await institution('QHRM');
    const other = person();
    const plain = await film(other);
    await sign(plain);
    await referPatient(ctx, doctor, order.id, { institutionId: target, reason: '上转', days: 7 });
    await referPatient(ctx, doctor, plain.id, { institutionId: target, reason: '上转', days: 7 });
    const receiver = await as('clinician1');
    const referred = { ...receiver, referredPatientIds: [order.patientId ?? '', plain.patientId ?? ''] };
    expect([await sees(referred, order), await sees(referred, plain)]).toEqual([false, true]);
  });

  test('is opened to one person by break-glass, who is on record for it', async () => {
    const grant = await breakGlass(ctx, nurse, { idCard, reason: '急诊抢救', hours: 1 });
    const opened = { ...nurse, grantedPatientIds: [grant.patientId] };
    expect(await sees(opened, order)).toBe(true);
    expect(await sees(await as('tech1'), order)).toBe(false);
    expect((await auditOf(order.patientId ?? '')).at(-1)).toMatchObject({
      action: 'patient.break-glass',
      actorName: nurse.name,
    });
  });

  test('asked for in vain stands in the trail, each time', async () => {
    const denied = async () => (await auditOf(order.id)).filter(({ outcome }) => outcome === 'denied').length;
    const before = await denied();
    await sees(nurse, order);
    await sees(machineActor('HIS', 'm', await institution('BAITA'), ['order.read']), order);
    expect(await denied()).toBe(before + 2);
  });
});
