import { beforeAll, describe, expect, test } from 'vitest';
import type { OrderStatus } from '../../../../db/types.ts';
import { machineActor, PUBLIC, SYSTEM, type Actor } from '../../../../server/core/access/actor.ts';
import { visibleOrderParts, visibleOrders } from '../../../../server/core/access/orderScope.ts';
import type { Order } from '../../../../server/core/order/order.ts';
import { getVisibleOrder } from '../../../../server/core/order/order.ts';
import { as, auditOf, ctx, institution, openCounty, refused, request } from '../county.ts';

openCounty();

/** Five orders: two townships and a village room, the lead hospital itself, and two centres of it. */
const orders = {} as Record<'townFilm' | 'townTrace' | 'otherFilm' | 'hospitalFilm' | 'villageTrace', Order>;
let lead: string;
let town: string;

beforeAll(async () => {
  const by = async (username: string, center: 'imaging' | 'ecg', institutionId?: string) => {
    const items = [{ code: center === 'ecg' ? 'ECG-12' : 'DR-CHEST' }];
    const { orders: made } = await request(
      { center, items },
      { by: username, ...(institutionId && { institutionId }) },
    );
    return made[0] as Order;
  };
  orders.townFilm = await by('doctor1', 'imaging');
  orders.townTrace = await by('doctor1', 'ecg');
  orders.otherFilm = await by('doctor2', 'imaging');
  orders.hospitalFilm = await by('clinician1', 'imaging');
  orders.villageTrace = await by('village1', 'ecg');
  [lead, town] = await Promise.all([institution('QHRM'), institution('LIUHE')]);
});

const seen = async (actor: Actor) => {
  const rows = await ctx.db.selectFrom('orders').select('id').where(visibleOrders(actor)).execute();
  return Object.entries(orders)
    .filter(([, order]) => rows.some(({ id }) => id === order.id))
    .map(([name]) => name);
};
const ALL = ['townFilm', 'townTrace', 'otherFilm', 'hospitalFilm', 'villageTrace'];
const TOWN = ['townFilm', 'townTrace'];
const FILMS = ['townFilm', 'otherFilm', 'hospitalFilm'];
const TRACES = ['townTrace', 'villageTrace'];

describe('cases are seen', () => {
  test.each([
    ['doctor1', 'of his township', TOWN],
    ['nurse1', 'of her township', TOWN],
    ['tech1', 'of his township', TOWN],
    ['doctor2', 'of another township', ['otherFilm']],
    ['doctor3', 'of a township without any', []],
    ['village1', 'of his room, not of the township above it', ['villageTrace']],
    ['clinician1', 'that the hospital itself asked for, not what it reads for others', ['hospitalFilm']],
    ['radiologist1', 'that his centre reads', FILMS],
    ['radiologist2', 'that her centre reads', FILMS],
    ['cardiologist1', 'that the other centre reads', TRACES],
    ['lab1', 'of the laboratory, where there are none', []],
    ['head1', 'of all centres of the house', ALL],
    ['registrar1', 'of all centres of the house', ALL],
    ['duty1', 'of the county', ALL],
    ['qa1', 'of the county', ALL],
    ['courier1', 'not at all: he carries', []],
    ['regulator1', 'not at all: he reads figures', []],
    ['admin1', 'not at all: he sets up', []],
    ['security1', 'not at all: he grants', []],
    ['auditor1', 'not at all: he reads the trail', []],
  ])('by %s %s', async (username, _why, expected) => {
    expect(await seen(await as(username))).toEqual(expected);
  });

  test('by nobody of the outside, all by the hub itself, and by a machine of its house', async () => {
    expect(await seen(PUBLIC)).toEqual([]);
    expect(await seen(SYSTEM)).toEqual(ALL);
    const machine = (at: string) => machineActor('his', 'm', at, ['order.read']);
    expect(await seen(machine(town))).toEqual(TOWN);
    expect(await seen(machine(lead)), 'also what is read there').toEqual(ALL);
    expect(await seen(machine(await institution('DONGSHAN')))).toEqual([]);
  });

  test('by who holds two roles: what either opens, each once', async () => {
    const [reader, doctor] = [await as('radiologist1'), await as('doctor2')];
    expect(await seen({ ...doctor, roles: [...doctor.roles, ...reader.roles] })).toEqual(FILMS);
    const both = { ...doctor, roles: [...doctor.roles, ...(await as('doctor1')).roles] };
    expect(await seen(both)).toEqual(['townFilm', 'townTrace', 'otherFilm']);
  });

  test('where the film is made as well as where it was asked for', async () => {
    const { id } = orders.otherFilm;
    await ctx.db.updateTable('orders').set({ performingInstitutionId: town }).where('id', '=', id).execute();
    expect(await seen(await as('tech1'))).toEqual([...TOWN, 'otherFilm']);
    await ctx.db
      .updateTable('orders')
      .set({ performingInstitutionId: orders.otherFilm.performingInstitutionId })
      .where('id', '=', id)
      .execute();
  });

  test('by one of no role, or of roles that read no case, not even of patients opened to him', async () => {
    const grantedPatientIds = [orders.townFilm.patientId ?? ''];
    expect(await seen({ ...(await as('doctor3')), roles: [], grantedPatientIds })).toEqual([]);
    expect(await seen({ ...(await as('courier1')), grantedPatientIds })).toEqual([]);
    expect(visibleOrderParts({ ...PUBLIC, kind: 'staff' })).toHaveLength(1);
  });

  test('by break-glass and referral: of that patient, added to what one sees anyhow', async () => {
    const of = [orders.townFilm.patientId ?? ''];
    const doctor = await as('doctor2');
    expect(await seen({ ...doctor, grantedPatientIds: of })).toEqual(['townFilm', 'otherFilm']);
    expect(await seen({ ...doctor, referredPatientIds: of })).toEqual(['townFilm', 'otherFilm']);
  });

  test('denied are on record with the patient; what is not there is not', async () => {
    const { id, patientId } = orders.townFilm;
    const doctor = await as('doctor3');
    expect(await refused(getVisibleOrder(ctx.db, doctor, id))).toBe('404 not-found');
    expect((await auditOf(id)).at(-1)).toEqual({
      action: 'order.read',
      outcome: 'denied',
      actorName: doctor.name,
      detail: {},
      patientId,
    });
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(await refused(getVisibleOrder(ctx.db, doctor, nowhere))).toBe('404 not-found');
    expect(await auditOf(nowhere)).toEqual([]);
  });
});

describe('a sensitive case', () => {
  const stand = (status: OrderStatus, sensitive = true) =>
    ctx.db
      .updateTable('orders')
      .set({ status, sensitive, claimedBy: null, claimedAt: null })
      .where('id', '=', orders.townFilm.id)
      .execute();
  const opens = async (actor: Actor) => (await seen(actor)).includes('townFilm');

  test.each([
    ['requested', true],
    ['awaiting-decision', true],
    ['acquired', true],
    ['received', true],
    ['claimed', true],
    ['returned', true],
    ['cancelled', true],
    ['preliminary', false],
    ['partial', false],
    ['final', false],
    ['acknowledged', false],
    ['corrected', false],
    ['void', false],
  ] as const)('that is %s is seen by all of the site: %s', async (status, open) => {
    await stand(status);
    expect(await opens(await as('nurse1'))).toBe(open);
    expect(await opens(await as('tech1'))).toBe(open);
    expect(await opens(await as('doctor1')), 'who asked for it').toBe(true);
    expect(await opens(await as('radiologist1')), 'who reads it').toBe(true);
    expect(await opens(await as('qa1'))).toBe(true);
    expect(await opens(await as('doctor2')), 'another site').toBe(false);
  });

  test('is opened by break-glass to one person, never by a referral', async () => {
    await stand('final');
    const of = [orders.townFilm.patientId ?? ''];
    expect(await opens({ ...(await as('doctor2')), grantedPatientIds: of })).toBe(true);
    expect(await opens({ ...(await as('doctor2')), referredPatientIds: of })).toBe(false);
  });

  test('asked for by message is its doctor’s by name', async () => {
    await ctx.db
      .updateTable('request')
      .set({ requestedBy: null, requestedByName: '吴秀兰' })
      .where('id', '=', orders.townFilm.requestId)
      .execute();
    expect(await opens(await as('nurse1'))).toBe(true);
    expect(await opens(await as('doctor1'))).toBe(false);
    const elsewhere = { ...(await as('doctor2')), name: '吴秀兰' };
    expect(await opens(elsewhere), 'of the same name at another site').toBe(false);
  });

  test.each([
    ['open', true],
    ['notified', true],
    ['acknowledged', true],
    ['disposed', false],
    ['withdrawn', false],
  ])('with a critical value that is %s is seen by the whole site: %s', async (state, open) => {
    const { id } = await ctx.db
      .insertInto('criticalValue')
      .values({ orderId: orders.townFilm.id, finding: '气胸', foundAt: new Date(), state })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect(await opens(await as('tech1'))).toBe(open);
    await ctx.db.deleteFrom('criticalValue').where('id', '=', id).execute();
  });
});
