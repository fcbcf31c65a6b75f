import { SYSTEM } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import { actorOfStaff } from '../../core/access/actorOfStaff.ts';
import { seedRounds } from './seedRounds.ts';
import { repeatable } from './random.ts';
import { seedCases } from './seedCases.ts';
import { seedCatalogue } from './seedCatalogue.ts';
import { seedQuality } from './seedQuality.ts';

/** Tests whose rules let an unremarkable blood count and clotting through to the signature. */
const RULED = [
  'WBC',
  'RBC',
  'HGB',
  'HCT',
  'MCV',
  'PLT',
  'NEUT%',
  'LYMPH%',
  'NA',
  'CL',
  'TP',
  'ALB',
  'PT',
  'INR',
  'APTT',
  'TT',
  'FIB',
];

/** The demo laboratory: catalogue, analyzers, thirty days of controls, cases in every state, analyzers that run. */
export async function seedLabDemo(ctx: Context): Promise<void> {
  const random = repeatable(20261122);
  const laboratory = await ctx.db
    .selectFrom('center')
    .select('institutionId')
    .where('kind', '=', 'lab')
    .limit(1)
    .executeTakeFirstOrThrow();
  const head = await actorOfStaff(ctx.db, 'head1');
  const technician = await actorOfStaff(ctx.db, 'lab1');
  await ctx.db.transaction().execute(async (trx) => {
    await seedCatalogue(trx, laboratory.institutionId);
    await seedQuality(ctx, trx, random, technician.id ?? undefined);
    await trx
      .insertInto('labAutoverificationRule')
      .values(
        RULED.map((testCode) => ({
          testCode,
          enabled: true,
          settings: JSON.stringify({
            allowFlags: testCode.endsWith('%'),
            deltaPercent: 30,
            stage: 'technical',
          }),
          updatedBy: head.id,
        })),
      )
      .execute();
    await trx
      .insertInto('setting')
      .values({ key: 'lab.simulator', value: JSON.stringify({ on: true, by: SYSTEM.name }) })
      .onConflict((oc) => oc.doNothing())
      .execute();
  });
  await seedRounds(ctx);
  await seedCases(ctx, random);
  await enqueue(ctx.db, { kind: 'lab.simulate', key: 'simulator' });
}
