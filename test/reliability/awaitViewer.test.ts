import { fork } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { makeFolder, removeFolder, servers } from './hubProcess.ts';

const folder = makeFolder();
afterAll(() => removeFolder(folder), 60_000);

/** The hub as `npm start` runs it while the browser application is being built. */
function startBeside() {
  const hub = fork('server/main.ts', ['--await-viewer'], {
    cwd: path.join(import.meta.dirname, '../..'),
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DIMSE_PORT: '0',
      MLLP_PORT: '0',
      DATA_DIR: folder,
      HUB_DEMO: '0',
      LOG_LEVEL: 'fatal',
    },
    silent: true,
  });
  let stdout = '';
  let stderr = '';
  hub.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  hub.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => hub.once('exit', resolve));
  return { hub, ended, stdout: () => stdout, stderr: () => stderr };
}

test('the hub says that it is ready when the browser application stands, not before', async () => {
  const { hub, ended, stdout } = startBeside();
  await expect.poll(() => servers(folder).length, { timeout: 60_000 }).toBe(1);
  await sleep(4_000); // by then it would have been ready long ago
  expect(stdout()).toBe('');
  hub.send('viewer-built');
  await expect.poll(stdout, { timeout: 60_000 }).toMatch(/^hub ready http/);
  hub.disconnect();
  hub.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('a build that failed ends the start with one sentence, and the database is not left behind', async () => {
  const { hub, ended, stdout, stderr } = startBeside();
  hub.disconnect();
  expect(await ended).toBe(1);
  expect(stderr()).toBe('The browser application was not built: see above, then call npm start again.\n');
  expect(stdout()).toBe('');
  expect(servers(folder)).toEqual([]);
});

test('SIGTERM while it waits for the build: it ends by itself', async () => {
  const { hub, ended } = startBeside();
  await expect.poll(() => servers(folder).length, { timeout: 60_000 }).toBe(1);
  hub.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(servers(folder)).toEqual([]);
});
