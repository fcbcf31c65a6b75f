import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedLabDemo } from '../../../server/lab/demo/seedLabDemo.ts';
import { simulateAnalyzers } from '../../../server/lab/demo/simulateAnalyzers.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createContext({ county: true });
});
afterAll(() => context?.close());

test('the demo laboratory has cases in every state, thirty days of controls and running analyzers', async () => {
  const { ctx, clock } = context;
  await seedLabDemo(ctx);
  const rows = await ctx.db
    .selectFrom('orders')
    .select(['status', (eb) => eb.fn.countAll<number>().as('n')])
    .where('centerKind', '=', 'lab')
    .groupBy('status')
    .execute();
  const states = Object.fromEntries(rows.map((row) => [row.status, row.n]));
  expect(states).toMatchObject({
    requested: expect.any(Number),
    acquired: expect.any(Number),
    received: expect.any(Number),
    preliminary: 2,
    final: 7,
    cancelled: 1,
  });
  const tests = await ctx.db
    .selectFrom('labTest')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  expect(tests.n).toBeGreaterThanOrEqual(30);
  const critical = await ctx.db.selectFrom('criticalValue').select('finding').execute();
  expect(critical.map((row) => row.finding)).toContain('钾 6.51 mmol/L');

  const before = await ctx.db
    .selectFrom('labResult')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  clock.advance(30);
  await simulateAnalyzers(ctx);
  const after = await ctx.db
    .selectFrom('labResult')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  expect(after.n).toBeGreaterThan(before.n);
});
