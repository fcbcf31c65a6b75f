import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import {
  autoverificationRefusals,
  autoverificationSettings,
  type AutoverificationSettings,
  type VerifiableResult,
} from '../rules/autoverify.ts';
import { refreshOrderHolds } from './refreshOrderHolds.ts';

/**
 * Lets results of an order pass the technical stage by the rules of their tests. Nothing critical, held or unclear
 * ever does; the signature stays a person's. Returns the tests passed.
 */
export async function autoverifyOrder(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  orderId: string,
): Promise<string[]> {
  await refreshOrderHolds(trx, orderId, ctx.clock.now());
  const rows = await trx
    .selectFrom('labResult as r')
    .innerJoin('labAutoverificationRule as a', 'a.testCode', 'r.testCode')
    .selectAll('r')
    .select(['a.settings', 'a.version as ruleVersion'])
    .where('r.orderId', '=', orderId)
    .where('r.current', '=', true)
    .where('r.state', '=', 'entered')
    .where('a.enabled', '=', true)
    .execute();
  const passed: string[] = [];
  for (const row of rows) {
    if (autoverificationRefusals(toVerifiable(row), autoverificationSettings.parse(row.settings)).length > 0)
      continue;
    await trx
      .updateTable('labResult')
      .set({
        state: 'technical',
        technicalAt: ctx.clock.now(),
        verifiedRule: `${row.testCode} v${row.ruleVersion}`,
      })
      .where('id', '=', row.id)
      .execute();
    passed.push(row.testCode);
  }
  return passed;
}

function toVerifiable(row: {
  valueNumber: number | null;
  comparator: string | null;
  flag: string | null;
  critical: boolean;
  deltaPercent: number | null;
  deltaFailed: boolean;
  holds: string[];
  interference: string | null;
  rangeText: string | null;
}): VerifiableResult {
  return { ...row, hasRange: row.rangeText !== null };
}

export const ruleInput = z.object({ enabled: z.boolean(), settings: autoverificationSettings });

/** Stores the rule of a test as a new version. */
export async function saveRule(
  ctx: Context,
  actor: Actor,
  testCode: string,
  input: z.output<typeof ruleInput>,
): Promise<{ version: number }> {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('labAutoverificationRule')
      .values({
        testCode,
        enabled: input.enabled,
        settings: JSON.stringify(input.settings),
        updatedBy: actor.id,
      })
      .onConflict((oc) =>
        oc.column('testCode').doUpdateSet((eb) => ({
          enabled: input.enabled,
          settings: JSON.stringify(input.settings),
          version: eb('labAutoverificationRule.version', '+', 1),
          updatedBy: actor.id,
          updatedAt: ctx.clock.now(),
        })),
      )
      .returning('version')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'autoverification.change',
      subjectType: 'lab-test',
      subjectId: testCode,
      detail: { version: row.version, ...input },
    });
    return row;
  });
}

/** What a rule would have done with the past results of its test: how many pass, why the others do not. */
export async function simulateRule(
  db: Queryable,
  testCode: string,
  settings: AutoverificationSettings,
  limit = 5000,
) {
  const rows = await db
    .selectFrom('labResult')
    .selectAll()
    .where('testCode', '=', testCode)
    .where('current', '=', true)
    .where('state', 'in', ['technical', 'verified', 'released'])
    .orderBy('enteredAt', 'desc')
    .limit(limit)
    .execute();
  const reasons: Record<string, number> = {};
  let passed = 0;
  let wouldHavePassedButCorrected = 0;
  for (const row of rows) {
    const refusals = autoverificationRefusals({ ...toVerifiable(row), holds: [] }, settings);
    if (refusals.length === 0) {
      passed++;
      if (row.replacesId !== null && row.reason !== null) wouldHavePassedButCorrected++;
    }
    for (const refusal of refusals) reasons[refusal] = (reasons[refusal] ?? 0) + 1;
  }
  return {
    results: rows.length,
    passed,
    share: rows.length === 0 ? null : passed / rows.length,
    reasons,
    wouldHavePassedButCorrected,
  };
}
