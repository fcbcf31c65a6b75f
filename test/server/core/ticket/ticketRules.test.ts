import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { supervise } from '../../../../server/core/ticket/superviseTick.ts';
import { localDate } from '../../../../server/core/turnaround/calendar.ts';
import { chestCases, type ChestCases } from '../quality/chestCases.ts';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';

let hub: TestHub;
let cases: ChestCases;
let quality: Client;
let head: Client;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  cases = await chestCases(hub);
  [quality, head] = await Promise.all([hub.as('qa1'), hub.as('head1')]);
});
afterAll(() => hub.close());

describe('tickets by rule', () => {
  test('a cluster of breaches opens one, is stepped when overdue, and comes back when it recurs', async () => {
    await quality.put('/api/ticket-rules/breach-cluster', {
      active: true,
      settings: { count: 2, hours: 24 },
    });
    expect(
      (await quality.put('/api/ticket-rules/breach-cluster', { active: true, settings: { count: 0, hours: 24 } }))
        .status,
    ).toBe(422); // prettier-ignore
    const breach = async () => {
      const order = await cases.ordered();
      await sql`update order_clock set state = 'breached', breached_at = ${hub.ctx.clock.now()} where order_id = ${order.id} and kind = 'service'`.execute(hub.ctx.db); // prettier-ignore
      await sql`insert into ticket (kind, title, order_id, institution_id, center_kind, source_key) select 'turnaround', '单例超时', id, reporting_institution_id, center_kind, 'breach:' || id from orders where id = ${order.id}`.execute(hub.ctx.db); // prettier-ignore
      hub.clock.advance(1);
    };
    await supervise(hub.ctx); // opens what is due whatever the test does: evidence of the county ends with each half-year
    await breach();
    expect((await supervise(hub.ctx)).opened).toBe(0);
    await breach();
    expect((await supervise(hub.ctx)).opened).toBe(1);
    expect((await supervise(hub.ctx)).opened).toBe(0);
    const find = async () =>
      (await quality.get('/api/tickets')).body.items.find(
        (row: { ruleCode: string }) => row.ruleCode === 'breach-cluster',
      );
    const ticket = await find();
    expect(ticket).toMatchObject({ state: 'open', step: 1, recurrences: 0, members: 2 });
    const singles = async (path: string) => (await quality.get(path)).body.items.filter((row: { kind: string }) => row.kind === 'turnaround'); // prettier-ignore
    expect(await singles('/api/tickets')).toEqual([]); // they stand behind their cluster
    expect(await singles(`/api/tickets?cluster=${ticket.id}`)).toHaveLength(2);
    await sql`update ticket set due_at = due_at - interval '25 hours' where rule_code = 'breach-cluster'`.execute(hub.ctx.db); // prettier-ignore
    expect((await supervise(hub.ctx)).overdue).toBe(1);
    expect((await find()).step).toBe(2);
    const act = (who: Client, body: unknown) => who.post(`/api/tickets/${ticket.id}/acts`, body);
    await act(head, { kind: 'feedback', note: '已增派' });
    await act(quality, { kind: 'verify', note: '属实' });
    await act(quality, { kind: 'close', note: '销号' });
    expect((await singles(`/api/tickets?cluster=${ticket.id}`)).map((row: { state: string }) => row.state)).toEqual(['closed', 'closed']); // prettier-ignore
    await breach();
    await breach();
    expect(await supervise(hub.ctx)).toMatchObject({ opened: 0, reopened: 1 });
    expect(await find()).toMatchObject({ state: 'reopened', recurrences: 1, step: 1 });
    const history = (await quality.get(`/api/tickets/${ticket.id}/history`)).body.items;
    expect(history.map((row: { kind: string }) => row.kind)).toEqual(['raised', 'overdue', 'feedback', 'verify', 'close', 'recurred']); // prettier-ignore
  });

  test('reports that nobody read become one ticket per site and month', async () => {
    const orders = [await cases.ordered(), await cases.ordered(), await cases.ordered()];
    const unread = (ids: string[]) => sql`insert into ticket (kind, title, order_id, institution_id, center_kind, source_key, created_at) select 'unread', accession_number || ' 报告未阅读确认', id, requesting_institution_id, center_kind, 'unread:' || id, ${hub.ctx.clock.now()} from orders where id = any(${ids}::uuid[])`.execute(hub.ctx.db); // prettier-ignore
    const list = async (path = '/api/tickets') => (await quality.get(path)).body.items as { id: string; kind: string; ruleCode: string; title: string; members: number }[]; // prettier-ignore
    await unread(orders.slice(0, 2).map(({ id }) => id));
    await supervise(hub.ctx);
    expect((await list()).filter(({ ruleCode }) => ruleCode === 'unread-cluster')).toEqual([]);
    await unread(orders.slice(2).map(({ id }) => id));
    await supervise(hub.ctx);
    const [cluster, ...others] = (await list()).filter(({ ruleCode }) => ruleCode === 'unread-cluster');
    expect(others).toEqual([]);
    expect(cluster).toMatchObject({
      members: 3,
      title: expect.stringContaining('未阅读确认 3 份') as string,
    });
    expect((await list()).filter(({ kind }) => kind === 'unread')).toEqual([]); // they stand behind it
    expect((await list(`/api/tickets?cluster=${cluster!.id}`)).map(({ kind }) => kind)).toEqual(['unread', 'unread', 'unread']); // prettier-ignore
  });

  test('evidence that ends and indicators that fall open theirs; a document is kept as evidence', async () => {
    const today = localDate(hub.ctx.clock.now());
    const answer = await fetch(`${hub.url}/api/documents?name=${encodeURIComponent('证书.pdf')}`, {
      method: 'POST',
      headers: { cookie: quality.cookie, origin: hub.url, 'content-type': 'application/pdf' },
      body: '%PDF-1.7 certificate',
    });
    const document = (await answer.json()) as { address: string };
    expect(answer.status).toBe(201);
    const wrong = await fetch(`${hub.url}/api/documents?name=x.pdf`, {
      method: 'POST',
      headers: { cookie: quality.cookie, origin: hub.url, 'content-type': 'application/pdf' },
      body: '<html>',
    });
    expect(wrong.status).toBe(400);
    await quality.post('/api/recognition/evidence', {
      institutionId: await cases.site(),
      centerKind: 'imaging',
      recognitionRange: 'city',
      evaluator: '市影像质控中心',
      validFrom: '2026-01-01',
      validTo: today,
      source: 'upload',
      documentAddress: document.address,
    });
    const [year = 0, month = 0] = today.split('-').map(Number);
    for (const [back, good] of [
      [2, 95],
      [1, 80],
    ] as const)
      await sql`insert into indicator_month (indicator, institution_id, month, numerator, denominator) values ('img-on-time', ${await cases.site()}, ${new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 10)}, ${good}, 100) on conflict (indicator, month, institution_id) do update set numerator = excluded.numerator, denominator = excluded.denominator`.execute(hub.ctx.db); // prettier-ignore
    await supervise(hub.ctx);
    const kinds = (await quality.get('/api/tickets')).body.items.map((row: { ruleCode: string }) => row.ruleCode); // prettier-ignore
    expect(kinds).toEqual(expect.arrayContaining(['evidence-expiry', 'indicator-fall']));
    const page = await (await fetch(`${hub.url}/recognition`)).text();
    expect(page).toContain('市影像质控中心');
    expect(page).toContain('市HR');
  });
});
