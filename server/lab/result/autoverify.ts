import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, SYSTEM, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import {
  autoverificationRefusals,
  autoverificationSettings,
  type AutoverificationSettings,
  type VerifiableResult,
} from '../rules/autoverify.ts';
import { transition } from '../../core/order/recordEvent.ts';
import { insertVersion, loadDraft } from '../../core/report/saveReport.ts';
import { buildContent } from '../report/buildContent.ts';
import { refreshOrderHolds } from './refreshOrderHolds.ts';
import { openTests } from './technicalVerify.ts';

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
    const settings = autoverificationSettings.parse(row.settings);
    if (row.preliminary || autoverificationRefusals(toVerifiable(row), settings).length > 0) continue;
    const now = ctx.clock.now();
    await trx
      .updateTable('labResult')
      .set({
        state: settings.stage === 'medical' ? 'verified' : 'technical',
        technicalAt: now,
        ...(settings.stage === 'medical' && { verifiedAt: now }),
        verifiedRule: `${row.testCode} v${row.ruleVersion}`,
      })
      .where('id', '=', row.id)
      .execute();
    passed.push(row.testCode);
  }
  if (passed.length > 0) await submitByRules(ctx, trx, orderId);
  return passed;
}

/**
 * When the rules have passed every test of an unclaimed order, its report is written and laid before the verifier: no
 * person has to press a button for it. It is saved under the name of whoever owns the newest of the rules.
 */
async function submitByRules(ctx: Pick<Context, 'clock'>, trx: Transaction, orderId: string): Promise<void> {
  const order = await trx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', orderId)
    .executeTakeFirstOrThrow();
  if (!['received', 'partial'].includes(order.status) || order.claimedBy) return;
  const tests = await openTests(trx, orderId);
  const ready = tests.every(
    (test) =>
      test.resultId !== null &&
      (test.holds ?? []).length === 0 &&
      test.preliminary === false &&
      ['technical', 'verified', 'released'].includes(test.state ?? ''),
  );
  if (!ready) return;
  const owner = await trx
    .selectFrom('labAutoverificationRule as a')
    .innerJoin('labOrderTest as t', 't.testCode', 'a.testCode')
    .select('a.updatedBy')
    .where('t.orderId', '=', orderId)
    .where('a.updatedBy', 'is not', null)
    .orderBy('a.updatedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!owner?.updatedBy) return;
  const draft = await loadDraft(trx, order);
  const content = { ...draft.content, ...(await buildContent(trx, orderId)) };
  const version = await insertVersion(ctx, trx, order, draft, owner.updatedBy, content);
  await trx
    .updateTable('report')
    .set({
      state: 'preliminary',
      submittedBy: null,
      submittedAt: ctx.clock.now(),
      submittedVersion: version,
      rejectReason: null,
    })
    .where('orderId', '=', orderId)
    .execute();
  await transition(ctx, trx, SYSTEM, order, 'preliminary', { detail: { version, rules: content.rules } });
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

/** So many of the refused results are named. */
const SHOWN = 50;

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
  const refused: {
    orderId: string;
    value: number | null;
    text: string | null;
    flag: string | null;
    at: Date;
    reasons: string[];
  }[] = [];
  let passed = 0;
  let wouldHavePassedButCorrected = 0;
  for (const row of rows) {
    const refusals = autoverificationRefusals({ ...toVerifiable(row), holds: [] }, settings);
    if (refusals.length === 0) {
      passed++;
      if (row.replacesId !== null && row.reason !== null) wouldHavePassedButCorrected++;
    } else if (refused.length < SHOWN)
      refused.push({
        orderId: row.orderId,
        value: row.valueNumber,
        text: row.valueText,
        flag: row.flag,
        at: row.enteredAt,
        reasons: refusals,
      });
    for (const refusal of refusals) reasons[refusal] = (reasons[refusal] ?? 0) + 1;
  }
  return {
    results: rows.length,
    passed,
    share: rows.length === 0 ? null : passed / rows.length,
    reasons,
    refused,
    wouldHavePassedButCorrected,
  };
}
