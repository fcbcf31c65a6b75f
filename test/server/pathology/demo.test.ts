import { afterAll, beforeAll, expect, test } from 'vitest';
import { workOnce } from '../../../server/core/jobs/worker.ts';
import { demoCases } from '../../../server/pathology/demo/demoCases.ts';
import { drawDemoSlide, seedPathology } from '../../../server/pathology/demo/seedPathology.ts';
import type { TestContext } from '../../helpers/hub.ts';
import { createContext } from '../../helpers/hub.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createContext({ county: true });
});
afterAll(() => context.close());

test('the demo cases are made by the real operations, their slides stated as synthetic', async () => {
  const { ctx } = context;
  await seedPathology(ctx);
  const cases = await ctx.db
    .selectFrom('pathologyCase')
    .innerJoin('orders', 'orders.id', 'orderId')
    .select(['kind', 'status', 'stage'])
    .orderBy('orders.createdAt')
    .execute();
  expect(cases).toHaveLength(demoCases.length);
  expect(cases.map(({ status }) => status).sort()).toEqual([
    'final',
    'received',
    'received',
    'received',
    'received',
    'requested',
    'returned',
  ]);
  const images = await ctx.db.selectFrom('slideImage').select(['state', 'synthetic', 'stain']).execute();
  expect(images).toEqual([{ state: 'ready', synthetic: true, stain: 'HE' }]);
  // one of the slides that the worker draws; the same job again draws nothing
  await ctx.db.deleteFrom('job').where('kind', '!=', 'pathology.demo-slide').execute();
  const job = await ctx.db.selectFrom('job').select('payload').orderBy('id').executeTakeFirstOrThrow();
  await workOnce(ctx, { 'pathology.demo-slide': drawDemoSlide });
  await drawDemoSlide(ctx, job.payload as Record<string, unknown>);
  expect(await ctx.db.selectFrom('slideImage').select('id').execute()).toHaveLength(2);
});
