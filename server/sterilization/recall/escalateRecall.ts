import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { announce } from '../../core/events/announce.ts';

const payload = z.object({ recallId: z.uuid(), minutes: z.number() });

/** Who hears next when a site has not acknowledged: duty doctor, head of the site, county duty office (as critical values). */
const STEPS: Record<number, string> = { 5: 'site-duty', 10: 'site-head', 15: 'duty-office' };

/** Job: reminds the sites that have not acknowledged a recall and says so to the next person of the ladder. */
export async function escalateRecall(ctx: Context, raw: Record<string, unknown>): Promise<void> {
  const { recallId, minutes } = payload.parse(raw);
  await ctx.db.transaction().execute(async (trx) => {
    const open = await trx
      .selectFrom('cssdRecallNotice')
      .innerJoin('cssdRecall', 'cssdRecall.id', 'cssdRecallNotice.recallId')
      .select([
        'cssdRecallNotice.institutionId',
        'cssdRecall.number',
        'cssdRecall.centerId',
        'cssdRecallNotice.packs',
      ])
      .where('recallId', '=', recallId)
      .where('acknowledgedAt', 'is', null)
      .forUpdate('cssdRecallNotice')
      .execute();
    if (open.length === 0) return;
    await trx
      .insertInto('notification')
      .values(
        open.map((notice) => ({
          institutionId: notice.institutionId,
          kind: 'sterilization.recall-unacknowledged',
          body: JSON.stringify({
            recallId,
            number: notice.number,
            packs: notice.packs,
            minutes,
            step: STEPS[minutes] ?? 'duty-office',
          }),
          createdAt: ctx.clock.now(),
        })),
      )
      .execute();
    await trx
      .updateTable('cssdRecallNotice')
      .set({ escalatedAt: ctx.clock.now() })
      .where('recallId', '=', recallId)
      .where('acknowledgedAt', 'is', null)
      .execute();
    await announce(trx, {
      kind: 'sterilization.recall',
      centerKind: 'sterilization',
      institutionIds: open.map((notice) => notice.institutionId),
      ...(open[0] && { reportingInstitutionId: open[0].centerId }),
      data: { recallId, escalated: minutes },
    });
  });
  ctx.bell.ring();
}
