import { sql } from 'kysely';
import pg from 'pg';
import type { Database } from '../database.ts';
import type { Log } from '../log.ts';

export interface StreamRow {
  seq: number;
  xid: string;
  kind: string;
  orderId: string | null;
  centerKind: string | null;
  institutionIds: string[];
  reportingInstitutionId: string | null;
  staffIds: string[];
  data: Record<string, unknown>;
  at: Date;
}

/**
 * The bell: `ring` after a commit wakes every process; `subscribe` delivers stream rows in a stable order. One tailer
 * a process reads rows below the oldest running transaction and fans out. A lost notification costs a second at most.
 */
export interface Bell {
  ring(): void;
  subscribe(listener: (row: StreamRow) => void): Subscription;
  /** Wakes when somebody rang or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface Subscription {
  /** From then on every row reaches the listener. */
  ready: Promise<void>;
  stop(): void;
}

const POLL_MS = 1_000;
const CHANNEL = 'hub_bell';

export async function startBell(db: Database, directUrl: string, log: Log): Promise<Bell> {
  const listeners = new Set<(row: StreamRow) => void>();
  const waiting = new Set<() => void>();
  let position = await readHead(db);
  let closed = false;
  let reading: Promise<void> | undefined;
  let again = false;
  let ringTimer: NodeJS.Timeout | undefined;

  const wake = () => {
    for (const resume of waiting) resume();
    waiting.clear();
  };
  const read = (): void => {
    if (closed || listeners.size === 0) return;
    if (reading) {
      again = true;
      return;
    }
    reading = deliver()
      .catch((err: unknown) => log.warn({ err }, 'the event stream could not be read'))
      .finally(() => {
        reading = undefined;
        if (again) {
          again = false;
          read();
        }
      });
  };
  const deliver = async () => {
    for (;;) {
      const rows = await readStream(db, position, 500);
      for (const row of rows) {
        position = { xid: row.xid, seq: row.seq };
        for (const listener of listeners) listener(row);
      }
      if (rows.length < 500) return;
    }
  };

  const client = listen(
    directUrl,
    () => {
      wake();
      read();
    },
    log,
  );
  const poll = setInterval(read, POLL_MS);
  poll.unref();

  return {
    ring() {
      wake();
      setTimeout(read, 5).unref();
      ringTimer ??= setTimeout(() => {
        ringTimer = undefined;
        if (!closed) sql`select pg_notify(${CHANNEL}, '')`.execute(db).catch(() => undefined); // polling finds it
      }, 50);
      ringTimer.unref();
    },
    subscribe(listener) {
      const start =
        listeners.size === 0
          ? readHead(db).then((head) => (position = later(position, head)))
          : Promise.resolve();
      let stopped = false;
      const ready = start
        .catch(() => undefined)
        .then(() => {
          if (!stopped) listeners.add(listener);
        });
      return {
        ready,
        stop() {
          stopped = true;
          listeners.delete(listener);
        },
      };
    },
    wait: (timeoutMs) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        waiting.add(done);
      }),
    async close() {
      closed = true;
      clearInterval(poll);
      clearTimeout(ringTimer);
      wake();
      await reading;
      await client.close();
    },
  };
}

interface Position {
  xid: string;
  seq: number;
}

const later = (a: Position, b: Position): Position =>
  BigInt(b.xid) > BigInt(a.xid) || (b.xid === a.xid && b.seq > a.seq) ? b : a;

/** Stream rows after a position that no running transaction can still slip in front of. */
export async function readStream(db: Database, after: Position, limit: number): Promise<StreamRow[]> {
  const { rows } =
    await sql<StreamRow>`select seq, xid::text as xid, kind, order_id, center_kind::text as center_kind, institution_ids, reporting_institution_id, staff_ids, data, at
    from stream_event where (xid, seq) > (${after.xid}::xid8, ${after.seq}::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by stream_event.xid, stream_event.seq limit ${limit}`.execute(db);
  return rows;
}

async function readHead(db: Database): Promise<Position> {
  const { rows } =
    await sql<Position>`select xid::text as xid, seq from stream_event where xid < pg_snapshot_xmin(pg_current_snapshot()) order by stream_event.xid desc, seq desc limit 1`.execute(
      db,
    );
  return rows[0] ?? { xid: '0', seq: 0 };
}

function listen(url: string, onNotice: () => void, log: Log): { close(): Promise<void> } {
  let client: pg.Client | undefined;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  const connect = async () => {
    const next = new pg.Client({ connectionString: url });
    next.on('notification', onNotice);
    next.on('error', () => undefined);
    next.on('end', () => {
      if (!closed) retry = setTimeout(() => void connect(), 2_000);
    });
    try {
      await next.connect();
      await next.query(`listen ${CHANNEL}`);
      client = next;
    } catch (err) {
      log.warn({ err }, 'the bell cannot listen; polling goes on');
      await next.end().catch(() => undefined);
    }
  };
  void connect();
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
