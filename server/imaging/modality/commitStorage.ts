import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { settleStudy } from '../settleStudy.ts';

export interface CommittedInstance {
  sopClassUid: string;
  sopInstanceUid: string;
}

const NO_SUCH_OBJECT = 0x0112;
const CLASS_CONFLICT = 0x0119;

/**
 * Storage commitment (PS3.4 Annex J): which of the instances are durably kept. An instance counts when its row stands
 * and its bytes are in the store. Studies of which everything was committed are settled at once.
 */
export async function commitStorage(
  ctx: Context,
  actor: Actor,
  input: { institutionId: string; instances: readonly CommittedInstance[] },
): Promise<{ committed: CommittedInstance[]; failed: (CommittedInstance & { reason: number })[] }> {
  const uids = input.instances.map((instance) => instance.sopInstanceUid);
  const { rows } = await sql<{
    sopInstanceUid: string;
    sopClassUid: string;
    objectAddress: string;
    studyId: number;
  }>`
    select i.sop_instance_uid, i.sop_class_uid, i.object_address, se.study_id from instance i join series se on se.id = i.series_id join study st on st.id = se.study_id
    where i.sop_instance_uid = any(${uids}::text[]) and i.superseded_at is null and st.institution_id = ${input.institutionId}`.execute(
    ctx.db,
  );
  const known = new Map(rows.map((row) => [row.sopInstanceUid, row]));
  const committed: CommittedInstance[] = [];
  const failed: (CommittedInstance & { reason: number })[] = [];
  for (const { sopClassUid, sopInstanceUid } of input.instances) {
    const row = known.get(sopInstanceUid);
    const kept =
      row !== undefined &&
      (await ctx.objects.size(row.objectAddress).then(
        (size) => size > 0,
        () => false,
      ));
    if (!row || !kept) failed.push({ sopClassUid, sopInstanceUid, reason: NO_SUCH_OBJECT });
    else if (row.sopClassUid !== sopClassUid)
      failed.push({ sopClassUid, sopInstanceUid, reason: CLASS_CONFLICT });
    else committed.push({ sopClassUid, sopInstanceUid });
  }
  await recordAudit(ctx.db, actor, {
    action: 'storage.commit',
    detail: { committed: committed.length, failed: failed.length },
  });
  for (const studyId of new Set(rows.map((row) => row.studyId))) await settleIfWhole(ctx, studyId, known);
  return { committed, failed };
}

/** The device has said that it is done with what it lists; anything else of the study keeps it waiting for quiet. */
async function settleIfWhole(
  ctx: Context,
  studyId: number,
  known: ReadonlyMap<string, unknown>,
): Promise<void> {
  const rows = await ctx.db
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.seriesId')
    .select('instance.sopInstanceUid')
    .where('series.studyId', '=', studyId)
    .where('instance.supersededAt', 'is', null)
    .execute();
  if (rows.every((row) => known.has(row.sopInstanceUid))) await settleStudy(ctx, studyId, { now: true });
}
