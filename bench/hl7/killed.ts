import { spawn, type ChildProcess } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { frameMessage, MllpDecoder } from '../../server/standards/hl7v2/frame.ts';
import type { scratchHub } from '../helpers/scratchHub.ts';

const CONNECTIONS = 4;
const KILL_EVERY_MS = 3_000;
const PATIENCE_MS = 10_000;

export interface KilledRun {
  kills: number;
  acknowledged: number;
  retries: number;
  /** Acknowledged and not in the record. */
  lost: number;
  /** In the record more than once. */
  doubled: number;
}

/**
 * A hub process that is killed (`kill -9`) every three seconds while senders that retry put messages in. Afterwards every
 * acknowledged control id must stand in the record exactly once.
 */
export async function runKilled(
  hub: Awaited<ReturnType<typeof scratchHub>>,
  seconds: number,
): Promise<KilledRun> {
  const process = new KilledHub(hub);
  const port = await process.start(0);
  const until = performance.now() + seconds * 1000;
  const acknowledged = new Set<string>();
  let retries = 0;
  let kills = 0;
  const killing = (async () => {
    while (performance.now() + KILL_EVERY_MS < until) {
      await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS));
      kills++;
      await process.killAndStart(port);
    }
  })();
  const drive = async (connection: number): Promise<void> => {
    for (let serial = 0; performance.now() < until; serial++) {
      const control = `KILL-${connection}-${serial}`;
      while (!(await sendOnce(port, control).catch(() => false))) {
        retries++;
        if (performance.now() > until + PATIENCE_MS) throw new Error(`${control} was never acknowledged`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      acknowledged.add(control);
    }
  };
  try {
    await Promise.all([...Array.from({ length: CONNECTIONS }, (_, n) => drive(n)), killing]);
  } finally {
    await process.kill();
  }
  const { rows } = await hub.ctx.pool.query<{ control: string; n: number }>(
    `select control_id as control, count(*)::int as n from hl7_message where direction = 'in' and control_id like 'KILL-%' group by 1`,
  );
  const kept = new Map(rows.map((row) => [row.control, row.n]));
  return {
    kills,
    retries,
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((control) => !kept.has(control)).length,
    doubled: rows.filter((row) => row.n > 1).length,
  };
}

class KilledHub {
  private readonly hub: Awaited<ReturnType<typeof scratchHub>>;
  private child: ChildProcess | undefined;

  constructor(hub: Awaited<ReturnType<typeof scratchHub>>) {
    this.hub = hub;
  }

  start(port: number): Promise<number> {
    const url = (this.hub.ctx.pool.options as { connectionString?: string }).connectionString ?? '';
    const child = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'hubProcess.ts'), url, this.hub.folder, String(port)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.child = child;
    return new Promise((resolve, reject) => {
      child.once('exit', () => reject(new Error('the hub process ended before it listened')));
      child.stdout.on('data', (chunk: Buffer) => {
        const found = /listening (\d+)/.exec(chunk.toString());
        if (found) resolve(Number(found[1]));
      });
    });
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async killAndStart(port: number): Promise<void> {
    await this.kill();
    await this.start(port);
  }
}

/** One message on a connection of its own line: true when its commit was acknowledged. */
function sendOnce(port: number, control: string): Promise<boolean> {
  const message = `MSH|^~\\&|HIS|LIUHE|HUB|QHRM|20261122103000||ADT^A04|${control}|P|2.4|||AL|NE||UNICODE UTF-8\rPID|1||${control}^^^LIUHE^MR||王珅||19800506|M\r`;
  return new Promise((resolve, reject) => {
    const decoder = new MllpDecoder();
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, timeout: 5_000 });
    socket.on('connect', () => socket.write(frameMessage(Buffer.from(message))));
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('close', () => resolve(false));
    socket.on('data', (chunk) => {
      for (const event of decoder.push(chunk)) {
        if (event.kind !== 'frame') continue;
        resolve(event.bytes.toString('latin1').includes(`\rMSA|CA|${control}`));
        socket.end();
      }
    });
  });
}
