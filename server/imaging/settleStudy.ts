import { sql } from 'kysely';
import { recordAudit } from '../core/audit/recordAudit.ts';
import type { Context } from '../core/context.ts';
import { crashPoint } from '../core/crashPoint.ts';
import type { Queryable } from '../core/database.ts';
import { enqueue } from '../core/jobs/enqueue.ts';
import { recordEvent } from '../core/order/recordEvent.ts';
import { flagLateInput } from '../core/order/flagLateInput.ts';
import { actorOfStudy, countStudy, lockStudy, ordersOfStudy } from './queries.ts';
import { quietSeconds } from './settings.ts';

/**
 * Ends the receiving of a study: when nothing has come for the quiet time, or at once (`now`) after a storage
 * commitment. The cases stop showing *receiving*, and what is derived from the series is put to work. Repeatable.
 */
export async function settleStudy(
  ctx: Context,
  studyId: number,
  options: { now?: boolean } = {},
): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    const study = await lockStudy(trx, studyId);
    if (!study) return;
    const quiet = await quietSeconds(trx);
    const last = await lastReceivedAt(trx, studyId);
    const restMs = last ? last.getTime() + quiet * 1_000 - ctx.clock.now().getTime() : 0;
    if (restMs > 0 && !options.now) {
      await enqueue(trx, {
        kind: 'imaging.settle',
        key: String(studyId),
        payload: { studyId },
        runAt: new Date(Date.now() + restMs + 50),
      });
      return;
    }
    const actor = await actorOfStudy(trx, study);
    const counts = await countStudy(trx, studyId);
    const already =
      study.state === 'settled' && study.settledAt !== null && (!last || last <= study.settledAt);
    if (already) return;
    await trx
      .updateTable('study')
      .set({ state: 'settled', settledAt: ctx.clock.now() })
      .where('id', '=', studyId)
      .execute();
    for (const order of await ordersOfStudy(trx, studyId)) {
      const signedBefore =
        order.finalAt &&
        last &&
        last > order.finalAt &&
        ['final', 'acknowledged', 'corrected'].includes(order.status);
      if (signedBefore && !order.lateInput)
        await flagLateInput(ctx, trx, actor, order, { studyInstanceUid: study.studyInstanceUid });
      const settled = await trx
        .updateTable('orders')
        .set({ receiving: false })
        .where('id', '=', order.id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordEvent(ctx, trx, actor, settled, {
        kind: 'input-settled',
        detail: { studyInstanceUid: study.studyInstanceUid, ...counts },
      });
    }
    await recordAudit(trx, actor, {
      action: 'study.settle',
      subjectType: 'study',
      subjectId: study.studyInstanceUid,
      detail: counts,
    });
    const series = await trx.selectFrom('series').select('id').where('studyId', '=', studyId).execute();
    for (const { id } of series)
      await enqueue(trx, { kind: 'imaging.derive', key: String(id), payload: { seriesId: id } });
    // An insert that had not committed when we looked is seen at a second look.
    await enqueue(trx, {
      kind: 'imaging.settle',
      key: `${studyId}-again`,
      payload: { studyId },
      runAt: new Date(Date.now() + 60_000),
    });
    crashPoint('study.settle.before-commit');
  });
  crashPoint('study.settle.after-commit');
  ctx.bell.ring();
}

/** Documents that the hub itself wrote into the study are no arrival. */
async function lastReceivedAt(db: Queryable, studyId: number): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date | null }>`
    select max((select max(i.received_at) from instance i where i.series_id = s.id and not exists (select from measurement_report m where m.sop_instance_uid = i.sop_instance_uid)
        and not exists (select from key_object_document k where k.sop_instance_uid = i.sop_instance_uid))) as at from series s where s.study_id = ${studyId}`.execute(
    db,
  );
  return rows[0]?.at ?? undefined;
}
