import { afterAll, beforeAll, expect, test } from 'vitest';
import { enqueue } from '../../../../server/core/jobs/enqueue.ts';
import { workOnce } from '../../../../server/core/jobs/worker.ts';
import { createContext, type TestContext } from '../../../helpers/hub.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createContext();
});
afterAll(() => context?.close());

const jobs = () =>
  context.ctx.db
    .selectFrom('job')
    .select(['key', 'attempts', 'lockedUntil'])
    .where('kind', '=', 'test')
    .execute();

test('work that asks for itself later while it runs is done again then; work that does not is gone', async () => {
  const { ctx } = context;
  let runs = 0;
  const handlers = {
    test: async () => {
      runs += 1;
      if (runs === 1)
        await enqueue(ctx.db, { kind: 'test', key: 'again', runAt: new Date(Date.now() + 3_600_000) });
    },
  };
  await enqueue(ctx.db, { kind: 'test', key: 'again' });
  expect(await workOnce(ctx, handlers)).toBe(true);
  expect(await jobs()).toEqual([{ key: 'again', attempts: 0, lockedUntil: null }]);
  expect(await workOnce(ctx, handlers)).toBe(false);
  await ctx.pool.query("update job set run_at = now() where kind = 'test'");
  expect(await workOnce(ctx, handlers)).toBe(true);
  expect(runs).toBe(2);
  expect(await jobs()).toEqual([]);
});

test('work that lasts longer than its lock is not taken a second time', async () => {
  const { ctx } = context;
  let finish = () => {};
  const handlers = { test: () => new Promise<void>((resolve) => (finish = resolve)) };
  await enqueue(ctx.db, { kind: 'test', key: 'long' });
  const long = workOnce(ctx, handlers, 1);
  for (let n = 0; n < 12; n++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await workOnce(ctx, handlers, 1)).toBe(false);
  }
  finish();
  expect(await long).toBe(true);
  expect(await jobs()).toEqual([]);
});
