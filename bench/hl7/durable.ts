import type { Bench, BenchRow } from '../bench.ts';
import { percentile } from '../helpers/percentile.ts';
import { postgresCpu } from '../helpers/postgresCpu.ts';
import { runKilled } from './killed.ts';
import { bareServer, hl7Hub, load, syncServer, type Load } from './peer.ts';
import { publicServers } from './publicServers.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const KILL_SECONDS = Number(process.env.BENCH_KILL_SECONDS ?? 20);
const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const COMMAND = 'npm run bench -- --only hl7.durable';

/** Acknowledged HL7 messages a second with fsync on: commit answers, and application answers after processing. */
export const hl7Durable: Bench = {
  name: 'hl7.durable',
  about: 'HL7 messages acknowledged after a durable commit, one and sixteen connections',
  async run(report): Promise<BenchRow[]> {
    const hub = await hl7Hub();
    const bare = await bareServer();
    const sync = await syncServer();
    const rows = new Rows(report);
    try {
      await load(hub.port, { connections: 4, seconds: 2, mode: 'commit', kind: 'adt', run: 'warm' });
      // Answers after processing come first: nothing of a burst is worked off beside them.
      await drained(hub.ctx.pool, 20);
      for (const [kind, connections] of [
        ['adt', 16],
        ['orm', 16],
        ['orm', 1],
      ] as const) {
        const runs = await repeat((n) =>
          load(hub.port, {
            connections,
            seconds: SECONDS,
            mode: 'application',
            kind,
            run: `p${kind}${connections}r${n}`,
          }),
        );
        rows.push({
          name: `hl7.processed.${kind}.${connections}`,
          ...rates(runs),
          unit: 'messages/s',
          target: 'reported (Mirth family published ~1170/s, not durable, other work)',
          pass: null,
          command: COMMAND,
        });
        const p99 = runs.map((run) => percentile(run.latencies, 99));
        rows.push({
          name: `hl7.processed.${kind}.${connections}.p99`,
          value: median(p99),
          spread: spread(p99),
          unit: 'ms from the message to the answer after its processing',
          target: 'reported',
          pass: null,
          command: COMMAND,
        });
      }
      // One connection that waits for each answer is bound by the latency of a commit; with a window it is not.
      for (const [name, connections, window] of [
        ['1', 1, 1],
        ['1.window16', 1, 16],
        ['16', 16, 1],
      ] as const) {
        const task = { connections, window, mode: 'commit', kind: 'adt' } as const;
        const cpuBefore = cpuSeconds(hub.folder);
        const runs = await repeat((n) => load(hub.port, { ...task, seconds: SECONDS, run: `c${name}r${n}` }));
        const cpu =
          cpuSeconds(hub.folder) - cpuBefore - runs.reduce((total, run) => total + run.cpuSeconds, 0);
        const count = runs.reduce((total, run) => total + run.count, 0);
        const limit = await load(sync.port, { ...task, seconds: 2, run: 'sync' });
        const limitRate = limit.count / limit.seconds;
        const rate = rates(runs);
        rows.push({
          name: `hl7.durable.${name}`,
          ...rate,
          unit: 'messages/s',
          peer: 'append to a file and fdatasync, same sender',
          peerValue: Math.round(limitRate),
          ratio: rate.value / limitRate,
          target: connections === 16 ? '≥ 1500' : 'reported',
          pass: connections === 16 ? rate.value >= 1500 : null,
          command: COMMAND,
        });
        const p99 = runs.map((run) => percentile(run.latencies, 99));
        rows.push({
          name: `hl7.durable.${name}.p99`,
          value: median(p99),
          spread: spread(p99),
          unit: 'ms',
          target: '≤ 50',
          pass: median(p99) <= 50,
          command: COMMAND,
        });
        const each = (cpu / count) * 1000;
        rows.push({
          name: `hl7.durable.${name}.cpu`,
          value: each,
          spread: [each, each],
          unit: 'ms of hub and PostgreSQL a message, the queue behind it included',
          target: 'reported',
          pass: null,
          command: COMMAND,
        });
        await drained(hub.ctx.pool, 5);
      }
      const loopback = await load(bare.port, {
        connections: 16,
        seconds: 2,
        mode: 'commit',
        kind: 'adt',
        run: 'bare',
      });
      rows.push({
        name: 'hl7.durable.limit',
        value: Math.round(loopback.count / loopback.seconds),
        spread: [0, 0],
        unit: 'messages/s of a bare npm-style server that stores nothing, 16 connections',
        target: 'reported',
        pass: null,
        command: COMMAND,
      });
      for (const server of await publicServers()) {
        const { port } = server;
        const public16 =
          port &&
          (await load(port, {
            connections: 16,
            seconds: 2,
            mode: 'application',
            kind: 'adt',
            run: 'public',
          }));
        await server.close();
        const rate = public16 ? Math.round(public16.count / public16.seconds) : undefined;
        const own = rows.measured('hl7.durable.16');
        rows.push({
          name: `hl7.durable.16.${server.name}`,
          value: own,
          spread: [own, own],
          unit: 'messages/s durable',
          peer: `${server.name}, which stores nothing`,
          ...(rate && { peerValue: rate, ratio: own / rate }),
          target: 'reported',
          pass: null,
          command: COMMAND,
        });
      }
      const lost = await lostMessages(hub.ctx.pool);
      rows.push({
        name: 'hl7.durable.lost',
        value: lost,
        spread: [lost, lost],
        unit: 'messages',
        target: '0',
        pass: lost === 0,
        command: COMMAND,
      });
      const killed = await runKilled(hub, KILL_SECONDS);
      const wrong = killed.lost + killed.doubled;
      rows.push({
        name: 'hl7.durable.killed',
        value: wrong,
        spread: [killed.lost, killed.doubled],
        unit: `messages lost or doubled of ${killed.acknowledged} acknowledged over ${killed.kills} kill -9 (${killed.retries} retries)`,
        target: '0',
        pass: wrong === 0 && killed.acknowledged > 0 && killed.kills > 0,
        command: COMMAND,
      });
    } finally {
      bare.close();
      sync.close();
      await hub.close();
    }
    return rows.all;
  },
};

class Rows {
  readonly all: BenchRow[] = [];
  private readonly report: (row: BenchRow) => void;

  constructor(report: (row: BenchRow) => void) {
    this.report = report;
  }

  push(row: BenchRow): void {
    this.all.push(row);
    this.report(row);
  }

  measured(name: string): number {
    return this.all.find((row) => row.name === name)?.value ?? Number.NaN;
  }
}

async function repeat(run: (n: number) => Promise<Load>): Promise<Load[]> {
  const runs: Load[] = [];
  for (let n = 0; n < RUNS; n++) runs.push(await run(n));
  total += runs.reduce((sum, one) => sum + one.count, 0);
  return runs;
}
let total = 0;

const rates = (runs: Load[]) => {
  const values = runs.map((run) => run.count / run.seconds);
  return { value: Math.round(median(values)), spread: spread(values.map(Math.round)) };
};
const median = (values: number[]): number => percentile(values, 50);
const spread = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/** Of this process and of its database. */
function cpuSeconds(folder: string): number {
  const own = process.cpuUsage();
  return (own.user + own.system) / 1e6 + (postgresCpu(folder) ?? 0);
}

interface Queryable {
  query(text: string): Promise<{ rows: { n: number }[] }>;
}

/** The queue behind the commit answers is worked off before processing is measured. */
async function drained(pool: Queryable, seconds = 60): Promise<void> {
  for (let n = 0; n < seconds * 4; n++) {
    const { rows } = await pool.query(`select count(*)::int as n from hl7_message where state = 'received'`);
    if (rows[0]?.n === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Answered messages of the measured runs that are not in the record. */
async function lostMessages(pool: Queryable): Promise<number> {
  const { rows } = await pool.query(
    `select count(*)::int as n from hl7_message where direction = 'in' and control_id not like 'warm%'`,
  );
  return total - (rows[0]?.n ?? 0);
}
