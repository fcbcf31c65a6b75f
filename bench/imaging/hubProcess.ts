import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { seedCounty } from '../../db/demo/seedCounty.ts';
import type { Context } from '../../server/core/context.ts';
import { openContext } from '../../server/context.ts';
import { hubFlags } from '../../bin/setup.mjs';
import { readConfig } from '../../server/core/config.ts';

export interface HubProcess {
  /** Of the DICOM listener. */
  port: number;
  /** DICOMweb root. */
  base: string;
  /** Highest resident memory of the hub's process so far, bytes. */
  peakMemory(): number;
  close(): Promise<void>;
}

/** The real program with all roles and its own durable PostgreSQL, on a fresh folder with the demo county and nothing else. */
export async function startHubProcess(prepare?: (ctx: Context) => Promise<void>): Promise<HubProcess> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-bench-'));
  fs.chmodSync(folder, 0o755);
  const settings = {
    DATA_DIR: folder,
    PORT: '0',
    DIMSE_PORT: '0',
    MLLP_PORT: '0',
    LOG_LEVEL: 'error',
    HUB_DEMO: '0',
  };
  const seeding = await openContext(readConfig(settings), { exclusive: true });
  await seedCounty(seeding.ctx);
  await prepare?.(seeding.ctx);
  await seeding.close();
  const child = spawn(process.execPath, [...hubFlags, 'server/main.ts'], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { dimse: port, http } = await new Promise<{ dimse: number; http: number }>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /hub ready \S+ (\{.*\})/.exec(said)?.[1];
      if (ready !== undefined) resolve(JSON.parse(ready) as { dimse: number; http: number });
    });
    child.once('exit', () => reject(new Error(`the hub did not start: ${said}`)));
  });
  return {
    port,
    base: `http://127.0.0.1:${http}/dicom-web`,
    peakMemory: () => peakMemory(child.pid ?? 0),
    async close() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function peakMemory(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
