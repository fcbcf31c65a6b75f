import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedImagingDemo } from '../../../server/imaging/demo/seedDemo.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createContext({ county: true });
});
afterAll(() => context.close());

test('the demo county has imaging cases in every state, and seeding goes on where it was cut off', async () => {
  await seedImagingDemo(context.ctx);
  await seedImagingDemo(context.ctx);
  const rows = await context.ctx.db
    .selectFrom('orders')
    .select(['status', 'provisional', 'receiving', 'dueAt'])
    .where('centerKind', '=', 'imaging')
    .execute();
  const states = new Set(rows.map((row) => row.status));
  for (const state of [
    'requested',
    'received',
    'claimed',
    'preliminary',
    'final',
    'acknowledged',
    'corrected',
    'returned',
    'cancelled',
    'void',
  ] as const)
    expect(states, state).toContain(state);
  expect(rows.filter((row) => row.provisional)).toHaveLength(1);
  expect(rows.some((row) => row.receiving)).toBe(false);
  expect(
    rows.some((row) => row.status === 'received' && row.dueAt !== null && row.dueAt.getTime() < Date.now()),
  ).toBe(true);
  const queued = await context.ctx.db
    .selectFrom('unmatchedInput')
    .select('kind')
    .where('centerKind', '=', 'imaging')
    .execute();
  expect(queued.map((row) => row.kind).sort()).toEqual(['mismatch', 'no-order']);
  const ct = await context.ctx.db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.seriesId')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('series.modality', '=', 'CT')
    .groupBy('series.id')
    .execute();
  expect(Math.min(...ct.map((row) => Number(row.n)))).toBeGreaterThanOrEqual(60);
});
