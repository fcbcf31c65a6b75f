import { personId, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';

/**
 * After an early implant release the user is told the biological result when it comes: every site that holds or used a
 * pack of the load gets a notice, and the follow-up is closed with who told whom.
 */
export async function closeFollowUps(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  loadId: string,
  indicatorId: string,
  outcome: 'pass' | 'fail',
): Promise<void> {
  const open = await trx
    .selectFrom('cssdReleaseFollowUp')
    .innerJoin('cssdRelease', 'cssdRelease.id', 'cssdReleaseFollowUp.releaseId')
    .select('cssdRelease.id')
    .where('cssdRelease.loadId', '=', loadId)
    .where('cssdReleaseFollowUp.reportedAt', 'is', null)
    .executeTakeFirst();
  if (!open) return;
  const sites = await trx
    .selectFrom('cssdPack')
    .innerJoin('institution', 'institution.id', 'cssdPack.locationId')
    .select(['institution.id', 'institution.shortName'])
    .distinct()
    .where('cssdPack.loadId', '=', loadId)
    .execute();
  const load = await trx
    .selectFrom('cssdLoad')
    .select('number')
    .where('id', '=', loadId)
    .executeTakeFirstOrThrow();
  const now = ctx.clock.now();
  if (sites.length > 0)
    await trx
      .insertInto('notification')
      .values(
        sites.map((site) => ({
          institutionId: site.id,
          kind: 'sterilization.early-release-result',
          body: JSON.stringify({ loadId, number: load.number, outcome }),
          createdAt: now,
        })),
      )
      .execute();
  await trx
    .updateTable('cssdReleaseFollowUp')
    .set({
      indicatorId,
      outcome,
      reportedAt: now,
      reportedBy: personId(actor),
      reportedTo: sites.map((site) => site.shortName).join('、') || '—',
    })
    .where('releaseId', '=', open.id)
    .execute();
}
