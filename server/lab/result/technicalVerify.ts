import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, DomainError } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { transition } from '../../core/order/recordEvent.ts';
import type { Order } from '../../core/order/order.ts';
import { insertVersion, loadDraft } from '../../core/report/saveReport.ts';
import { submitReport } from '../../core/report/submitReport.ts';
import { buildContent } from '../report/buildContent.ts';
import { refreshOrderHolds } from './refreshOrderHolds.ts';

export const technicalInput = z.object({
  /** What stood on the screen: code and result id. Absent = all as they are. A changed one refuses (412). */
  seen: z
    .array(z.object({ testCode: z.string().max(24), resultId: z.uuid() }))
    .max(300)
    .optional(),
});

/**
 * Technical verification (技术审核): every result that is not held passes; when all tests of the order have passed, the
 * report is written from them and submitted for the medical verification by another person.
 */
export async function technicalVerify(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof technicalInput>,
): Promise<{ status: string; verified: string[]; waiting: { testCode: string; reasons: string[] }[] }> {
  const staffId = personId(actor);
  const verified: string[] = [];
  const waiting: { testCode: string; reasons: string[] }[] = [];
  const order = await act(ctx, actor, orderId, 'result.technical', async (trx, locked) => {
    requirePermission(actor, 'report.write', {
      institutionId: locked.reportingInstitutionId,
      centerKind: 'lab',
    });
    if (
      locked.claimedBy &&
      locked.claimedBy !== staffId &&
      locked.status !== 'received' &&
      locked.status !== 'partial'
    )
      throw conflict('claimed-by-other', 'the order is claimed by somebody else');
    if (!['received', 'claimed', 'partial'].includes(locked.status))
      throw conflict('wrong-status', `the order is ${locked.status}`, { status: locked.status });
    await refreshOrderHolds(trx, locked.id, ctx.clock.now());
    const tests = await openTests(trx, locked.id);
    refuseStale(tests, input.seen);
    for (const test of tests) {
      if (test.resultId === null) waiting.push({ testCode: test.testCode, reasons: ['no-result'] });
      else if ((test.holds ?? []).length > 0)
        waiting.push({ testCode: test.testCode, reasons: test.holds ?? [] });
      else if (test.preliminary && test.state !== 'entered')
        waiting.push({ testCode: test.testCode, reasons: ['preliminary'] });
      else if (test.state === 'entered') {
        await trx
          .updateTable('labResult')
          .set({ state: 'technical', technicalBy: staffId, technicalAt: ctx.clock.now() })
          .where('id', '=', test.resultId)
          .execute();
        verified.push(test.testCode);
        if (test.preliminary) waiting.push({ testCode: test.testCode, reasons: ['preliminary'] });
      }
    }
    if (verified.length > 0)
      await recordAudit(trx, actor, {
        action: 'result.technical',
        subjectType: 'order',
        subjectId: orderId,
        patientId: locked.patientId,
        detail: { tests: verified },
      });
    if (waiting.length > 0 || tests.length === 0) return locked;
    return writeReport(ctx, trx, actor, locked, staffId);
  });
  if (
    waiting.length > 0 &&
    verified.length === 0 &&
    waiting.every((one) => !one.reasons.includes('no-result') && !one.reasons.includes('preliminary'))
  )
    throw new DomainError(
      409,
      'results-held',
      waiting.map((one) => `${one.testCode}: ${one.reasons.join(', ')}`).join('; '),
      { extra: { waiting } },
    );
  const submitted =
    waiting.length === 0 && order.status === 'claimed' ? await submitReport(ctx, actor, orderId) : order;
  return { status: submitted.status, verified, waiting };
}

async function writeReport(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  staffId: string,
): Promise<Order> {
  const now = ctx.clock.now();
  const claimed =
    order.status === 'claimed'
      ? order
      : await transition(
          ctx,
          trx,
          actor,
          order,
          'claimed',
          {},
          { claimedBy: staffId, claimedAt: now, claimOpenedAt: now, claimActiveAt: now },
        );
  const draft = await loadDraft(trx, claimed);
  const content = { ...draft.content, ...(await buildContent(trx, order.id)) };
  await insertVersion(ctx, trx, claimed, draft, staffId, content);
  return claimed;
}

interface OpenTest {
  testCode: string;
  resultId: string | null;
  holds: string[] | null;
  state: string | null;
  preliminary: boolean | null;
}

export function openTests(trx: Transaction, orderId: string): Promise<OpenTest[]> {
  return trx
    .selectFrom('labOrderTest as o')
    .leftJoin('labResult as r', (join) =>
      join
        .onRef('r.orderId', '=', 'o.orderId')
        .onRef('r.testCode', '=', 'o.testCode')
        .on('r.current', '=', true),
    )
    .select(['o.testCode', 'r.id as resultId', 'r.holds', 'r.state', 'r.preliminary'])
    .where('o.orderId', '=', orderId)
    .where('o.state', 'not in', ['rejected', 'cancelled'])
    .execute();
}

function refuseStale(tests: OpenTest[], seen: { testCode: string; resultId: string }[] | undefined): void {
  const changed =
    seen?.filter((one) => tests.find((test) => test.testCode === one.testCode)?.resultId !== one.resultId) ??
    [];
  const unseen = seen
    ? tests.filter(
        (test) =>
          test.resultId !== null &&
          test.state === 'entered' &&
          !seen.some((one) => one.testCode === test.testCode),
      )
    : [];
  if (changed.length + unseen.length > 0)
    throw new DomainError(
      412,
      'stale',
      `changed since the screen was read: ${[...changed, ...unseen].map((one) => one.testCode).join(', ')}`,
      { extra: { tests: [...changed, ...unseen].map((one) => one.testCode) } },
    );
}
