import { Counter, Gauge, Histogram, register } from 'prom-client';
import type { Context } from '../../server/core/context.ts';

/** Counters of the engine; the gauges of the queue are read from the database when `/metrics` is asked. */
export interface Hl7Metrics {
  received(): void;
  answered(code: string, durationMs: number): void;
  badBlock(kind: string): void;
  conflict(): void;
  replayed(): void;
  sent(result: string): void;
}

function once<M>(name: string, make: () => M): M {
  return (register.getSingleMetric(name) as M | undefined) ?? make();
}

/** Registers (once a process) and returns the counters. */
export function startMetrics(): Hl7Metrics {
  const received = once(
    'hub_hl7_received_total',
    () => new Counter({ name: 'hub_hl7_received_total', help: 'HL7 messages received' }),
  );
  const answered = once(
    'hub_hl7_answered_total',
    () =>
      new Counter({
        name: 'hub_hl7_answered_total',
        help: 'HL7 answers by code',
        labelNames: ['code'] as const,
      }),
  );
  const duration = once(
    'hub_hl7_answer_seconds',
    () =>
      new Histogram({
        name: 'hub_hl7_answer_seconds',
        help: 'Time from the last byte of a message to its answer',
        buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      }),
  );
  const bad = once(
    'hub_hl7_bad_blocks_total',
    () =>
      new Counter({
        name: 'hub_hl7_bad_blocks_total',
        help: 'Bytes that were no MLLP block',
        labelNames: ['kind'] as const,
      }),
  );
  const conflicts = once(
    'hub_hl7_conflicts_total',
    () => new Counter({ name: 'hub_hl7_conflicts_total', help: 'Control ids used for two messages' }),
  );
  const replays = once(
    'hub_hl7_replays_total',
    () => new Counter({ name: 'hub_hl7_replays_total', help: 'Retransmissions answered from the store' }),
  );
  const sent = once(
    'hub_hl7_sent_total',
    () =>
      new Counter({
        name: 'hub_hl7_sent_total',
        help: 'HL7 messages sent by result',
        labelNames: ['result'] as const,
      }),
  );
  return {
    received: () => received.inc(),
    answered: (code, durationMs) => {
      answered.inc({ code });
      duration.observe(durationMs / 1000);
    },
    badBlock: (kind) => bad.inc({ kind }),
    conflict: () => conflicts.inc(),
    replayed: () => replays.inc(),
    sent: (result) => sent.inc({ result }),
  };
}

/** The database of the hub that was started last in this process; tests start several, one after the other. */
let pool: Context['pool'];

/** Gauges that every web process can answer: queue by state, oldest waiting, silent senders. */
export function registerHl7Gauges(ctx: Pick<Context, 'pool'>): void {
  pool = ctx.pool;
  if (register.getSingleMetric('hub_hl7_queue')) return;
  new Gauge({
    name: 'hub_hl7_queue',
    help: 'HL7 messages that wait, by direction and state',
    labelNames: ['direction', 'state'] as const,
    async collect() {
      const { rows } = await pool.query<{ direction: string; state: string; n: number }>(
        `select direction, state, count(*)::int as n from hl7_message where state in ('received','held','failed','conflict','waiting','dead','ambiguous') group by 1, 2`,
      );
      this.reset();
      for (const row of rows) this.set({ direction: row.direction, state: row.state }, row.n);
    },
  });
  new Gauge({
    name: 'hub_hl7_oldest_waiting_seconds',
    help: 'Age of the oldest message that is not processed or sent',
    async collect() {
      const { rows } = await pool.query<{ age: number | null }>(
        `select extract(epoch from now() - min(received_at))::float8 as age from hl7_message where state in ('received','waiting')`,
      );
      this.set(rows[0]?.age ?? 0);
    },
  });
  new Gauge({
    name: 'hub_hl7_sender_silent_seconds',
    help: 'Time since an admitted sender was last heard',
    labelNames: ['sender'] as const,
    async collect() {
      const { rows } = await pool.query<{ sender: string; age: number }>(
        `select hl7_sender as sender, extract(epoch from now() - last_seen_at)::float8 as age from device
         where kind in ('hl7','analyzer') and state = 'admitted' and last_seen_at is not null and hl7_sender is not null`,
      );
      this.reset();
      for (const row of rows) this.set({ sender: row.sender }, row.age);
    },
  });
}
