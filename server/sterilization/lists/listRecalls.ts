import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { readScope } from '../access.ts';
import { describeRecall } from '../recall/describeRecall.ts';

/** Recalls, newest first; a site sees those that concern it. */
export async function listRecalls(ctx: Pick<Context, 'db'>, actor: Actor) {
  const scope = await readScope(ctx.db, actor);
  const where = scope.centerId
    ? sql<boolean>`r.center_id = ${scope.centerId}`
    : scope.institutionId
      ? sql<boolean>`exists (select from cssd_recall_notice n where n.recall_id = r.id and n.institution_id = ${scope.institutionId})`
      : sql<boolean>`true`;
  const { rows } = await sql<Record<string, unknown>>`
    select r.id, r.number, r.reason, m.code as machine, m.status as machine_status, r.raised_at, r.since, r.closed_at,
      (select count(*)::int from cssd_recall_item i where i.recall_id = r.id) as packs,
      (select count(*)::int from cssd_recall_item i where i.recall_id = r.id and i.outcome in ('pending', 'found')) as open,
      (select coalesce(sum(n.used_packs), 0)::int from cssd_recall_notice n where n.recall_id = r.id) as used,
      (select count(*)::int from cssd_recall_notice n where n.recall_id = r.id and n.acknowledged_at is null) as unacknowledged
    from cssd_recall r join cssd_machine m on m.id = r.machine_id where ${where} order by r.raised_at desc limit 100`.execute(
    ctx.db,
  );
  return { items: rows, nextCursor: null };
}

/** One recall; a site sees its own packs, patients and notice only. Names of patients are read, so it is audited. */
export async function readRecall(ctx: Pick<Context, 'db'>, actor: Actor, id: string) {
  const scope = await readScope(ctx.db, actor);
  const recall = await describeRecall(ctx.db, id, scope.institutionId);
  if (scope.centerId && recall.centerId !== scope.centerId) throw notFound('recall', id);
  if (scope.institutionId && recall.notices.length === 0) throw notFound('recall', id);
  const { rows: blocks } = await sql<Record<string, unknown>>`
    select b.id, b.reason, b.required_process, b.required_bowie_dick, b.blocked_at, b.returned_at,
      coalesce((select jsonb_agg(jsonb_build_object('kind', t.kind, 'outcome', t.outcome, 'at', t.at, 'load', l.number) order by t.id) from cssd_machine_trial t join cssd_load l on l.id = t.load_id where t.block_id = b.id), '[]') as trials
    from cssd_machine_block b where b.machine_id = ${recall.machineId} and (b.recall_id = ${id} or b.returned_at is null) order by b.blocked_at`.execute(
    ctx.db,
  );
  await recordAudit(ctx.db, actor, {
    action: 'sterilization.recall-read',
    subjectType: 'cssd-recall',
    subjectId: id,
    detail: { patients: recall.patients.length },
  });
  return { ...recall, blocks };
}
