import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEarlierResults } from '../../../server/core/recognition/findEarlierResults.ts';
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

test('what a panel would measure again is found inside other panels', async () => {
  const { ctx } = context;
  const measured = await ctx.db
    .selectFrom('orders as o')
    .innerJoin('orderItem as i', 'i.orderId', 'o.id')
    .select(['o.id', 'o.patientId', 'o.finalAt'])
    .where('o.status', '=', 'final')
    .where('i.code', '=', 'BMP')
    .orderBy('o.finalAt', 'desc')
    .executeTakeFirstOrThrow();
  const panels = { 'IN-BMP': ['K', 'NA'], 'PART-BMP': ['K', 'HBA1C'] };
  for (const [code, tests] of Object.entries(panels)) {
    await ctx.db
      .insertInto('catalogueItem')
      .values({ code, centerKind: 'lab', name: code, nameEn: code, itemClass: 'chemistry', price: 12 })
      .execute();
    await ctx.db
      .insertInto('labPanelTest')
      .values(tests.map((testCode) => ({ panelCode: code, testCode })))
      .execute();
  }
  const found = await findEarlierResults(
    ctx,
    ctx.db,
    measured.patientId!,
    ['BMP', ...Object.keys(panels)],
    new Date(measured.finalAt!.getTime() + 86_400_000),
  );
  expect(found).toMatchObject([
    { itemCode: 'BMP', sourceItemName: null, complete: true, recognized: true, orderId: measured.id },
    { itemCode: 'IN-BMP', complete: true, recognized: true, orderId: measured.id, price: 12 },
    { itemCode: 'PART-BMP', complete: false, recognized: false, orderId: measured.id },
  ]);
  expect(found[0]!.values.length).toBeGreaterThan(5);
  expect(found[1]!.sourceItemName).toContain('生化');
  expect(found[1]!.values.map((value) => value.name).sort()).toEqual(['钠', '钾']);
  expect(found[2]!.values).toMatchObject([{ name: '钾', unit: 'mmol/L' }]);
});
