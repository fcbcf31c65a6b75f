import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { announce } from '../../core/events/announce.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { brokenRules, DEFAULT_PLAN, judge, type QcPoint, type WestgardPlan } from '../rules/westgard.ts';
import { limitsOf } from './limits.ts';
import { refreshHolds } from './refreshHolds.ts';

export interface QcRunInput {
  targetId: string;
  value: number;
  at?: Date | undefined;
  source: 'manual' | 'hl7' | 'astm' | 'demo';
  reagentLot?: string | undefined;
}

/** Stores a control value, judges it by the plan of its test and holds or frees the results of that analyzer and test. */
export async function recordQcRun(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  input: QcRunInput,
) {
  const target = await trx
    .selectFrom('labQcTarget as t')
    .innerJoin('labQcMaterial as m', 'm.id', 't.materialId')
    .innerJoin('labInstrument as i', 'i.id', 't.instrumentId')
    .selectAll('t')
    .select([
      'm.level',
      'm.lot',
      'm.expiresOn',
      'm.name as materialName',
      'i.institutionId',
      'i.name as instrumentName',
    ])
    .where('t.id', '=', input.targetId)
    .executeTakeFirst();
  if (!target) throw notFound('QC target', input.targetId);
  const at = input.at ?? ctx.clock.now();
  if (at.getTime() > ctx.clock.now().getTime() + 120_000)
    throw invalid('the control was not measured yet', [{ path: 'at', code: 'future' }]);
  if (target.expiresOn < at.toISOString().slice(0, 10))
    throw conflict(
      'qc-material-expired',
      `control material ${target.materialName} lot ${target.lot} expired on ${target.expiresOn}`,
    );
  const limits = await limitsOf(trx, target);
  const z = limits ? (input.value - limits.mean) / limits.sd : null;
  const plan = await planOf(trx, target.testCode);
  const broken =
    z === null
      ? []
      : brokenRules(await history(trx, target, at), {
          z,
          level: target.level,
          at,
        });
  const verdict = z === null ? 'learning' : judge(broken, plan);
  const run = await trx
    .insertInto('labQcRun')
    .values({
      targetId: target.id,
      at,
      value: input.value,
      mean: limits?.mean ?? null,
      sd: limits?.sd ?? null,
      z,
      verdict,
      violations: broken.filter((rule) => plan[rule] === 'reject' || plan[rule] === 'warning'),
      source: input.source,
      operatorId: actor.kind === 'staff' ? actor.id : null,
      operatorName: actor.name,
      reagentLot: input.reagentLot ?? null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const held = await refreshHolds(trx, target.instrumentId, target.testCode, ctx.clock.now());
  if (verdict === 'rejected' && !target.parallel)
    await announce(trx, {
      kind: 'lab.qc-rejected',
      centerKind: 'lab',
      reportingInstitutionId: target.institutionId,
      data: { testCode: target.testCode, instrument: target.instrumentName, rules: run.violations },
    });
  await recordAudit(trx, actor, {
    action: 'qc.run',
    subjectType: 'qc-run',
    subjectId: run.id,
    detail: { testCode: target.testCode, verdict },
  });
  return { ...run, held };
}

export async function planOf(trx: Transaction, testCode: string): Promise<WestgardPlan> {
  const row = await trx
    .selectFrom('labQcPlan')
    .select('rules')
    .where('testCode', '=', testCode)
    .executeTakeFirst();
  return row ? (row.rules as WestgardPlan) : DEFAULT_PLAN;
}

/** Earlier points of this lot, and of the other levels that run beside it: lots in parallel are not mixed. */
async function history(
  trx: Transaction,
  target: { id: string; instrumentId: string; testCode: string; level: number; parallel: boolean },
  before: Date,
): Promise<QcPoint[]> {
  const rows = await trx
    .selectFrom('labQcRun as r')
    .innerJoin('labQcTarget as t', 't.id', 'r.targetId')
    .innerJoin('labQcMaterial as m', 'm.id', 't.materialId')
    .select(['r.z', 'r.at', 'm.level'])
    .where('t.instrumentId', '=', target.instrumentId)
    .where('t.testCode', '=', target.testCode)
    .where((eb) =>
      eb.or([
        eb('t.id', '=', target.id),
        eb.and([
          eb('m.level', '<>', target.level),
          eb('t.parallel', '=', target.parallel),
          eb('t.active', '=', true),
        ]),
      ]),
    )
    .where('r.excluded', '=', false)
    .where('r.z', 'is not', null)
    .where('r.at', '<', before)
    .orderBy('r.at', 'desc')
    .limit(60)
    .execute();
  return rows.reverse().map((row) => ({ z: row.z ?? 0, at: row.at, level: row.level }));
}

/**
 * Signs the corrective action of a rejected run: cause, what was done. The results measured since the last good run
 * are listed with it for review; held ones become free when the next state of control allows it.
 */
export async function signCorrectiveAction(
  ctx: Context,
  actor: Actor,
  runId: string,
  input: { cause: string; action: string; exclude?: boolean | undefined },
) {
  const staffId = personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const run = await trx
      .selectFrom('labQcRun as r')
      .innerJoin('labQcTarget as t', 't.id', 'r.targetId')
      .innerJoin('labInstrument as i', 'i.id', 't.instrumentId')
      .selectAll('r')
      .select(['t.instrumentId', 't.testCode', 'i.institutionId'])
      .where('r.id', '=', runId)
      .forUpdate('r')
      .executeTakeFirst();
    if (!run) throw notFound('QC run', runId);
    requirePermission(actor, 'bench.work', { institutionId: run.institutionId, centerKind: 'lab' });
    if (run.verdict !== 'rejected')
      throw conflict('no-corrective-action', `the run is ${run.verdict}: it needs no corrective action`);
    if (run.actionAt) throw conflict('corrective-signed', 'the corrective action is signed already');
    const affected = await resultsSinceLastGood(trx, run);
    await trx
      .updateTable('labQcRun')
      .set({
        action: input.action,
        actionCause: input.cause,
        actionBy: staffId,
        actionAt: ctx.clock.now(),
        excluded: input.exclude ?? false,
        affected: JSON.stringify(affected),
      })
      .where('id', '=', runId)
      .execute();
    await refreshHolds(trx, run.instrumentId, run.testCode, ctx.clock.now());
    await recordAudit(trx, actor, {
      action: 'qc.action',
      subjectType: 'qc-run',
      subjectId: runId,
      detail: { cause: input.cause, affected: affected.length },
    });
    return { affected };
  });
}

/** Results of this analyzer and test measured after its last run in control and before this one: to be looked at again. */
export async function resultsSinceLastGood(
  trx: Transaction,
  run: { targetId: string; at: Date; instrumentId: string; testCode: string },
) {
  const good = await trx
    .selectFrom('labQcRun')
    .select('at')
    .where('targetId', '=', run.targetId)
    .where('verdict', 'in', ['in-control', 'warning'])
    .where('at', '<', run.at)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return trx
    .selectFrom('labResult as r')
    .innerJoin('orders as o', 'o.id', 'r.orderId')
    .select([
      'r.id as resultId',
      'r.orderId',
      'o.accessionNumber',
      'r.valueNumber',
      'r.state',
      'r.measuredAt',
    ])
    .where('r.instrumentId', '=', run.instrumentId)
    .where('r.testCode', '=', run.testCode)
    .where('r.current', '=', true)
    .where('r.enteredAt', '>', good?.at ?? new Date(run.at.getTime() - 7 * 86_400_000))
    .where('r.enteredAt', '<=', run.at)
    .orderBy('r.enteredAt')
    .limit(500)
    .execute();
}
