import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { own } from '../../../../server/core/threads/answerTasks.ts';
import { gather } from '../../../../server/core/threads/gather.ts';
import { threadPool, type PoolSettings } from '../../../../server/core/threads/threadPool.ts';

type Task =
  | { say: unknown }
  | { wait: number; say: unknown }
  | { throw: unknown }
  | { fill: number }
  | { thread: true };
const folder = mkdtempSync(path.join(tmpdir(), 'threads-'));
const script = (name: string, text: string) => {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return pathToFileURL(file);
};
const worker = script(
  'worker.mjs',
  `import { answerTasks } from ${JSON.stringify(path.resolve('server/core/threads/answerTasks.ts'))};
import { threadId } from 'node:worker_threads';
class Refused extends Error { at = 7; where = 'here'; deep = { secret: 1 }; }
answerTasks(async (task) => {
  if (task.thread) return { result: threadId };
  if (task.fill) { const held = []; for (let n = 0; n < task.fill; n++) held.push(Array(100_000).fill(Math.random())); return { result: held.length }; }
  if (task.wait) await new Promise((resolve) => setTimeout(resolve, task.wait));
  if ('throw' in task) throw task.throw === 'class' ? new Refused('no', { cause: new Error('below') }) : task.throw;
  return { result: task.say };
});`,
);
afterAll(() => rmSync(folder, { recursive: true }));
const pool = (more: Partial<PoolSettings> = {}) =>
  threadPool<Task>({ script: worker, size: 1, memoryMb: 64, mostMs: 60_000, ...more });

describe('a task', () => {
  test('that throws something that is no error fails all the same, with what it threw', async () => {
    await expect(pool().run({ throw: 'words' })).rejects.toThrow('words');
    await expect(pool().run({ throw: null })).rejects.toThrow('null');
  });

  test('that throws a class of its own tells name and plain facts, not what lies below', async () => {
    let told: unknown;
    const own = pool({ errorOf: (fault) => ((told = fault), new Error(fault.message)) });
    await expect(own.run({ throw: 'class' })).rejects.toThrow('no');
    expect(told).toEqual({ name: 'Refused', message: 'no', more: { at: 7, where: 'here' } });
  });

  test('that wants more memory than the thread has fails alone', async () => {
    const small = pool({ memoryMb: 16 });
    await expect(small.run({ fill: 100_000 })).rejects.toThrow('the thread stopped');
    expect(await small.run({ say: 'still here' })).toBe('still here');
  });

  test('waits its turn: one thread does them one after another, in order', async () => {
    const one = pool();
    const order: unknown[] = [];
    await Promise.all(
      [30, 1, 1].map((wait, n) => one.run({ wait, say: n }).then((result) => order.push(result))),
    );
    expect(order).toEqual([0, 1, 2]);
  });

  test('behind one that is too slow is done by a new thread', async () => {
    const impatient = pool({ mostMs: 2_000 });
    const first = await impatient.run({ thread: true });
    const slow = expect(impatient.run({ wait: 60_000, say: 0 })).rejects.toThrow('the thread stopped');
    const next = impatient.run({ thread: true });
    await slow;
    expect(await next).not.toBe(first);
  });

  test('finds the threads that did the ones before: there are never more than were allowed', async () => {
    const three = pool({ size: 3 });
    const threads = () => Promise.all(Array.from({ length: 3 }, () => three.run({ wait: 50, say: 0 }).then(() => three.run({ thread: true })))); // prettier-ignore
    const used = new Set([...(await threads()), ...(await threads()), ...(await threads())]);
    expect(used.size).toBeLessThanOrEqual(3);
  });
});

test.each([
  ['that is not there', new URL('file:///no/such/thread.mjs')],
  ['that cannot be read', script('broken.mjs', 'this is no program')],
  ['that ends at once', script('ends.mjs', 'process.exit(0)')],
])('a thread %s fails its task with the cause, and the next as well', async (_what, broken) => {
  let causes = 0;
  const own = pool({
    script: broken,
    errorOf: (fault, cause) => (causes++, new Error(fault.name, { cause })),
  });
  await expect(own.run({ say: 1 })).rejects.toThrow('ThreadStopped');
  await expect(own.run({ say: 2 })).rejects.toThrow('ThreadStopped');
  expect(causes).toBe(2);
});

describe('bytes that are given away', () => {
  test('stand in a buffer of their own; what shares one is copied', () => {
    const shared = Buffer.from('small');
    expect(shared.buffer.byteLength).toBeGreaterThan(5);
    const alone = own(shared);
    expect([alone.buffer.byteLength, Buffer.from(alone).toString()]).toEqual([5, 'small']);
    const whole = new Uint8Array(10);
    expect(own(whole)).toBe(whole);
    expect(own(whole.subarray(2, 4)).buffer.byteLength).toBe(2);
  });

  test.each([
    [[], 0],
    [[0, 0], 0],
    [[4 * 1024 * 1024, 1], 4 * 1024 * 1024 + 1],
    [[3_000_000, 3_000_000, 3_000_000], 9_000_000],
  ])('of parts of %j bytes are gathered in order', async (lengths, total) => {
    const parts = lengths.map((length, n) => Buffer.alloc(length, n + 1));
    const whole = await gather(parts);
    expect(whole.byteLength).toBe(total);
    expect(Buffer.concat(parts).equals(Buffer.from(whole))).toBe(true);
  });
});
