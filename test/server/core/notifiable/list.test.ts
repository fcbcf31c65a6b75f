import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { place } from '../admin/placed.ts';
import { NOWHERE, said, siteOf, trailOf } from '../admin/trail.ts';

let hub: TestHub;
let doctor: Client, nurse: Client, other: Client, quality: Client;
let site: string;
const ids = new Map<string, string>();
const HOUR = 3_600_000;

/** A card of a case as the signature leaves it. */
async function card(name: string, values: Record<string, unknown> = {}): Promise<void> {
  const order = await place(doctor, hub, { name });
  const { patientId } = await hub.ctx.db
    .selectFrom('orders')
    .select('patientId')
    .where('id', '=', order.id)
    .executeTakeFirstOrThrow();
  const now = hub.ctx.clock.now();
  const signed = await hub.ctx.db
    .insertInto('signedReport')
    .values({
      orderId: order.id,
      number: 1,
      kind: 'final',
      content: '{"impression":"肺结核"}',
      manifest: '{}',
      signerId,
      signedAt: now,
      verifyCode: `V${ids.size}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id } = await hub.ctx.db
    .insertInto('notifiableCard')
    .values({
      ruleCode: 'pulmonary-tb',
      orderId: order.id,
      patientId: patientId ?? '',
      institutionId: site,
      signedReportId: signed.id,
      evidence: '肺结核',
      foundAt: now,
      dueAt: new Date(now.getTime() + 24 * HOUR),
      ...values,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  ids.set(name, id);
}
let signerId: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [doctor, nurse, other, quality] = (await Promise.all(
    ['doctor1', 'nurse1', 'doctor2', 'qa1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client, Client];
  site = await siteOf(hub, 'LIUHE');
  signerId = (
    await hub.ctx.db
      .selectFrom('staff')
      .select('id')
      .where('username', '=', 'radiologist2')
      .executeTakeFirstOrThrow()
  ).id;
  const now = hub.ctx.clock.now().getTime();
  const answeredBy = (
    await hub.ctx.db
      .selectFrom('staff')
      .select('id')
      .where('username', '=', 'doctor1')
      .executeTakeFirstOrThrow()
  ).id;
  const past = { foundAt: new Date(now - 48 * HOUR), dueAt: new Date(now - 24 * HOUR) };
  await card('待报甲');
  await card('逾期乙', past);
  await card('按时丙', {
    ...past,
    state: 'reported',
    cardNumber: '1',
    answeredBy,
    answeredAt: new Date(now - 30 * HOUR),
  });
  await card('迟报丁', {
    ...past,
    state: 'reported',
    cardNumber: '2',
    answeredBy,
    answeredAt: new Date(now - HOUR),
  });
  await card('排除戊', { state: 'dismissed', reason: '陈旧', answeredBy, answeredAt: new Date(now) });
  await card('撤回己', { state: 'withdrawn', reason: 'correction', answeredAt: new Date(now) });
});
afterAll(() => hub?.close());

type Card = {
  id: string;
  patientName: string;
  late: boolean;
  cardNumber: string | null;
  answeredBy: string | null;
};
const list = async (client: Client, query = '') =>
  (await client.get(`/api/notifiable?${query}`)).body.items as Card[];
const names = async (query: string, client = doctor) =>
  (await list(client, query)).map(({ patientName }) => patientName);

describe('the list of cards', () => {
  test.each([
    ['', ['逾期乙', '待报甲']],
    ['state=draft', ['逾期乙', '待报甲']],
    ['state=overdue', ['逾期乙']],
    ['state=late', ['逾期乙', '迟报丁']],
    ['state=reported', ['按时丙', '迟报丁']],
    ['state=dismissed', ['排除戊']],
    ['state=withdrawn', ['撤回己']],
    ['state=all&q=丁', ['迟报丁']],
    ['state=all&q=结核&limit=200', ['逾期乙', '按时丙', '迟报丁', '待报甲', '排除戊', '撤回己']],
    ['state=all&q=%25', []],
    ['state=all&rule=cholera', []],
    [`state=all&institutionId=${NOWHERE}`, []],
  ])('asked for %s shows %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test('is cut by the day of the county on which the case was found', async () => {
    const day = (hours: number) =>
      new Date(hub.ctx.clock.now().getTime() + (hours + 8) * HOUR).toISOString().slice(0, 10);
    expect(await names(`state=all&from=${day(0)}&to=${day(0)}`)).toEqual(['待报甲', '排除戊', '撤回己']);
    expect(await names(`state=all&to=${day(-24)}`)).toEqual(['逾期乙', '按时丙', '迟报丁']);
    expect(said(await doctor.get('/api/notifiable?from=2026-13-01'))).toMatch(/^400 invalid from/);
  });

  test('says who answered with which number, and what was late', async () => {
    const [late] = (await list(doctor, 'state=all&q=丁')) as [Card];
    expect(late).toMatchObject({ late: true, cardNumber: '2', answeredBy: '郑国华' });
    const [inTime] = (await list(doctor, 'state=all&q=丙')) as [Card];
    expect(inTime).toMatchObject({ late: false, cardNumber: '1' });
  });

  test('is walked page by page without losing one', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await doctor.get(`/api/notifiable?state=all&limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`); // prettier-ignore
      seen.push(...(page.body.items as Card[]).map(({ patientName }) => patientName));
      cursor = page.body.nextCursor as string | null;
    }
    expect(new Set(seen).size).toBe(6);
    expect(seen).toHaveLength(6);
  });

  test('is for the doctor of the site and quality staff; other sites see none of it', async () => {
    expect(await names('state=all', other)).toEqual([]);
    expect(await names('state=all', quality)).toHaveLength(6);
    for (const client of [nurse, await hub.as('tech1'), await hub.as('radiologist1'), await hub.as('admin1')])
      expect(said(await client.get('/api/notifiable'))).toBe('403 forbidden');
  });

  test('hides at the site what is sensitive from who did not ask for it', async () => {
    const id = ids.get('待报甲') ?? '';
    const { orderId } = await hub.ctx.db.selectFrom('notifiableCard').select('orderId').where('id', '=', id).executeTakeFirstOrThrow(); // prettier-ignore
    await hub.ctx.db
      .updateTable('orders')
      .set({ sensitive: true, status: 'final' })
      .where('id', '=', orderId)
      .execute();
    expect(await names('')).toContain('待报甲');
    await hub.ctx.db.updateTable('request').set({ requestedBy: null, requestedByName: '别人' }).where('id', '=', (qb) => qb.selectFrom('orders').select('requestId').where('orders.id', '=', orderId)).execute(); // prettier-ignore
    expect(await names('')).toEqual(['逾期乙']);
    const { result, rows } = await trailOf(hub, () =>
      doctor.post(`/api/notifiable/${id}/answer`, { kind: 'reported', cardNumber: '9' }),
    );
    expect(said(result)).toBe('404 not-found');
    expect(rows).toEqual([]);
    expect(await names('', quality)).toContain('待报甲');
  });
});

describe('an answer', () => {
  test.each([
    ['of no kind', {}, /^422 invalid/],
    ['of another kind', { kind: 'ignored' }, /^422 invalid kind/],
    ['reported without a number', { kind: 'reported', cardNumber: ' ' }, /^422 invalid cardNumber/],
    ['dismissed without a reason', { kind: 'dismissed' }, /^422 invalid reason/],
  ])('%s is refused', async (_what, body, refusal) => {
    const id = ids.get('逾期乙') ?? '';
    expect(said(await doctor.post(`/api/notifiable/${id}/answer`, body))).toMatch(refusal);
    expect(await names('state=overdue')).toEqual(['逾期乙']);
  });

  test.each(['按时丙', '排除戊', '撤回己'])('to the card of %s comes too late', async (name) => {
    const answer = await doctor.post(`/api/notifiable/${ids.get(name)}/answer`, {
      kind: 'dismissed',
      reason: 'x',
    });
    expect(said(answer)).toBe('409 card-decided');
    expect(answer.body.state).toBe({ 按时丙: 'reported', 排除戊: 'dismissed', 撤回己: 'withdrawn' }[name]);
  });

  test('to no card is 404', async () => {
    const answer = await doctor.post(`/api/notifiable/${NOWHERE}/answer`, { kind: 'dismissed', reason: 'x' });
    expect(said(answer)).toBe('404 not-found');
  });
});

describe('trying a rule on what was signed', () => {
  const tried = (more: object = {}, client = quality) =>
    client.post('/api/notifiable-rules-try', { words: ['肺结核'], testCodes: [], testValues: [], ...more });

  test('counts what it would have found and writes nothing', async () => {
    const { result, rows } = await trailOf(hub, () => tried());
    expect(result.body).toMatchObject({ read: 6, found: 6 });
    expect(result.body.items[0]).toMatchObject({ evidence: '肺结核', accessionNumber: expect.any(String) });
    expect(rows).toEqual([]);
    expect((await tried({ words: ['霍乱'] })).body).toMatchObject({ read: 6, found: 0, items: [] });
  });

  test('is for who reviews quality, over a year at most', async () => {
    expect(said(await tried({}, doctor))).toBe('403 forbidden');
    expect(said(await tried({ days: 366 }))).toMatch(/^422 invalid days/);
    expect(said(await tried({ words: Array(61).fill('x') }))).toMatch(/^422 invalid words/);
  });
});

test('rules are read by who answers for cards or for quality, and a rule has a short code', async () => {
  for (const client of [doctor, quality])
    expect((await client.get('/api/notifiable-rules')).body.items.length).toBeGreaterThan(3);
  expect(said(await nurse.get('/api/notifiable-rules'))).toBe('403 forbidden');
  expect(said(await doctor.get('/api/notifiable-rules/pulmonary-tb/versions'))).toBe('403 forbidden');
  expect(said(await quality.get('/api/notifiable-rules/Pulmonary_TB/versions'))).toMatch(/^400 invalid code/);
  expect((await quality.get('/api/notifiable-rules/unknown-one/versions')).body.items).toEqual([]);
});
