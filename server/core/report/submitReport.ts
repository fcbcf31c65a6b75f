import { personId, requirePermission, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import { conflict, DomainError } from '../errors.ts';
import { act } from '../order/acts.ts';
import type { Order } from '../order/order.ts';
import { transition } from '../order/recordEvent.ts';
import type { ReportContent, ReportProblem } from '../center.ts';
import { isEmptyContent } from './reportContent.ts';
import { loadDraft, requireVersion } from './saveReport.ts';

/** Faults that the centre finds in a report. */
export async function findProblems(
  ctx: Pick<Context, 'centers'>,
  db: Queryable,
  order: Order,
  content: ReportContent,
): Promise<ReportProblem[]> {
  const center = ctx.centers.find((candidate) => candidate.kind === order.centerKind);
  const found = center?.checkReport
    ? await center.checkReport(db, order, content)
    : isEmptyContent(content)
      ? [{ severity: 'stop' as const, code: 'empty-report', message: 'the report is empty' }]
      : [];
  return [...found, ...(await criticalProblems(db, order, content))];
}

/** The report and the loop must not say different things: unticking withdraws nothing, ticking tells nobody. */
async function criticalProblems(
  db: Queryable,
  order: Order,
  content: ReportContent,
): Promise<ReportProblem[]> {
  const standing = await db
    .selectFrom('criticalValue')
    .select('finding')
    .where('orderId', '=', order.id)
    .where('tier', '=', 'critical')
    .where('state', '<>', 'withdrawn')
    .orderBy('foundAt')
    .execute();
  const [first] = standing;
  if (content.critical === true && !first)
    return [{ severity: 'ask', code: 'critical-not-raised', message: '报告标为危急值,尚未发起危急值通知' }];
  if (content.critical !== true && first)
    return [
      {
        severity: 'ask',
        code: 'critical-stands',
        message: `危急值“${first.finding}”未撤回,报告未标为危急值`,
        params: { finding: first.finding },
      },
    ];
  return [];
}

/** The same, where it must hold: `stop` problems refuse with 422 `report-problems`. */
export async function checkReport(
  ctx: Pick<Context, 'centers'>,
  db: Queryable,
  order: Order,
  content: ReportContent,
): Promise<ReportProblem[]> {
  const problems = await findProblems(ctx, db, order, content);
  const stops = problems.filter((problem) => problem.severity === 'stop');
  if (stops.length > 0)
    throw new DomainError(422, 'report-problems', stops.map((problem) => problem.message).join('; '), {
      errors: stops.map(({ message, code, params }) => ({
        path: 'content',
        message,
        code,
        ...(params && { params }),
      })),
    });
  return problems;
}

/** Gives the draft to the verifier: a preliminary report. It stops no clock. */
export function submitReport(
  ctx: Context,
  actor: Actor,
  orderId: string,
  expectedVersion?: number,
): Promise<Order> {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'report.submit', async (trx, order) => {
    requirePermission(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    if (order.claimedBy && order.claimedBy !== staffId)
      throw conflict('claimed-by-other', 'the case is claimed by somebody else');
    const draft = await loadDraft(trx, order);
    if (expectedVersion !== undefined) await requireVersion(trx, order, draft, expectedVersion);
    await checkReport(ctx, trx, order, draft.content);
    const now = ctx.clock.now();
    await trx
      .updateTable('report')
      .set({
        state: 'preliminary',
        submittedBy: staffId,
        submittedAt: now,
        submittedVersion: draft.version,
        rejectReason: null,
      })
      .where('orderId', '=', order.id)
      .execute();
    await ctx.centers
      .find((candidate) => candidate.kind === order.centerKind)
      ?.onSubmitted?.(trx, actor, order);
    return transition(
      ctx,
      trx,
      actor,
      order,
      'preliminary',
      { detail: { version: draft.version } },
      { claimedBy: staffId, claimedAt: order.claimedAt ?? now, positive: draft.content.positive === true },
    );
  });
}

/** Sends the preliminary report back to its writer with a reason. */
export function rejectReport(ctx: Context, actor: Actor, orderId: string, reason: string): Promise<Order> {
  return act(ctx, actor, orderId, 'report.reject', async (trx, order) => {
    requirePermission(actor, 'report.verify', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    const draft = await loadDraft(trx, order);
    await trx
      .updateTable('report')
      .set({ state: 'rejected', rejectReason: reason })
      .where('orderId', '=', order.id)
      .execute();
    const now = ctx.clock.now();
    const writer = draft.submittedBy;
    return transition(
      ctx,
      trx,
      actor,
      order,
      'rejected',
      { reason },
      { claimedBy: writer, claimedAt: writer ? now : null, claimOpenedAt: null, claimActiveAt: now },
    );
  });
}
