import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { DomainError, conflict } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { loadDraft } from '../../core/report/saveReport.ts';
import { freezeReport } from '../../core/report/freezeReport.ts';
import { loadSigner } from '../../core/signature/loadSigner.ts';
import type { Signer } from '../../core/signature/signer.ts';
import { buildContent } from '../report/buildContent.ts';
import { deriveOrderStatus } from './deriveOrderStatus.ts';

/**
 * Releases the tests that passed the technical stage while others are still open: a signed PDF of kind `partial` with
 * everything released so far, naming what is still to come; the order becomes `partial`. The final report follows when
 * all are there. Same person rule and PIN as a signature. A preliminary culture is released the same way.
 */
export async function releasePartial(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { testCodes?: string[] | undefined; pin: string },
): Promise<{ released: string[]; number: number }> {
  const staffId = personId(actor);
  const signer = await loadSigner(ctx, actor, input.pin);
  const released: string[] = [];
  let number = 0;
  await act(ctx, actor, orderId, 'result.partial', async (trx, order) => {
    requirePermission(actor, 'report.verify', {
      institutionId: order.reportingInstitutionId,
      centerKind: 'lab',
    });
    const rows = await trx
      .selectFrom('labResult')
      .select(['id', 'testCode', 'technicalBy', 'critical', 'holds', 'preliminary'])
      .where('orderId', '=', order.id)
      .where('current', '=', true)
      .where('state', 'in', ['technical', 'verified'])
      .$if(input.testCodes !== undefined, (qb) => qb.where('testCode', 'in', input.testCodes ?? []))
      .execute();
    if (rows.length === 0)
      throw conflict('nothing-to-release', 'no result has passed the technical verification');
    if (rows.some((row) => row.technicalBy === staffId))
      throw new DomainError(403, 'two-persons', 'who verified technically does not release: two persons');
    if (rows.some((row) => row.critical)) await refuseSilence(trx, order.id);
    for (const row of rows) {
      await trx
        .updateTable('labResult')
        .set({ state: 'released', verifiedBy: staffId, verifiedAt: ctx.clock.now() })
        .where('id', '=', row.id)
        .execute();
      // A preliminary culture is out, its test goes on.
      if (!row.preliminary)
        await trx
          .updateTable('labOrderTest')
          .set({ state: 'released' })
          .where('orderId', '=', order.id)
          .where('testCode', '=', row.testCode)
          .execute();
      released.push(row.testCode);
    }
    await recordAudit(trx, actor, {
      action: 'result.release',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
      detail: { tests: released },
    });
    await deriveOrderStatus(ctx, trx, actor, order.id);
    const after = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', order.id)
      .executeTakeFirstOrThrow();
    if (after.status !== 'partial')
      throw conflict('nothing-open', 'every test can be released: sign the whole report', {
        status: after.status,
      });
    const reporterId = rows.find((row) => row.technicalBy !== null)?.technicalBy ?? null;
    number = await signWhatIsOut(ctx, trx, actor, after, signer, reporterId);
    return after;
  });
  return { released, number };
}

/** A critical value cannot be released before somebody was told of it. */
async function refuseSilence(trx: Transaction, orderId: string): Promise<void> {
  const open = await trx
    .selectFrom('criticalValue')
    .select('id')
    .where('orderId', '=', orderId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (open)
    throw conflict('critical-not-notified', 'a critical value is told and read back before it is released');
}

/** The signed document of everything released so far; the rest is named as still to come. */
async function signWhatIsOut(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  signer: Signer,
  reporterId: string | null,
): Promise<number> {
  const content = await buildContent(trx, order.id);
  const out = await trx
    .selectFrom('labResult')
    .select('testCode')
    .where('orderId', '=', order.id)
    .where('current', '=', true)
    .where('state', '=', 'released')
    .execute();
  const codes = new Set(out.map((row) => row.testCode));
  const results = content.results.filter((line) => codes.has(line.code));
  const abnormal = results.filter((line) => line.flag !== null && line.flag !== 'N');
  const draft = await loadDraft(trx, order);
  const signed = await freezeReport(ctx, trx, actor, order, {
    kind: 'partial',
    content: {
      ...content,
      results,
      findings: results.map((line) => `${line.name} ${line.value} ${line.unit ?? ''}`.trim()).join('\n'),
      impression: abnormal.length > 0 ? `异常 ${abnormal.length} 项` : '',
      positive: abnormal.length > 0,
      critical: results.some((line) => line.critical),
      pending: [
        ...content.pending,
        ...content.results
          .filter((line) => !codes.has(line.code) || line.preliminary === true)
          .map((line) => line.name),
      ],
    },
    reporterId,
    version: draft.version,
    signer,
  });
  return signed.number;
}
