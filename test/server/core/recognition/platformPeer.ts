import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

type Resource = Record<string, unknown>;

/** Another platform in a process of its own. */
export interface PlatformPeer {
  url: string;
  /** What it has of the person with this document number, from now on. */
  holds(number: string, resources: Resource[]): void;
  /** It takes questions and never answers them. */
  fallsSilent(silent: boolean): void;
  stop(): Promise<void>;
}

export async function startPlatformPeer(token: string): Promise<PlatformPeer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-platform-'));
  const file = path.join(folder, 'held.json');
  const held = { token, silent: false, patients: {} as Record<string, Resource[]> };
  const write = () => fs.writeFileSync(file, JSON.stringify(held));
  write();
  const peer = spawn(process.execPath, [path.join(import.meta.dirname, 'fhirPeer.mjs'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await firstLine(peer);
  return {
    url,
    holds(number, resources) {
      held.patients[number] = resources;
      write();
    },
    fallsSilent(silent) {
      held.silent = silent;
      write();
    },
    async stop() {
      if (peer.exitCode === null) {
        const ended = new Promise((resolve) => peer.once('exit', resolve));
        peer.kill('SIGKILL');
        await ended;
      }
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

const firstLine = (peer: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    peer.once('error', reject);
    peer.stdout?.once('data', (line: Buffer) => resolve(line.toString().trim()));
  });
