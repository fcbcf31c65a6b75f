import { SYSTEM } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import { repeatable } from './random.ts';
import { seedCases } from './seedCases.ts';
import { seedCatalogue } from './seedCatalogue.ts';
import { seedQuality } from './seedQuality.ts';

/** The demo laboratory: catalogue, analyzers, thirty days of controls, cases in every state, analyzers that run. */
export async function seedLabDemo(ctx: Context): Promise<void> {
  const random = repeatable(20261122);
  const laboratory = await ctx.db
    .selectFrom('center')
    .select('institutionId')
    .where('kind', '=', 'lab')
    .limit(1)
    .executeTakeFirstOrThrow();
  await ctx.db.transaction().execute(async (trx) => {
    await seedCatalogue(trx, laboratory.institutionId);
    await seedQuality(ctx, trx, random);
    await trx
      .insertInto('labAutoverificationRule')
      .values(
        ['NA', 'CL', 'HCT', 'MCV', 'TP', 'ALB'].map((testCode) => ({
          testCode,
          enabled: true,
          settings: JSON.stringify({ allowFlags: false, deltaPercent: 20 }),
        })),
      )
      .execute();
    await trx
      .insertInto('setting')
      .values({ key: 'lab.simulator', value: JSON.stringify({ on: true, by: SYSTEM.name }) })
      .onConflict((oc) => oc.doNothing())
      .execute();
  });
  await seedCases(ctx, random);
  await enqueue(ctx.db, { kind: 'lab.simulate', key: 'simulator' });
}
