import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { gather } from '../../../../server/core/threads/gather.ts';
import { threadPool } from '../../../../server/core/threads/threadPool.ts';

interface Task {
  do: 'add' | 'fail' | 'die' | 'hang';
  numbers?: Float64Array;
}

const folder = mkdtempSync(path.join(tmpdir(), 'threads-'));
const script = path.join(folder, 'thread.mjs');
writeFileSync(
  script,
  `import { answerTasks } from ${JSON.stringify(path.resolve('server/core/threads/answerTasks.ts'))};
class Odd extends Error { reason = 'odd'; }
answerTasks((task) => {
  if (task.do === 'fail') throw new Odd('no');
  if (task.do === 'die') process.exit(3);
  if (task.do === 'hang') for (;;);
  return { result: task.numbers.reduce((a, b) => a + b, 0) };
});`,
);
afterAll(() => rmSync(folder, { recursive: true }));

const poolOf = (mostMs = 60_000) =>
  threadPool<Task>({
    script: pathToFileURL(script),
    size: 2,
    memoryMb: 64,
    mostMs,
    errorOf: ({ name, message, more }) => new Error(`${name}: ${message} ${JSON.stringify(more)}`),
  });

describe('threads that compute', () => {
  test('many tasks share few threads, and what is handed over is gone', async () => {
    const pool = poolOf();
    const numbers = Float64Array.of(1, 2, 3);
    expect(await pool.run({ do: 'add', numbers }, [numbers.buffer])).toBe(6);
    expect(numbers.length).toBe(0);
    const sums = await Promise.all(
      Array.from({ length: 20 }, (_, i) => pool.run({ do: 'add', numbers: Float64Array.of(i, 1) })),
    );
    expect(sums).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test('a fault keeps its class by name and what it says', async () => {
    await expect(poolOf().run({ do: 'fail' })).rejects.toThrow('Odd: no {"reason":"odd"}');
  });

  test('a thread that dies or takes too long fails its task alone; the next task has a new one', async () => {
    const pool = poolOf(6_000);
    await expect(pool.run({ do: 'die' })).rejects.toThrow('ThreadStopped');
    const hanging = expect(pool.run({ do: 'hang' })).rejects.toThrow('ThreadStopped');
    expect(await pool.run({ do: 'add', numbers: Float64Array.of(4) })).toBe(4);
    await hanging;
    expect(await pool.run({ do: 'add', numbers: Float64Array.of(5) })).toBe(5);
  });
});

test('parts are gathered in a buffer of their own', async () => {
  const shared = Buffer.from('abcdef');
  const whole = await gather([shared.subarray(1, 3), Buffer.alloc(0), shared.subarray(4)]);
  expect(Buffer.from(whole).toString()).toBe('bcef');
  expect(whole.byteLength).toBe(whole.buffer.byteLength);
  const long = Buffer.alloc(9 * 1024 * 1024, 7);
  expect(Buffer.compare(await gather([long, shared]), Buffer.concat([long, shared]))).toBe(0);
});
