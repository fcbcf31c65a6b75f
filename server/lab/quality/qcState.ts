import type { Queryable } from '../../core/database.ts';

export type QcHold = 'qc-rejected' | 'qc-missing' | 'qc-expired';

/**
 * Why quality control holds the results of a test on an analyzer, or undefined. Every active target (level) needs a
 * run in control within the plan's time; a rejected run holds until a corrective action is signed. A lot that runs in
 * parallel holds nothing. A test without targets is not controlled here.
 */
export async function qcHold(
  db: Queryable,
  instrumentId: string,
  testCode: string,
  at: Date,
): Promise<QcHold | undefined> {
  const targets = await db
    .selectFrom('labQcTarget as t')
    .innerJoin('labQcMaterial as m', 'm.id', 't.materialId')
    .select('t.id')
    .where('t.instrumentId', '=', instrumentId)
    .where('t.testCode', '=', testCode)
    .where('t.active', '=', true)
    .where('t.parallel', '=', false)
    .where('m.active', '=', true)
    .execute();
  if (targets.length === 0) return undefined;
  const plan = await db
    .selectFrom('labQcPlan')
    .select('validHours')
    .where('testCode', '=', testCode)
    .executeTakeFirst();
  const oldest = at.getTime() - (plan?.validHours ?? 24) * 3_600_000;
  let worst: QcHold | undefined;
  for (const target of targets) {
    const run = await db
      .selectFrom('labQcRun')
      .select(['at', 'verdict', 'actionAt'])
      .where('targetId', '=', target.id)
      .where('excluded', '=', false)
      .where('at', '<=', new Date(at.getTime() + 120_000))
      .orderBy('at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (!run) worst ??= 'qc-missing';
    else if (run.verdict === 'rejected' && !run.actionAt) return 'qc-rejected';
    else if (run.at.getTime() < oldest) worst = 'qc-expired';
  }
  return worst;
}
