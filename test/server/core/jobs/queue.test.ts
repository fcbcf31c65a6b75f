import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enqueue } from '../../../../server/core/jobs/enqueue.ts';
import { releaseAbandonedJobs } from '../../../../server/core/jobs/releaseAbandonedJobs.ts';
import { startWorker, workOnce, type JobHandler } from '../../../../server/core/jobs/worker.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createContext();
});
afterAll(() => context?.close());
beforeEach(() => context.ctx.db.deleteFrom('job').execute());

const jobs = () => context.ctx.db.selectFrom('job').selectAll().orderBy('id').execute();
const put = (job: Partial<Parameters<typeof enqueue>[1]> = {}) =>
  enqueue(context.ctx.db, { kind: 'test', ...job });
const work = (handlers: Record<string, JobHandler>, lockSeconds?: number) =>
  workOnce(context.ctx, handlers, lockSeconds);
const change = (assignment: string) => context.ctx.pool.query(`update job set ${assignment}`);
/** What the clock of the database says. */
const now = async () =>
  Number((await context.ctx.pool.query<{ at: Date }>('select clock_timestamp() as at')).rows[0]?.at);
const hour = (count: number) => new Date(Date.now() + count * 3_600_000);
const fail: JobHandler = () => Promise.reject(new Error('the printer is out of paper'));

describe('work that waits', () => {
  test('stands once under its key with what was said last, at the later of the times', async () => {
    const [soon, late] = [hour(1), hour(2)];
    await put({ key: 'a', payload: { n: 1 }, runAt: soon });
    await put({ key: 'a', payload: { n: 2 }, runAt: late });
    await put({ key: 'a', payload: { n: 3 }, runAt: soon });
    expect(await jobs()).toMatchObject([{ payload: { n: 3 }, runAt: late, state: 'waiting' }]);
    await Promise.all(Array.from({ length: 6 }, (_, n) => put({ key: 'a', payload: { n }, runAt: late })));
    expect(await jobs()).toHaveLength(1);
  });

  test('of another kind, under another key or none, stands beside it', async () => {
    await put({ key: 'a' });
    await put({ key: 'b' });
    await put({ kind: 'other', key: 'a' });
    await put();
    await put();
    expect((await jobs()).map(({ kind, key }) => [kind, key])).toEqual([
      ['test', 'a'],
      ['test', 'b'],
      ['other', 'a'],
      ['test', null],
      ['test', null],
    ]);
  });

  test('is asked for by the transaction: rolled back, it was never there', async () => {
    const refused = context.ctx.db.transaction().execute(async (trx) => {
      await enqueue(trx, { kind: 'test', key: 'never' });
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await jobs()).toEqual([]);
  });

  test('is asked for anew beside the same work that has failed for good', async () => {
    await put({ key: 'a' });
    await change("state = 'failed'");
    await put({ key: 'a' });
    expect((await jobs()).map(({ state }) => state)).toEqual(['failed', 'waiting']);
  });
});

describe('a worker', () => {
  test('takes what is due, the oldest first, and only kinds that it knows', async () => {
    const done: unknown[] = [];
    const handlers = { test: (_: unknown, payload: unknown) => Promise.resolve(void done.push(payload)) };
    await put({ payload: { n: 2 }, runAt: hour(-1) });
    await put({ payload: { n: 1 }, runAt: hour(-2) });
    await put({ payload: { n: 3 }, runAt: hour(1) });
    await put({ kind: 'unknown', payload: { n: 0 }, runAt: hour(-3) });
    while (await work(handlers));
    expect(done).toEqual([{ n: 1 }, { n: 2 }]);
    expect((await jobs()).map(({ payload }) => payload)).toEqual([{ n: 3 }, { n: 0 }]);
  });

  test('shares the queue with others: forty pieces of work by six are done once each', async () => {
    const done: number[] = [];
    for (let n = 0; n < 40; n++) await put({ payload: { n } });
    const handlers = {
      test: async (_: unknown, { n }: Record<string, unknown>) => {
        await context.ctx.pool.query('select 1');
        done.push(n as number);
      },
    };
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        while (await work(handlers));
      }),
    );
    expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(await jobs()).toEqual([]);
  });

  test('takes nothing that another has taken, until its lock runs out because that one was killed', async () => {
    await put();
    await change("locked_until = now() + interval '1 minute', attempts = 1");
    const done: number[] = [];
    const handlers = { test: () => Promise.resolve(void done.push(1)) };
    expect(await work(handlers)).toBe(false);
    await change("locked_until = now() - interval '1 second'");
    expect(await work(handlers)).toBe(true);
    expect([done, await jobs()]).toEqual([[1], []]);
  });

  test.each([
    [1, 2],
    [2, 4],
    [3, 8],
    [6, 64],
    [7, 128],
  ])('tries work that failed for the %i. time again after %i seconds, and says why it failed', async (attempt, seconds) => {
    await put();
    await change(`attempts = ${attempt - 1}`);
    const before = await now();
    expect(await work({ test: fail })).toBe(true);
    const [job] = await jobs();
    expect(Number(job?.runAt)).toBeGreaterThanOrEqual(before + seconds * 1_000);
    expect(Number(job?.runAt)).toBeLessThanOrEqual((await now()) + seconds * 1_000);
    expect(await jobs()).toMatchObject([
      { state: 'waiting', attempts: attempt, lockedUntil: null, lastError: 'the printer is out of paper' },
    ]);
    await change("run_at = now() + interval '1 minute'");
    expect(await work({ test: fail }), 'not before').toBe(false);
  }); // prettier-ignore

  test('gives up after the eighth time: the work stays to be looked at and is not taken again', async () => {
    await put({ payload: { n: 1 } });
    for (let n = 0; n < 8; n++) {
      await change('run_at = now()');
      expect(await work({ test: fail })).toBe(true);
    }
    await change('run_at = now()');
    expect(await work({ test: fail })).toBe(false);
    expect(await jobs()).toMatchObject([{ state: 'failed', attempts: 8, payload: { n: 1 } }]);
  });

  test.each([
    ['words instead of an error', '纸张用完', '纸张用完'],
    ['an error of 3,000 characters', new Error('x'.repeat(3_000)), 'x'.repeat(2_000)],
  ])('keeps %s', async (_what, thrown, kept) => {
    await put();
    await work({ test: () => Promise.reject(thrown) });
    expect((await jobs())[0]?.lastError).toBe(kept);
  });

  test('forgets earlier failures of work that was asked for again while it ran and then went well', async () => {
    await put({ key: 'again' });
    await change('attempts = 5');
    await work({ test: () => put({ key: 'again', payload: { n: 2 }, runAt: hour(1) }) });
    expect(await jobs()).toMatchObject([{ attempts: 0, lockedUntil: null, payload: { n: 2 } }]);
  });
});

describe('after a crash', () => {
  const after = async (databaseUrl: string | undefined) => {
    await put({ key: 'taken' });
    await change("locked_until = now() + interval '2 minutes'");
    await put({ key: 'given up' });
    await context.ctx.pool.query("update job set state = 'failed', locked_until = now() where key = 'given up'");
    const { config, ...rest } = context.ctx;
    const { databaseUrl: _, ...alone } = config;
    await releaseAbandonedJobs({
      ...rest,
      config: { ...alone, ...(databaseUrl !== undefined && { databaseUrl }) } as typeof config,
    });
    return (await jobs()).map(({ key, lockedUntil }) => [key, lockedUntil === null]);
  }; // prettier-ignore

  test('a hub that is alone on its database takes at once what was in hand', async () => {
    expect(await after(undefined)).toEqual([
      ['taken', true],
      ['given up', false],
    ]);
  });

  test('one of several does not: another may be working on it', async () => {
    expect(await after('postgres://shared/hub')).toEqual([
      ['taken', false],
      ['given up', false],
    ]);
  });
});

describe('a running worker', () => {
  test('does what is put before it while it runs, two at a time, and ends when that in hand is done', async () => {
    let atOnce = 0;
    let most = 0;
    const done: unknown[] = [];
    const open: (() => void)[] = [];
    const handlers: Record<string, JobHandler> = {
      test: async (_, { n }) => {
        most = Math.max(most, ++atOnce);
        await new Promise<void>((resolve) => open.push(resolve));
        atOnce -= 1;
        done.push(n);
      },
    };
    const worker = startWorker(context.ctx, handlers, []);
    for (let n = 0; n < 4; n++) await put({ payload: { n } });
    context.ctx.bell.ring();
    await expect.poll(() => open.length).toBe(2);
    const closed = worker.close();
    for (const finish of open) finish();
    await closed;
    expect([most, done.length, (await jobs()).length]).toEqual([2, 2, 2]);
  });

  test('goes on after a task that failed, runs none twice at once, and none after its end', async () => {
    const runs: string[] = [];
    let finish = () => {};
    const worker = startWorker(context.ctx, {}, [
      { name: 'bad', everySeconds: 0.01, run: () => (runs.push('bad'), Promise.reject(new Error('no'))) },
      {
        name: 'long',
        everySeconds: 0.01,
        run: () => (runs.push('long'), new Promise<void>((resolve) => (finish = resolve))),
      },
    ]);
    await expect.poll(() => runs.filter((name) => name === 'bad').length).toBeGreaterThan(3);
    expect(runs.filter((name) => name === 'long')).toHaveLength(1);
    const closed = worker.close();
    finish();
    await closed;
    const before = runs.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(runs.length).toBe(before);
  });
});
