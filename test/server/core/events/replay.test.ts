import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHub, type Client, type TestHub } from '../../../helpers/hub.ts';
import { siteOf } from '../admin/trail.ts';

let hub: TestHub;
let doctor: Client;
let town: string;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  doctor = await hub.as('doctor1');
  town = await siteOf(hub, 'LIUHE');
});
afterAll(() => hub?.close());

/** So many things that happen at the site, in one transaction; answers the position of the last. */
async function happen(kind: string, count = 1, institutionId = town): Promise<string> {
  const { rows } = await sql<{ xid: string; seq: number }>`
    insert into stream_event (kind, institution_ids) select ${kind}, array[${institutionId}]::uuid[] from generate_series(1, ${count})
    returning xid::text as xid, seq`.execute(hub.ctx.db);
  hub.ctx.bell.ring();
  const last = rows.at(-1);
  // Told is what no older transaction of the server can still slip in front of; others work on it too.
  const told = () =>
    sql<{ told: boolean }>`select ${last?.xid}::xid8 < pg_snapshot_xmin(pg_current_snapshot()) as told`
      .execute(hub.ctx.db)
      .then(({ rows: [row] }) => row?.told);
  await expect.poll(told).toBe(true);
  return `${last?.xid}-${last?.seq}`;
}

/** Reads the stream until it has so many events. */
async function read(headers: Record<string, string>, count: number) {
  const stop = new AbortController();
  const response = await fetch(`${hub.url}/api/events`, { headers, signal: stop.signal });
  let text = '';
  const events = () => [...text.matchAll(/^event: (.*)$/gm)].map(([, event]) => event);
  try {
    if (response.ok && response.body)
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (events().length >= count) break;
      }
  } finally {
    stop.abort();
  }
  return { status: response.status, headers: response.headers, events: events(), text };
}

test('a stream is read as it comes: not stored, not packed, with the time after which to come back', async () => {
  const before = await happen('order.before');
  const after = happen('order.after');
  const { status, headers, events, text } = await read({ cookie: doctor.cookie, 'last-event-id': before, 'accept-encoding': 'gzip' }, 1); // prettier-ignore
  await after;
  expect([
    status,
    headers.get('content-type'),
    headers.get('cache-control'),
    headers.get('content-encoding'),
  ]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-store', null]);
  expect(text.startsWith('retry: 2000\n\n')).toBe(true);
  expect(events).toEqual(['order.after']);
});

test('who was away is told all that he missed, up to a thousand; more than that and he begins anew', async () => {
  const start = await happen('order.start');
  await happen('order.missed', 999);
  const missed = await read({ cookie: doctor.cookie, 'last-event-id': start }, 999);
  expect(missed.events).toHaveLength(999);
  expect(new Set(missed.events)).toEqual(new Set(['order.missed']));
  await happen('order.more', 5);
  const { events } = await read({ cookie: doctor.cookie, 'last-event-id': start }, 1);
  expect(events[0], 'what happens now may follow at once').toBe('reset');
});

test('what he missed of others is passed over, not shown', async () => {
  const start = await happen('order.start');
  await happen('order.other', 3, await siteOf(hub, 'BAITA'));
  await happen('order.mine');
  const { events } = await read({ cookie: doctor.cookie, 'last-event-id': start }, 1);
  expect(events).toEqual(['order.mine']);
});

test('a machine hears of its house by its token, nobody hears without signing in', async () => {
  const admin = await hub.as('admin1');
  const { token } = (
    await admin.post('/api/tokens', { name: 'his', institutionId: town, verbs: ['order.read'] })
  ).body;
  const start = await happen('order.start');
  await happen('order.mine');
  const heard = await read({ authorization: `Bearer ${token}`, 'last-event-id': start }, 1);
  expect(heard.events).toEqual(['order.mine']);
  for (const headers of [{}, { cookie: 'hub_session=nonsense' }, { authorization: `Bearer ${'x'.repeat(43)}` }] as Record<string, string>[])
    expect((await read(headers, 1)).status).toBe(401); // prettier-ignore
});
