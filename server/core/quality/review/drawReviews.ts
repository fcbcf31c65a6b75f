import { sql } from 'kysely';
import type { CenterKind } from '../../../../db/types.ts';
import { personId, requirePermission, type Actor } from '../../access/actor.ts';
import { recordAudit } from '../../audit/recordAudit.ts';
import type { Context } from '../../context.ts';

const LOCK = 727_016;

/** Draws signed reports for blind second reading, at random within the rule; what was drawn before is not drawn again. */
export async function drawReviews(
  ctx: Context,
  actor: Actor,
  rule: {
    center: CenterKind;
    count: number;
    from: string;
    to: string;
    institutionId?: string | undefined;
    readerId?: string | undefined;
    modality?: string | undefined;
    correctedOnly?: boolean | undefined;
    readings: number;
  },
): Promise<{ batch: string; drawn: number }> {
  requirePermission(actor, 'quality.review');
  const batch = `${rule.center}-${ctx.clock.now().toISOString().slice(0, 19)}`;
  const drawn = await ctx.db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx); // two that draw at once draw different reports
    const { numAffectedRows } =
      await sql`insert into quality_review (batch, order_id, signed_report_id, drawn_by, rule, readings_wanted)
      select ${batch}, o.id, s.id, ${personId(actor)}, ${JSON.stringify(rule)}, ${rule.readings}::int from orders o join lateral (select * from signed_report s where s.order_id = o.id and s.state = 'valid' order by s.number desc limit 1) s on true
      where o.center_kind = ${rule.center}::center_kind and o.final_at >= ${`${rule.from}T00:00:00+08:00`}::timestamptz and o.final_at < ${`${rule.to}T00:00:00+08:00`}::timestamptz + interval '1 day' and not exists (select 1 from quality_review q where q.signed_report_id = s.id)
        and ${rule.institutionId ? sql`o.performing_institution_id = ${rule.institutionId}` : sql`true`} and ${rule.readerId ? sql`s.reporter_id = ${rule.readerId}` : sql`true`} and ${rule.modality ? sql`o.modality = ${rule.modality}` : sql`true`} and ${rule.correctedOnly ? sql`s.kind = 'correction'` : sql`true`}
      order by random() limit ${rule.count}`.execute(trx);
    await recordAudit(trx, actor, {
      action: 'quality.draw',
      subjectType: 'review-batch',
      subjectId: batch,
      detail: { ...rule, drawn: Number(numAffectedRows ?? 0n) },
    });
    return Number(numAffectedRows ?? 0n);
  });
  return { batch, drawn };
}
