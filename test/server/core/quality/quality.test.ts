import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { refreshIndicators } from '../../../../server/core/quality/refreshIndicators.ts';
import { funnel, wilson } from '../../../../server/core/quality/figures.ts';
import { daysOfPeriod } from '../../../../server/core/quality/freezePeriod.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { completeIdCard } from '../../../../server/standards/identity/idCard.ts';
import { startHub, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub.close());

async function signedEmergency(serial: number) {
  const [doctor, reader, verifier] = await Promise.all([
    hub.as('doctor1'),
    hub.as('radiologist1'),
    hub.as('radiologist2'),
  ]);
  const made = await doctor.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'emergency',
    patient: {
      name: '质控',
      sex: 'M',
      birthDate: '1966-02-03',
      identifiers: [{ type: 'id-card', value: completeIdCard(`32062119660203${serial}`) }],
    },
    remoteConsent: { by: '本人', at: '2026-11-22T08:00:00+08:00' },
  });
  const { id } = made.body;
  await reader.post(`/api/orders/${id}/accept`);
  await reader.put(
    `/api/orders/${id}/report`,
    { findings: '双肺清晰', impression: '未见异常' },
    { 'If-Match': '"0"' },
  );
  await reader.post(`/api/orders/${id}/report/submit`);
  return { id, sign: () => verifier.post(`/api/orders/${id}/report/sign`, { pin: '246810' }) };
}

describe('indicators', () => {
  test('come from the record, open their cases, and a recomputation gives the same figures', async () => {
    const early = await signedEmergency(101);
    await early.sign();
    const late = await signedEmergency(103);
    await sql`alter table order_event disable trigger order_event_append`.execute(hub.ctx.db);
    await sql`update order_event set at = at - interval '45 minutes' where order_id = ${late.id} and kind = 'received'`.execute(
      hub.ctx.db,
    );
    await sql`alter table order_event enable trigger order_event_append`.execute(hub.ctx.db);
    expect((await late.sign()).body.status).toBe('final');
    await refreshIndicators(hub.ctx);
    const quality = await hub.as('qa1');
    const today = localDate(hub.ctx.clock.now());
    const read = async () =>
      (await quality.get(`/api/quality/indicators?from=${today}&to=${today}`)).body.items.find(
        (row: { code: string }) => row.code === 'img-on-time',
      );
    expect(await read()).toMatchObject({ numerator: 1, denominator: 2 });
    const missed = (
      await quality.get(`/api/quality/indicators/img-on-time/cases?from=${today}&to=${today}&met=false`)
    ).body.items;
    expect(missed.map((row: { orderId: string }) => row.orderId)).toEqual([late.id]);
    await refreshIndicators(hub.ctx);
    expect(await read()).toMatchObject({ numerator: 1, denominator: 2 });
    const segments = (await quality.get(`/api/quality/turnaround?from=${today}&to=${today}&center=imaging`))
      .body.items;
    expect(segments.find((row: { segment: string }) => row.segment === 'accepted-signed').cases).toBe(2);
    const breaches = (await quality.get(`/api/quality/breaches?from=${today}&to=${today}`)).body.items;
    expect(breaches.map((row: { orderId: string }) => row.orderId)).toContain(late.id);
  });

  test('the cases, sites and months behind every indicator can be opened', async () => {
    const quality = await hub.as('qa1');
    const today = localDate(hub.ctx.clock.now());
    const span = `from=${today}&to=${today}`;
    const { items } = (await quality.get(`/api/quality/indicators?${span}`)).body;
    expect(items.length).toBeGreaterThan(30);
    for (const { code } of items as { code: string }[])
      for (const part of [
        `cases?${span}`,
        `cases?${span}&met=false`,
        `sites?${span}`,
        `trend?to=${today}&months=6`,
      ])
        expect([code, part, (await quality.get(`/api/quality/indicators/${code}/${part}`)).status]).toEqual([
          code,
          part,
          200,
        ]);
  });

  test('the regulator sees figures and no names', async () => {
    const regulator = await hub.as('regulator1');
    const today = localDate(hub.ctx.clock.now());
    const figures = await regulator.get(`/api/quality/regulator?from=${today}&to=${today}`);
    expect(figures.body.coverage).toMatchObject({ townships: 11, townshipsActive: 1, centersRunning: 5 });
    expect(JSON.stringify(figures.body)).not.toContain('质控');
    expect(
      (await regulator.get(`/api/quality/indicators/img-on-time/cases?from=${today}&to=${today}`)).status,
    ).toBe(403);
  });

  test('a period that has not ended is not frozen; a frozen figure is never changed', async () => {
    const quality = await hub.as('qa1');
    const now = hub.ctx.clock.now();
    expect((await quality.post('/api/quality/freeze', { period: localDate(now).slice(0, 7) })).status).toBe(
      422,
    );
    expect(daysOfPeriod('2026-Q3')).toEqual({ first: '2026-07-01', last: '2026-09-30' });
    expect(daysOfPeriod('2024-02')).toEqual({ first: '2024-02-01', last: '2024-02-29' });
    await sql`insert into indicator_day select 'img-on-time', id, '2026-05-10', 8, 10 from institution where code = 'LIUHE'`.execute(
      hub.ctx.db,
    );
    expect((await quality.post('/api/quality/freeze', { period: '2026-05' })).body.rows).toBe(1);
    await sql`update indicator_day set numerator = 9 where day = '2026-05-10'`.execute(hub.ctx.db);
    expect((await quality.post('/api/quality/freeze', { period: '2026-05' })).body.rows).toBe(0);
    expect((await quality.get('/api/quality/frozen?period=2026-05')).body.items).toMatchObject([
      { numerator: 8, denominator: 10 },
    ]);
  });
});

describe('sampling review', () => {
  test('draws each report once, hides its writer until it is scored, and refuses one’s own', async () => {
    const quality = await hub.as('qa1');
    const today = localDate(hub.ctx.clock.now());
    const drawn = (
      await quality.post('/api/quality/reviews', { center: 'imaging', count: 50, from: today, to: today })
    ).body.drawn;
    expect(drawn).toBe(2);
    expect(
      (await quality.post('/api/quality/reviews', { center: 'imaging', count: 50, from: today, to: today }))
        .body.drawn,
    ).toBe(0);
    const [review] = (await quality.get('/api/quality/reviews')).body.items;
    expect(review.reporter).toBeNull();
    await quality.post(`/api/quality/reviews/${review.id}`, {
      score: 2,
      compliance: { compliant: false, faults: ['unit'] },
    });
    const decided = (await quality.get('/api/quality/reviews?open=false')).body.items.find(
      (row: { id: string }) => row.id === review.id,
    );
    expect(decided).toMatchObject({ score: 2, reporter: '陈思远' });
  });
});

test('a ticket is fed back, verified by another, closed and reopened', async () => {
  const [quality, head] = await Promise.all([hub.as('qa1'), hub.as('head1')]);
  const { id } = await hub.ctx.db
    .insertInto('ticket')
    .values({ kind: 'manual', title: '柳河影像及时率下降' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const act = (who: typeof quality, body: Record<string, unknown>) =>
    who.post(`/api/tickets/${id}/acts`, body);
  expect((await act(quality, { kind: 'verify', note: 'x' })).status).toBe(409);
  // The person responsible is named and told.
  const { items: people } = (await quality.get('/api/staff?q=head1')).body;
  const responsible = people.find((each: { username: string }) => each.username === 'head1');
  expect((await act(quality, { kind: 'assign', staffId: responsible.id })).status).toBe(200);
  const [ticket] = (await quality.get('/api/tickets')).body.items.filter((row: { id: string }) => row.id === id); // prettier-ignore
  expect(ticket).toMatchObject({ responsible: responsible.name, state: 'open' });
  expect(
    await hub.ctx.db
      .selectFrom('notification')
      .select('kind')
      .where('staffId', '=', responsible.id)
      .where('kind', '=', 'ticket.raised')
      .execute(),
  ).toHaveLength(1);
  expect((await act(head, { kind: 'feedback', note: '已增加排班' })).status).toBe(200);
  expect((await act(head, { kind: 'verify', note: '属实' })).status).toBe(403);
  expect((await act(quality, { kind: 'verify', note: '属实' })).status).toBe(200);
  expect((await act(quality, { kind: 'close', note: '销号' })).status).toBe(200);
  expect((await act(quality, { kind: 'reopen', note: '再次发生' })).status).toBe(200);
});

test('shares carry their interval and funnel limits', () => {
  expect(wilson(0, 0).share).toBeNull();
  const { low, high } = wilson(81, 263);
  expect(low).toBeCloseTo(0.2553, 3);
  expect(high).toBeCloseTo(0.3662, 3);
  expect(funnel(0.9, 100)).toMatchObject({
    low95: expect.closeTo(0.8412, 3),
    high998: expect.closeTo(0.9927, 3),
  });
});
