import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { code, orm, Peer } from './helpers.ts';

let context: TestContext;
let child: ChildProcess | undefined;
let ended: Promise<unknown> = Promise.resolve();
beforeAll(async () => {
  context = await createContext({ county: true });
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await context?.close();
});

/** Starts the hub process on a port and waits until it listens. */
function start(port: number): Promise<number> {
  const { config, pool } = context.ctx;
  const url = (pool.options as { connectionString?: string }).connectionString ?? '';
  child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'hubProcess.ts'), url, config.dataDir, String(port)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  ended = new Promise((resolve) => child?.once('exit', resolve));
  return new Promise((resolve, reject) => {
    child?.once('exit', () => reject(new Error('the hub process ended')));
    child?.stdout?.on('data', (chunk: Buffer) => {
      const found = /listening (\d+)/.exec(chunk.toString());
      if (found) resolve(Number(found[1]));
    });
  });
}

test('kill -9 in the middle loses nothing and doubles nothing: a sender that retries has each message once', async () => {
  const port = await start(0);
  let connection: Peer | undefined;
  let kills = 0;
  let retries = 0;
  const total = 36;
  for (let n = 0; n < total; n++) {
    // Every message of every third patient uses the enhanced mode: there the commit answer is the promise.
    const message = Buffer.from(
      orm({ placer: `K${n}`, control: `KILL-${n}`, items: ['ECG-12'], msh: n % 3 === 0 ? 'AL|NE' : '|' }),
    );
    for (let answered = false; !answered;) {
      try {
        connection ??= await Peer.connect(port);
        const asked = connection.ask(message);
        if (kills < 2 && n === 12 + kills * 12) {
          kills++;
          setTimeout(() => child?.kill('SIGKILL'), Math.random() * 8);
          await asked.catch(() => undefined);
          await ended;
          await start(port);
          throw new Error('killed');
        }
        answered = ['AA', 'CA'].includes(code(await asked) ?? '');
        if (!answered) throw new Error('refused');
      } catch {
        retries++;
        connection?.close();
        connection = undefined;
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(retries).toBeLessThan(200);
      }
    }
  }
  connection?.close();
  expect(kills).toBe(2);
  const rows = () =>
    context.ctx.db
      .selectFrom('hl7Message')
      .select(['controlId', 'state'])
      .where('controlId', 'like', 'KILL-%')
      .execute();
  await expect
    .poll(async () => (await rows()).filter((row) => row.state !== 'accepted'), { timeout: 120_000 })
    .toEqual([]);
  expect(new Set((await rows()).map((row) => row.controlId)).size).toBe(total);
  expect(await rows()).toHaveLength(total);
  const orders = await context.ctx.db
    .selectFrom('orders')
    .select('placerOrderNumber')
    .where('placerOrderNumber', 'like', 'K%')
    .execute();
  expect(orders.map((row) => row.placerOrderNumber).sort()).toEqual(
    Array.from({ length: total }, (_, n) => `K${n}`).sort(),
  );
});
