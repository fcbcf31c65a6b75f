import { sql } from 'kysely';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { announce } from '../../core/events/announce.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import { blockMachine } from '../machine/blockMachine.ts';
import { localDay } from '../rules/expiry.ts';
import { nextNumber } from '../site/declareReturn.ts';
import { recallPacks } from './recallPacks.ts';

export interface RecallCause {
  centerId: string;
  machineId: string;
  /** The load that failed: its time bounds the search for the last passed indicator. */
  loadId: string;
  reason: 'biological' | 'bowie-dick' | 'other';
  indicatorId?: string;
  testId?: string;
  decision: string;
}

export interface RaisedRecall {
  id: string;
  number: string;
  recalled: number;
  used: number;
  sites: number;
}

/** Escalation of an unacknowledged recall, as for critical values: after 5, 10 and 15 minutes. */
export const RECALL_LADDER_MINUTES = [5, 10, 15] as const;

/**
 * In one transaction: machine blocked, every unused pack since the last passed biological indicator recalled, every
 * holder told (to be acknowledged like a critical value), patients of used packs counted per site.
 */
export async function raiseRecall(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  cause: RecallCause,
): Promise<RaisedRecall> {
  const now = ctx.clock.now();
  const machine = await trx
    .selectFrom('cssdMachine')
    .selectAll()
    .where('id', '=', cause.machineId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const since = await lastPassed(trx, cause.machineId, cause.loadId);
  const number = await nextNumber(trx, 'RC', 'cssd_recall_number', localDay(now));
  const recall = await trx
    .insertInto('cssdRecall')
    .values({
      number,
      centerId: cause.centerId,
      machineId: cause.machineId,
      reason: cause.reason,
      indicatorId: cause.indicatorId ?? null,
      testId: cause.testId ?? null,
      decision: cause.decision,
      lastPassLoadId: since?.loadId ?? null,
      since: since?.startedAt ?? null,
      raisedAt: now,
      raisedBy: personId(actor),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const result = await recallPacks(trx, {
    recallId: recall.id,
    machineId: cause.machineId,
    since: since?.startedAt ?? null,
    actorId: personId(actor),
    centerId: cause.centerId,
    at: now,
  });
  if (cause.reason === 'biological' && !(await hasOpenBlock(trx, machine.id, 'biological')))
    await blockMachine(ctx, trx, actor, machine, {
      reason: 'biological',
      recallId: recall.id,
      note: '',
      requiredProcess: 3,
      requiredBowieDick: 0,
    });
  await recordAudit(trx, actor, {
    action: 'sterilization.recall',
    subjectType: 'cssd-recall',
    subjectId: recall.id,
    detail: { number, ...result },
  });
  const { rows: notices } = await sql<{ institutionId: string; packs: number; usedPacks: number }>`
    select institution_id, packs, used_packs from cssd_recall_notice where recall_id = ${recall.id}`.execute(
    trx,
  );
  if (notices.length > 0)
    await trx
      .insertInto('notification')
      .values(
        notices.map((notice) => ({
          institutionId: notice.institutionId,
          kind: 'sterilization.recall',
          body: JSON.stringify({ recallId: recall.id, number, packs: notice.packs, used: notice.usedPacks }),
          createdAt: now,
        })),
      )
      .execute();
  await announce(trx, {
    kind: 'sterilization.recall',
    centerKind: 'sterilization',
    institutionIds: notices.map((notice) => notice.institutionId),
    reportingInstitutionId: cause.centerId,
    data: { recallId: recall.id, number, reason: cause.reason },
  });
  for (const minutes of RECALL_LADDER_MINUTES)
    await enqueue(trx, {
      kind: 'sterilization.recall-escalate',
      key: `${recall.id}:${minutes}`,
      payload: { recallId: recall.id, minutes },
      runAt: new Date(now.getTime() + minutes * 60_000),
    });
  return { id: recall.id, number, ...result };
}

async function hasOpenBlock(trx: Transaction, machineId: string, reason: string): Promise<boolean> {
  const row = await trx
    .selectFrom('cssdMachineBlock')
    .select('id')
    .where('machineId', '=', machineId)
    .where('reason', '=', reason)
    .where('returnedAt', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** The last load before the failed one whose biological indicator passed. */
async function lastPassed(
  trx: Transaction,
  machineId: string,
  loadId: string,
): Promise<{ loadId: string; startedAt: Date } | undefined> {
  const { rows } = await sql<{ loadId: string; startedAt: Date }>`
    select l.id as load_id, l.started_at from cssd_load l
    where l.machine_id = ${machineId} and l.started_at < (select started_at from cssd_load where id = ${loadId})
      and exists (select from cssd_indicator i where i.load_id = l.id and i.kind = 'biological' and i.outcome = 'pass')
      and not exists (select from cssd_indicator i where i.load_id = l.id and i.kind = 'biological' and i.outcome = 'fail')
    order by l.started_at desc limit 1`.execute(trx);
  return rows[0];
}
