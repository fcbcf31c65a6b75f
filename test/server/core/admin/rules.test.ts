import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { updateClocks } from '../../../../server/core/turnaround/updateClocks.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { place } from './placed.ts';

let hub: TestHub;
let head: Client, ecgHead: Client, doctor: Client, reader: Client, quality: Client;
const NOWHERE = '00000000-0000-4000-8000-000000000000';
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  // The head of one centre only: of the other centres he is nobody.
  const { id: staffId, institutionId } = await hub.ctx.db
    .selectFrom('staff')
    .select(['id', 'institutionId'])
    .where('username', '=', 'cardiologist2')
    .executeTakeFirstOrThrow();
  await hub.ctx.db
    .insertInto('staffRole')
    .values({ staffId, institutionId, role: 'center-head', centerKind: 'ecg' })
    .execute();
  [head, ecgHead, doctor, reader, quality] = (await Promise.all(
    ['head1', 'cardiologist2', 'doctor1', 'radiologist1', 'qa1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client, Client, Client];
});
afterAll(() => hub?.close());

const said = ({ status, body }: { status: number; body: unknown }) =>
  `${status} ${(body as { type?: string } | null)?.type ?? ''}`.trim();
type Row = Record<string, unknown> & {
  id: string;
  code: string;
  version: number;
  centerKind: string;
  validTo: string | null;
};
const items = async (client: Client, path: string) =>
  ((await client.get(path)).body as { items: Row[] }).items;

describe('a promise of time', () => {
  const policy = async (centerKind: string) =>
    (await items(head, '/api/policies')).find(
      (row) => row.centerKind === centerKind && row.validTo === null,
    ) as Row;

  test('changed gets a new version; the old one ends and is not changed again', async () => {
    const old = await policy('imaging');
    const target = Number(old.targetMinutes) + 7;
    const made = await head.post(`/api/policies/${old.id}/versions`, {
      targetMinutes: target,
      name: '新的承诺',
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      code: old.code,
      version: old.version + 1,
      targetMinutes: target,
      validTo: null,
      warnMinutes: old.warnMinutes,
      nameEn: null,
    });
    expect(said(await head.post(`/api/policies/${old.id}/versions`, { targetMinutes: 78 }))).toBe(
      '404 not-found',
    );
    const versions = (await items(head, '/api/policies')).filter(({ code }) => code === old.code);
    expect(versions.filter(({ validTo }) => validTo === null)).toHaveLength(1);
    expect(versions.find(({ id }) => id === old.id)).toMatchObject({
      targetMinutes: old.targetMinutes,
      name: old.name,
    });
  });

  test('changed by two at once gets one new version', async () => {
    const old = await policy('lab');
    const answers = await Promise.all(
      [81, 82, 83].map((more) =>
        head.post(`/api/policies/${old.id}/versions`, { targetMinutes: Number(old.targetMinutes) + more }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 404, 404]);
  });

  test('of another centre is not changed by the head of this one, and stays in force', async () => {
    const [imaging, ecg] = [await policy('imaging'), await policy('ecg')];
    expect(said(await ecgHead.post(`/api/policies/${imaging.id}/versions`, { targetMinutes: 1 }))).toBe(
      '403 forbidden',
    );
    expect((await policy('imaging')).id).toBe(imaging.id);
    expect(
      (await ecgHead.post(`/api/policies/${ecg.id}/versions`, { targetMinutes: 4_242 })).body,
    ).toMatchObject({ targetMinutes: 4_242 });
  });

  test.each([
    { targetMinutes: 0 },
    { targetMinutes: 60, warnMinutes: 60 },
    { targetMinutes: 100_001 },
    { warnMinutes: -1 },
    { workingDays: 61 },
    { targetMinutes: 1.5 },
    { name: ' ' },
  ])('is not %j', async (change) => {
    expect(said(await head.post(`/api/policies/${(await policy('imaging')).id}/versions`, change))).toBe(
      '422 invalid',
    );
  });
});

describe('rules and findings of a centre', () => {
  test('are changed by its own head, not by the head of another centre', async () => {
    const center = async (kind: string) =>
      (await items(head, '/api/centers')).find((row) => row.kind === kind) as Row;
    const [imaging, ecg] = [await center('imaging'), await center('ecg')];
    expect(said(await ecgHead.put(`/api/centers/${imaging.id}`, { twoPerson: false }))).toBe('403 forbidden');
    expect(await center('imaging')).toMatchObject({ twoPerson: true });
    expect((await ecgHead.put(`/api/centers/${ecg.id}`, { phoneSigning: false })).body).toMatchObject({
      phoneSigning: false,
    });
    const rule = async (kind: string) => (await items(head, `/api/critical-rules?center=${kind}`))[0] as Row;
    const [mine, other] = [await rule('ecg'), await rule('imaging')];
    expect(said(await ecgHead.put(`/api/critical-rules/${other.id}`, { active: false }))).toBe(
      '403 forbidden',
    );
    expect((await rule('imaging')).active).toBe(true);
    expect(
      (await ecgHead.put(`/api/critical-rules/${mine.id}`, { active: false, tier: 'significant' })).body,
    ).toMatchObject({ active: false, tier: 'significant', settings: mine.settings });
    expect(said(await head.put(`/api/critical-rules/${NOWHERE}`, { active: false }))).toBe('404 not-found');
    expect(said(await head.put(`/api/critical-rules/${mine.id}`, {}))).toBe('422 invalid');
    expect((await reader.put(`/api/critical-rules/${mine.id}`, { active: true })).status).toBe(403);
  });
});

describe('the calendar', () => {
  type Calendar = Row & {
    days: { day: string; working: boolean; note: string | null }[];
    completeYears: number[];
    gap: { year: number; missing: string[]; soon: boolean };
  };
  const calendar = async () => (await items(head, '/api/calendars'))[0] as Calendar;

  test('a day set off moves the due times of what runs, and back', async () => {
    const { id } = await calendar();
    const order = await place(doctor, hub);
    const clock = () =>
      hub.ctx.db
        .selectFrom('orderClock')
        .select('dueAt')
        .where('orderId', '=', order.id)
        .where('policyId', '=', policyId)
        .executeTakeFirstOrThrow();
    const now = hub.ctx.clock.now();
    const { id: policyId } = await hub.ctx.db
      .insertInto('turnaroundPolicy')
      .values({
        code: 'T-DAY',
        name: '一个工作日',
        centerKind: 'imaging',
        kind: 'delivery',
        startEvent: 'requested',
        stopEvent: 'acknowledged',
        targetMinutes: 480,
        warnMinutes: 10,
        workingDays: 1,
        calendarId: id,
        mark: 'L',
        version: 1,
        validFrom: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await hub.ctx.db
      .updateTable('orders')
      .set({ policyIds: [policyId] })
      .where('id', '=', order.id)
      .execute();
    await hub.ctx.db.transaction().execute((trx) => updateClocks(trx, order.id, [policyId]));
    const due = (await clock()).dueAt;
    const day = new Date((due?.getTime() ?? 0) + 8 * 3_600_000).toISOString().slice(0, 10);
    const set = await head.put(`/api/calendars/${id}/days/${day}`, { working: false, note: '停诊' });
    expect((set.body as { recomputed: number }).recomputed).toBeGreaterThanOrEqual(1);
    expect((await clock()).dueAt?.getTime()).toBeGreaterThan(due?.getTime() ?? Infinity);
    expect((await calendar()).days.find((each) => each.day === day)).toMatchObject({
      working: false,
      note: '停诊',
    });
    await head.put(`/api/calendars/${id}/days/${day}`, { working: true });
    expect((await calendar()).days.filter((each) => each.day === day)).toMatchObject([
      { working: true, note: null },
    ]);
    await head.delete(`/api/calendars/${id}/days/${day}`);
    expect((await clock()).dueAt).toEqual(due);
  });

  test('a year that is declared complete is covered, declared twice is declared once, and taken back', async () => {
    const { id, gap } = await calendar();
    const declare = (complete: boolean) => head.put(`/api/calendars/${id}/years/${gap.year}`, { complete });
    await declare(true);
    await declare(true);
    const covered = await calendar();
    expect(covered.completeYears.filter((year) => year === gap.year)).toHaveLength(1);
    expect(covered.gap.year).toBe(gap.year + 1);
    await declare(false);
    expect((await calendar()).gap).toEqual(gap);
  });

  test.each([
    ['no calendar', `${NOWHERE}/years/2027`, { complete: true }, '404 not-found'],
    ['no calendar for a day', `${NOWHERE}/days/2027-01-01`, { working: false }, '422 unknown-reference'],
    ['a year before all', 'ID/years/1999', { complete: true }, '400 invalid'],
    ['a day that is none', 'ID/days/2027-02-30', { working: false }, '400 invalid'],
    ['a note without end', 'ID/days/2027-01-01', { working: false, note: 'x'.repeat(101) }, '422 invalid'],
  ])('takes %s not', async (_what, path, body, refusal) => {
    expect(said(await head.put(`/api/calendars/${path.replace('ID', (await calendar()).id)}`, body))).toBe(
      refusal,
    );
  });

  test('is changed by heads only', async () => {
    const { id } = await calendar();
    for (const client of [doctor, reader, quality])
      expect((await client.delete(`/api/calendars/${id}/days/2027-01-01`)).status).toBe(403);
  });
});

describe('a patient', () => {
  test('is unmasked with a reason by who treats him; whoever else asks hears 404 and is on record', async () => {
    const order = await place(doctor, hub, { phone: '13900001111' });
    const { patientId } = await hub.ctx.db
      .selectFrom('orders')
      .select('patientId')
      .where('id', '=', order.id)
      .executeTakeFirstOrThrow();
    const path = `/api/patients/${patientId}/unmask`;
    expect(said(await doctor.post(path, { reason: ' ' }))).toBe('422 invalid');
    expect((await reader.post(path, { reason: '核对' })).status, 'no right').toBe(403);
    expect((await doctor.post(path, { reason: '电话通知' })).body).toEqual({
      phone: '13900001111',
      identifiers: [{ type: 'mrn', value: order.mrn }],
    });
    const other = await hub.as('doctor2');
    expect(said(await other.post(path, { reason: '好奇' }))).toBe('404 not-found');
    const rows = await hub.ctx.db
      .selectFrom('auditEvent')
      .select(['outcome', 'detail', 'actorName'])
      .where('action', '=', 'patient.unmask')
      .where('patientId', '=', patientId)
      .orderBy('seq')
      .execute();
    expect(rows).toMatchObject([
      { outcome: 'done', detail: { reason: '电话通知' } },
      { outcome: 'denied', detail: { reason: '好奇' }, actorName: '贺春生' },
    ]);
    expect(JSON.stringify(rows)).not.toContain('13900001111');
  });

  test('has a history that ends where one neither treats nor reads', async () => {
    const order = await place(doctor, hub);
    const { patientId } = await hub.ctx.db
      .selectFrom('orders')
      .select('patientId')
      .where('id', '=', order.id)
      .executeTakeFirstOrThrow();
    const history = async (client: Client) =>
      (await items(client, `/api/patients/${patientId}/history`)).map(({ orderId }) => orderId);
    expect(await history(doctor)).toEqual([order.id]);
    expect(await history(reader)).toEqual([order.id]);
    expect(await history(await hub.as('doctor2'))).toEqual([]);
    expect(await history(await hub.as('lab1'))).toEqual([]);
    expect(
      (await items(doctor, `/api/patients?q=${encodeURIComponent('赵钱')}`)).map(({ id }) => id),
    ).toContain(patientId);
    expect(await items(await hub.as('doctor2'), `/api/patients?q=${encodeURIComponent('赵钱')}`)).toEqual([]);
  });

  test('record is linked with another, rejected or undone by the registrar, who is named', async () => {
    const [a, b] = await Promise.all([place(doctor, hub), place(doctor, hub)]);
    const [one, two] = (
      await hub.ctx.db.selectFrom('orders').select('patientId').where('id', 'in', [a.id, b.id]).execute()
    )
      .map(({ patientId }) => patientId ?? '')
      .sort() as [string, string];
    await hub.ctx.db
      .insertInto('patientLink')
      .values({ patientId: one, otherPatientId: two, reason: 'test' })
      .execute();
    const registrar = await hub.as('registrar1');
    const [link] = await items(registrar, '/api/patient-links');
    const path = `/api/patient-links/${link?.id}`;
    const history = async () => (await items(doctor, `/api/patients/${one}/history`)).length;
    expect(await history()).toBe(1);
    expect((await registrar.post(path, { state: 'linked' })).status).toBe(200);
    expect(await history(), 'of both records').toBe(2);
    expect((await registrar.post(path, { state: 'undone' })).status).toBe(200);
    expect(await history()).toBe(1);
    for (const state of ['undone', 'rejected'])
      expect(said(await registrar.post(path, { state })), state).toBe('409 link-state');
    expect(said(await registrar.post(path, { state: 'merged' }))).toBe('422 invalid');
    expect(said(await registrar.post(`/api/patient-links/${NOWHERE}`, { state: 'linked' }))).toBe(
      '404 not-found',
    );
    expect((await doctor.post(path, { state: 'linked' })).status).toBe(403);
  });
});

test('items, tests and promises have their English names, each once and none that says the same', async () => {
  const names = (await doctor.get('/api/names')).body as { items: { name: string; nameEn: string }[] };
  expect(names.items.find(({ name }) => name === '头颅 CT 平扫')?.nameEn).toMatch(/CT/);
  expect(new Set(names.items.map(({ name }) => name)).size).toBe(names.items.length);
  expect(names.items.filter(({ name, nameEn }) => name === nameEn || nameEn === '')).toEqual([]);
});
