import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { S3Settings } from '../../server/core/storage/s3Store.ts';

const tools = path.resolve(import.meta.dirname, '../../../shared/tools/s3');

/** Whether a real S3 server (Ceph's gateway) can be started here: the script and its packages are there. */
export const haveS3 =
  fs.existsSync(path.join(tools, 's3-up.sh')) &&
  ['radosgw', 'ceph-mon', 'ceph-osd'].every(
    (name) => spawnSync('which', [name], { stdio: 'ignore' }).status === 0,
  );

export interface TestS3 {
  settings: S3Settings;
  /** Ends the server; its objects stay. */
  down(): void;
  up(): void;
  remove(): void;
}

/** A real S3 server on loopback with a bucket of its own. */
export async function startS3(): Promise<TestS3> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 's3-'));
  const port = await freePort();
  const run = (script: string): string => {
    const done = spawnSync('bash', [path.join(tools, script), folder], {
      env: { ...process.env, S3_PORT: String(port), S3_SIZE: String(2 ** 31) },
      encoding: 'utf8',
      timeout: 90_000,
    });
    if (done.status !== 0) throw new Error(`${script}: ${done.stderr}`);
    return done.stdout;
  };
  const said = Object.fromEntries(
    run('s3-up.sh')
      .trim()
      .split('\n')
      .map((line) => line.split('=') as [string, string]),
  );
  return {
    settings: {
      endpoint: said.S3_ENDPOINT ?? '',
      bucket: 'hub-test',
      accessKey: said.S3_ACCESS_KEY ?? '',
      secretKey: said.S3_SECRET_KEY ?? '',
      region: said.S3_REGION ?? '',
    },
    down: () => void run('s3-down.sh'),
    up: () => void run('s3-up.sh'),
    remove() {
      run('s3-down.sh');
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The first of a hundred free ports: the server takes the ones behind it too. */
async function freePort(): Promise<number> {
  const base = 20_000 + (process.pid % 100) * 100;
  for (let port = base; port < base + 10_000; port += 100) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = net
        .createServer()
        .once('error', () => resolve(false))
        .listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error('no free port for the S3 server');
}
