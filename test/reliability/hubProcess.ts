import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { seedCounty } from '../../db/demo/seedCounty.ts';
import { openContext } from '../../server/context.ts';
import { readConfig } from '../../server/core/config.ts';
import { openDatabase, type DatabaseHandle } from '../../server/core/database.ts';

const ROOT = path.join(import.meta.dirname, '../..');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A hub as it runs in the field: its own process, embedded durable PostgreSQL, files below a folder. */
export interface HubProcess {
  url: string;
  dimsePort: number;
  pid: number;
  /** From the start of the process to its ready line. */
  startMs: number;
  ended: Promise<Ended>;
  stop(signal: NodeJS.Signals): Promise<Ended>;
}

const running = new Set<ChildProcess>();

/** A folder that the database's own account may enter. */
export function makeFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-kill-'));
  fs.chmodSync(folder, 0o755);
  return folder;
}

const environment = (folder: string): Record<string, string> => ({
  PORT: '0',
  DIMSE_PORT: '0',
  MLLP_PORT: '0',
  DATA_DIR: folder,
  HUB_DEMO: '0',
  LOG_LEVEL: process.env.TEST_LOG ?? 'fatal',
});

/** Places, people and devices of the demo county without any case, as if a hub had run there before. */
export async function seedFolder(folder: string): Promise<void> {
  const { ctx, close } = await openContext(readConfig(environment(folder)), { exclusive: true });
  await seedCounty(ctx);
  await close();
}

/** Starts a process of the hub and waits until it says it is ready; undefined when it ended before. */
export async function startOrEnd(
  folder: string,
  env: Record<string, string> = {},
): Promise<{ hub?: HubProcess; ended: Promise<Ended> }> {
  const began = performance.now();
  const child = spawn(process.execPath, ['server/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...environment(folder), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, stdout, stderr });
    }),
  );
  const ready = new Promise<HubProcess | undefined>((resolve) => {
    void ended.then(() => resolve(undefined));
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      const line = /^hub ready (?:(\S+) )?(\{.*\})$/m.exec(stdout);
      if (!line) return;
      const bound = JSON.parse(line[2] ?? '{}') as { dimse: number };
      resolve({
        url: line[1] ?? '',
        dimsePort: bound.dimse,
        pid: child.pid ?? 0,
        startMs: Math.round(performance.now() - began),
        ended,
        async stop(signal) {
          child.kill(signal);
          return ended;
        },
      });
    });
  });
  const hub = await ready;
  return { ended, ...(hub && { hub }) };
}

export async function startHub(folder: string, env: Record<string, string> = {}): Promise<HubProcess> {
  const { hub, ended } = await startOrEnd(folder, env);
  if (!hub) throw new Error(`the hub did not start: ${JSON.stringify(await ended)}`);
  return hub;
}

/** Processes of PostgreSQL that say they serve this folder. */
export function servers(folder: string): number[] {
  const data = path.join(postgresHome(folder), 'pgdata');
  const found = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words[0]?.endsWith('/postgres') && words[2] === data;
      } catch {
        return false;
      }
    })
    .map(Number);
  // A connection's process carries its parent's command line for a moment.
  return found.filter((pid) => {
    const parent = parentOf(pid);
    return parent !== undefined && !found.includes(parent);
  });
}

/** The one server of this folder. Throws otherwise: a signal to "process 0" would reach everything around the test. */
export function serverOf(folder: string): number {
  const [server, ...others] = servers(folder);
  if (server === undefined || others.length > 0)
    throw new Error(
      `one PostgreSQL was expected on ${folder}, found: ${servers(folder).join(', ') || 'none'}`,
    );
  return server;
}

/** Undefined for a process that has ended meanwhile. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

export function postgresHome(folder: string): string {
  const home = path.join(folder, 'postgres');
  const link = path.join(home, 'LOCATION');
  return fs.existsSync(link) ? fs.readFileSync(link, 'utf8').trim() : home;
}

/** The embedded database, beside the hub or after its end. */
export function openEmbedded(folder: string): DatabaseHandle {
  const home = postgresHome(folder);
  const password = fs.readFileSync(path.join(home, 'superuser.password'), 'utf8').trim();
  const port = fs.readFileSync(path.join(home, 'pgdata/postmaster.pid'), 'utf8').split('\n')[3];
  return openDatabase(`postgres://postgres:${password}@127.0.0.1:${port}/hub`, { max: 2 });
}

/** `hub <arguments>` on the folder. */
export function command(folder: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['server/commands/main.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...environment(folder), LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
}

/** Ends what still runs on the folder and removes it. */
export async function removeFolder(folder: string): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  for (const pid of servers(folder)) process.kill(pid, 'SIGQUIT');
  for (let i = 0; i < 100 && servers(folder).length > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** One step of a small seeded generator (mulberry32), 0 to 1. */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
