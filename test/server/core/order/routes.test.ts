import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let doctor: Client, reader: Client, head: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, reader, head] = (await Promise.all(['doctor1', 'radiologist1', 'head1'].map((name) => hub.as(name)))) as [Client, Client, Client];
}); // prettier-ignore
afterAll(() => hub?.close());

let serial = 0;
const body = (more: object = {}) => ({
  center: 'imaging',
  items: [{ code: 'DR-CHEST' }],
  patient: {
    name: '钱小满',
    sex: 'F',
    birthDate: '1980-02-02',
    phone: '13800138000',
    identifiers: [{ type: 'mrn', value: `OR${++serial}00` }],
  },
  remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  ...more,
});
const place = async (more: object = {}): Promise<{ id: string; accessionNumber: string }> =>
  (await doctor.post('/api/orders', body(more))).body as { id: string; accessionNumber: string };
const audits = (action: string) =>
  hub.ctx.db
    .selectFrom('auditEvent')
    .select(['actorName', 'subjectId', 'detail', 'outcome'])
    .where('action', '=', action)
    .orderBy('seq')
    .execute();

describe('a request', () => {
  test('sent again under its key is answered with what was placed, not placed twice', async () => {
    const sent = body({ items: [{ code: 'DR-CHEST' }, { code: 'CT-HEAD' }] });
    const first = await doctor.post('/api/orders', sent, { 'Idempotency-Key': 'k-1' });
    const again = await doctor.post('/api/orders', sent, { 'Idempotency-Key': 'k-1' });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    const rows = await hub.ctx.db
      .selectFrom('orders')
      .select('id')
      .where('requestId', '=', first.body.requestId)
      .execute();
    expect(rows).toHaveLength(2);
  });

  test.each([['a b'], ['x'.repeat(101)]])('under the key "%s" is refused and not placed', async (key) => {
    const before = await audits('order.create');
    const refused = await doctor.post('/api/orders', body(), { 'Idempotency-Key': key });
    expect([refused.status, refused.body.type]).toEqual([400, 'bad-request']);
    expect(await audits('order.create')).toHaveLength(before.length);
  });
});

describe('an order', () => {
  test('is described with its sites, patient, request and the others of it; no number is shown whole', async () => {
    const { body: placed } = await doctor.post(
      '/api/orders',
      body({
        items: [{ code: 'DR-CHEST' }, { code: 'CT-HEAD' }],
        clinicalInfo: '咳嗽三天',
        visit: { ward: '内科' },
        placerOrderNumber: 'HIS-1',
      }),
    );
    const [film, ct] = placed.orders as { id: string; accessionNumber: string }[];
    const { body: order } = await doctor.get(`/api/orders/${film?.id}`);
    expect(order).toMatchObject({
      accessionNumber: film?.accessionNumber,
      placerOrderNumber: 'HIS-1',
      institutionName: '柳河镇卫生院',
      reportingInstitutionName: '县人民医院',
      clinicalInfo: '咳嗽三天',
      requestedByName: '郑国华',
      visit: { ward: '内科' },
      source: 'browser',
      atCenter: false,
      returned: null,
      price: 75,
      siblings: [{ id: ct?.id, accessionNumber: ct?.accessionNumber, status: 'requested' }],
      items: [{ code: 'DR-CHEST', name: '胸部 DR 正侧位' }],
      patient: { name: '钱小满', identity: 'verified', protected: false, hasPhone: true },
    });
    expect(order.patient.identifiers).toEqual([{ type: 'mrn', value: expect.stringContaining('***') }]);
    expect(JSON.stringify(order)).not.toContain('13800138000');
    expect((await reader.get(`/api/orders/${film?.id}`)).body.atCenter).toBe(true);
    expect((await audits('order.read')).filter(({ subjectId }) => subjectId === film?.id)).toHaveLength(2);
  });

  test('that was sent back says by whom, why and with which words, until it comes again', async () => {
    const { id } = await place();
    await reader.post(`/api/orders/${id}/accept`);
    await reader.post(`/api/orders/${id}/return`, { reason: '体位不正', note: '请重拍侧位' });
    const returned = async () => (await doctor.get(`/api/orders/${id}`)).body.returned;
    expect(await returned()).toMatchObject({ by: '陈思远', reason: 'other', note: '体位不正\n请重拍侧位' });
    await reader.post(`/api/orders/${id}/accept`);
    expect(await returned()).toBeNull();
    await reader.post(`/api/orders/${id}/return`, { reason: 'incomplete' });
    expect(await returned()).toMatchObject({ reason: 'incomplete', note: '' });
  });

  test.each([
    ['cancel', {}, 'reason'],
    ['cancel', { reason: '  ' }, 'reason'],
    ['cancel', { reason: 'x'.repeat(501) }, 'reason'],
    ['return', { note: 'x' }, 'reason'],
    ['return', { reason: 'other', note: 'x'.repeat(1_001) }, 'note'],
    ['assign', { staffId: 'somebody' }, 'staffId'],
  ])('is not acted on by "%s" with %j', async (act, sent, path) => {
    const { id } = await place();
    await reader.post(`/api/orders/${id}/accept`);
    const who = act === 'cancel' ? doctor : head;
    const refused = await who.post(`/api/orders/${id}/${act}`, sent);
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, path]);
    expect((await doctor.get(`/api/orders/${id}`)).body.status).toBe('received');
  });

  test('goes its way by the acts of those who may, each answered with where it stands', async () => {
    const { id } = await place();
    const stands = async (who: Client, act: string, sent: object = {}) => {
      const answer = await who.post(`/api/orders/${id}/${act}`, sent);
      return [answer.status, answer.body.status];
    };
    const staff = await hub.ctx.db
      .selectFrom('staff')
      .select('id')
      .where('username', '=', 'radiologist1')
      .executeTakeFirstOrThrow();
    expect(await stands(head, 'assign', { staffId: staff.id })).toEqual([200, 'requested']);
    expect(await stands(reader, 'accept')).toEqual([200, 'received']);
    expect(await stands(reader, 'claim')).toEqual([200, 'claimed']);
    expect(await stands(reader, 'release')).toEqual([200, 'received']);
    expect(await stands(doctor, 'release')).toEqual([403, 403]);
    expect(await stands(doctor, 'cancel', { reason: '误开' })).toEqual([200, 'cancelled']);
    const { items } = (await doctor.get(`/api/orders/${id}/timeline`)).body as { items: { kind: string }[] };
    expect(items.map(({ kind }) => kind)).toEqual([
      'requested',
      'assigned',
      'received',
      'claimed',
      'released',
      'cancelled',
    ]);
  });
});

describe('the lists', () => {
  test('of a centre are on record with what was asked and how many were shown', async () => {
    await place();
    const list = await reader.get('/api/centers/imaging/worklist?status=requested&limit=1');
    expect(list.body.items).toHaveLength(1);
    expect((await audits('worklist.view')).at(-1)).toMatchObject({
      actorName: '陈思远',
      subjectId: 'imaging',
      detail: { query: { status: ['requested'], limit: 1 }, rows: 1 },
    });
    expect((await reader.get('/api/centers/dental/worklist')).status).toBe(400);
  });

  test('of orders find one by its numbers, whoever typed them how', async () => {
    const { id, accessionNumber } = await place({ placerOrderNumber: 'HIS-22' });
    const ids = async (query: string) =>
      ((await doctor.get(`/api/orders?${query}`)).body.items as { id: string }[]).map((row) => row.id);
    expect(await ids(`accessionNumber=${accessionNumber.toLowerCase()}`)).toEqual([id]);
    expect(await ids('placerOrderNumber=HIS-22')).toEqual([id]);
    expect(await ids('placerOrderNumber=HIS-2')).toEqual([]);
    expect(await ids(`accessionNumber=${accessionNumber}&center=ecg`)).toEqual([]);
    const other = await hub.as('doctor2');
    expect((await other.get(`/api/orders?accessionNumber=${accessionNumber}`)).body.items).toEqual([]);
  });

  test('of orders find a person by ID card, however the last sign is typed, by name, pinyin or initials', async () => {
    const card = completeIdCard('11010519491231002');
    const { id } = await place({
      patient: { name: '欧阳小寒', sex: 'F', birthDate: '1949-12-31', identifiers: [{ type: 'id-card', value: card }] },
    });
    expect(card, 'one that ends with X').toMatch(/X$/);
    const ids = async (q: string) =>
      ((await doctor.get(`/api/orders?q=${encodeURIComponent(q)}`)).body.items as { id: string }[]).map((row) => row.id);
    for (const q of [card, card.toLowerCase(), ` ${card} `, '欧阳', '阳小寒', 'ouyangxiaohan', 'OYXH'])
      expect(await ids(q), q).toEqual([id]);
    for (const q of [card.slice(0, 17), `${card.slice(0, 17)}0`, '小寒', 'xiaohan']) expect(await ids(q), q).toEqual([]);
    const audited = await hub.ctx.db.selectFrom('auditEvent').select('detail').where('action', 'like', '%list%').execute();
    expect(JSON.stringify(audited)).not.toContain(card);
  }); // prettier-ignore

  test('of what can be ordered leave out what is off or not for ordering', async () => {
    const codes = async (query = '') =>
      ((await doctor.get(`/api/catalogue${query}`)).body.items as { code: string; centerKind: string }[]).map(
        ({ code }) => code,
      );
    const all = await codes('?center=imaging');
    expect(all).toContain('CT-NECK');
    const item = (set: object) =>
      hub.ctx.db.updateTable('catalogueItem').set(set).where('code', '=', 'CT-NECK').execute();
    await item({ active: false });
    expect(await codes('?center=imaging')).not.toContain('CT-NECK');
    await item({ active: true, settings: JSON.stringify({ orderable: false }) });
    expect(await codes('?center=imaging')).not.toContain('CT-NECK');
    await item({ settings: JSON.stringify({}) });
    expect(await codes('?center=imaging')).toEqual(all);
    expect(await codes('?center=imaging')).not.toContain('ECG-12');
    expect((await doctor.get('/api/catalogue?center=dental')).status).toBe(400);
  });
});

test('the rail counts what waits and what is overdue, of each centre, as far as one may see', async () => {
  type Count = { center: string; waiting: number; overdue: number };
  const counts = async (who: Client) =>
    Object.fromEntries(
      ((await who.get('/api/worklist-counts')).body.items as Count[]).map(({ center, waiting, overdue }) => [
        center,
        [waiting, overdue],
      ]),
    ) as Record<string, [number, number]>;
  const before = await counts(reader);
  const [a, b] = [await place({ priority: 'emergency' }), await place()];
  await reader.post(`/api/orders/${a.id}/accept`);
  await hub.ctx.db
    .updateTable('orders')
    .set({ dueAt: new Date(hub.ctx.clock.now().getTime() - 1_000) })
    .where('id', '=', a.id)
    .execute();
  const [waiting = 0, overdue = 0] = before.imaging ?? [];
  expect((await counts(reader)).imaging).toEqual([waiting + 2, overdue + 1]);
  expect((await counts(await hub.as('cardiologist1'))).imaging).toEqual([0, 0]);
  await doctor.post(`/api/orders/${b.id}/cancel`, { reason: '误开' });
  expect((await counts(reader)).imaging).toEqual([waiting + 1, overdue + 1]);
  expect((await (await hub.as('regulator1')).get('/api/worklist-counts')).status).toBe(403);
});
