import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { announce } from '../../../../server/core/events/announce.ts';
import { readStream, startBell, type Bell, type StreamRow } from '../../../../server/core/events/bell.ts';
import { trimStream } from '../../../../server/core/events/trimStream.ts';
import { createDatabase, type TestDatabase } from '../../../helpers/database.ts';
import { createLog } from '../../../../server/core/log.ts';
import { testClock } from '../../../helpers/hub.ts';

const log = createLog('silent');
let database: TestDatabase;
let here: Bell, there: Bell;
beforeAll(async () => {
  database = await createDatabase();
  // Two processes of one hub: each has a bell of its own on the same database.
  [here, there] = (await Promise.all([1, 2].map(() => startBell(database.db, database.url, log)))) as [
    Bell,
    Bell,
  ];
});
afterAll(async () => {
  await Promise.all([here?.close(), there?.close()]);
  await database?.close();
});
beforeEach(() => sql`truncate stream_event`.execute(database.db));

const START = { xid: '0', seq: 0 };
const say = (kind: string) => announce(database.db, { kind });
function hear(bell: Bell) {
  const heard: StreamRow[] = [];
  const { ready, stop } = bell.subscribe((row) => void heard.push(row));
  return { heard, ready, stop, kinds: () => heard.map(({ kind }) => kind) };
}

describe('an announcement', () => {
  test('is on the stream when its transaction is committed, and not of one that failed', async () => {
    const failed = database.db.transaction().execute(async (trx) => {
      await announce(trx, { kind: 'test.undone' });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await say('test.done');
    await expect
      .poll(async () => (await readStream(database.db, START, 10)).map(({ kind }) => kind))
      .toEqual(['test.done']);
  });

  test('carries what it was given, and nothing for what it was not', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    await announce(database.db, {
      kind: 'order.new',
      orderId: id,
      centerKind: 'ecg',
      institutionIds: [id],
      reportingInstitutionId: id,
      staffIds: [id],
      data: { status: 'requested' },
    });
    await say('bare');
    await expect.poll(async () => (await readStream(database.db, START, 10)).length).toBe(2);
    expect(await readStream(database.db, START, 10)).toMatchObject([
      { kind: 'order.new', orderId: id, centerKind: 'ecg', institutionIds: [id], reportingInstitutionId: id, staffIds: [id], data: { status: 'requested' } },
      { kind: 'bare', orderId: null, centerKind: null, institutionIds: [], reportingInstitutionId: null, staffIds: [], data: {} },
    ]); // prettier-ignore
  });

  test('waits for older transactions that may still say something before it', async () => {
    let commit = () => {};
    const held = new Promise<void>((resolve) => (commit = resolve));
    let begun = () => {};
    const first = new Promise<void>((resolve) => (begun = resolve));
    const older = database.db.transaction().execute(async (trx) => {
      await announce(trx, { kind: 'older' });
      begun();
      await held;
    });
    await first;
    await say('younger');
    expect(await readStream(database.db, START, 10), 'nothing may slip in front').toEqual([]);
    commit();
    await older;
    await expect
      .poll(async () => (await readStream(database.db, START, 10)).map(({ kind }) => kind))
      .toEqual(['older', 'younger']);
  });
});

describe('who listens', () => {
  test('hears from both processes each thing once and in order', async () => {
    const [a, b] = [hear(here), hear(there)];
    await Promise.all([a.ready, b.ready]);
    const kinds = Array.from({ length: 30 }, (_, n) => `n${n}`);
    for (const kind of kinds) await say(kind);
    here.ring();
    await expect.poll(() => [a.kinds(), b.kinds()]).toEqual([kinds, kinds]);
    a.stop();
    b.stop();
  });

  test('hears nothing of before, and nothing after he stopped; who joins later hears what comes', async () => {
    await say('before');
    const first = hear(here);
    await first.ready;
    const second = hear(here);
    await second.ready;
    await say('both');
    here.ring();
    await expect.poll(() => [first.kinds(), second.kinds()]).toEqual([['both'], ['both']]);
    first.stop();
    await say('one');
    here.ring();
    await expect.poll(() => second.kinds()).toEqual(['both', 'one']);
    expect(first.kinds()).toEqual(['both']);
    second.stop();
    await say('nobody');
    const third = hear(here);
    await third.ready;
    await say('again');
    here.ring();
    await expect.poll(() => third.kinds()).toEqual(['again']);
    third.stop();
  });

  test('hears more than a batch, all of it', async () => {
    const listener = hear(there);
    await listener.ready;
    await sql`insert into stream_event (kind) select 'k' || n from generate_series(1, 1203) n`.execute(
      database.db,
    );
    there.ring();
    await expect.poll(() => listener.heard.length, { timeout: 5_000 }).toBe(1_203);
    expect(new Set(listener.kinds()).size).toBe(1_203);
    listener.stop();
  });

  test('who waits is woken by a ring, in the other process too, or when his time is over', async () => {
    const woken = Promise.all([here.wait(60_000), there.wait(60_000)]);
    here.ring();
    await woken;
    await here.wait(1);
  });
});

test('events of more than a week go, the oldest first, and the others stay', async () => {
  const clock = testClock();
  const ctx = { db: database.db, clock } as unknown as Parameters<typeof trimStream>[0];
  const at = (days: number) => new Date(clock.now().getTime() - days * 86_400_000);
  for (const days of [8, 7.1, 6.9, 1])
    await sql`insert into stream_event (kind, at) values (${`d${days}`}, ${at(days)})`.execute(database.db);
  await trimStream(ctx);
  const left = await database.db.selectFrom('streamEvent').select('kind').orderBy('seq').execute();
  expect(left.map(({ kind }) => kind)).toEqual(['d6.9', 'd1']);
  await trimStream(ctx);
  expect(await database.db.selectFrom('streamEvent').select('kind').execute()).toHaveLength(2);
});

test('a bell that is closed wakes who waits and reads nothing more', async () => {
  const bell = await startBell(database.db, database.url, log);
  const listener = hear(bell);
  await listener.ready;
  const waiting = bell.wait(60_000);
  await bell.close();
  await waiting;
  await say('too late');
  bell.ring();
  await expect.poll(async () => (await readStream(database.db, START, 10)).length).toBeGreaterThan(0);
  expect(listener.kinds()).toEqual([]);
});

test('who listens hears by asking each second when the line on which it is called breaks', async () => {
  const listener = hear(there);
  await listener.ready;
  const { rows } = await database.pool.query<{ ended: boolean }>(
    "select pg_terminate_backend(pid) as ended from pg_stat_activity where query = 'listen hub_bell' and datname = current_database()",
  );
  expect(rows.length, 'each process listens on a line of its own').toBeGreaterThanOrEqual(2);
  await say('after the break');
  here.ring();
  await expect.poll(() => listener.kinds(), { timeout: 5_000 }).toEqual(['after the break']);
  listener.stop();
});
