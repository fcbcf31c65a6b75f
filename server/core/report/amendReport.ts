import { personId, requirePermission, type Actor } from '../access/actor.ts';
import type { ReportContent } from '../center.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict } from '../errors.ts';
import { act } from '../order/acts.ts';
import type { Order } from '../order/order.ts';
import { transition } from '../order/recordEvent.ts';
import type { TransitionKind } from '../order/transitions.ts';
import { loadSigner } from '../signature/loadSigner.ts';
import { requirePhoneSigning } from './phoneSigning.ts';
import { lastSigned, twoPersonRule } from './readReport.ts';
import { acceptContent, insertVersion, loadDraft } from './saveReport.ts';
import { isOnPhone, type ToldByPage } from './signedWith.ts';
import { checkReport } from './submitReport.ts';
import { freezeReport, type SignedKind } from './freezeReport.ts';

/**
 * Adds to, corrects or voids a final report: a new signed version that names what it replaces and asks the site for a
 * fresh acknowledgement. The old version stays readable and is marked. Where two people make a report, who verifies
 * amends it: a reporter alone brings out no signed version.
 */
export async function amendReport(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: {
    kind: Exclude<SignedKind, 'final' | 'partial'>;
    reason: string;
    pin: string;
    content?: ReportContent | undefined;
    text?: string | undefined;
  } & ToldByPage,
): Promise<Order> {
  const staffId = personId(actor);
  const signer = await loadSigner(ctx, actor, input.pin);
  return act(ctx, actor, orderId, `report.${input.kind}`, async (trx, order) => {
    const byVerifier = input.kind === 'void' || (await twoPersonRule(trx, order));
    requirePermission(actor, byVerifier ? 'report.verify' : 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    if (isOnPhone(actor, input.from)) await requirePhoneSigning(trx, order);
    const before = await lastSigned(trx, order.id);
    if (!before || before.state === 'void')
      throw conflict('not-final', 'only a final report can be amended', { status: order.status });
    const old = before.content as ReportContent;
    const content =
      input.kind === 'correction'
        ? acceptContent(ctx, actor, order, old, { ...old, ...input.content })
        : input.kind === 'addendum'
          ? {
              ...old,
              addenda: [...addendaOf(old), { at: ctx.clock.now(), by: actor.name, text: input.text ?? '' }],
            }
          : old;
    if (input.kind !== 'void') await checkReport(ctx, trx, order, content);
    const draft = await loadDraft(trx, order);
    const version =
      input.kind === 'void'
        ? draft.version
        : await insertVersion(ctx, trx, order, draft, staffId, content, 'final');
    const signed = await freezeReport(ctx, trx, actor, order, {
      kind: input.kind,
      content,
      reporterId: before.reporterId,
      version,
      signer,
      replaces: before.id,
      reason: input.reason,
      told: input,
    });
    if (input.kind !== 'addendum')
      await trx
        .updateTable('signedReport')
        .set({ state: input.kind === 'void' ? 'void' : 'corrected' })
        .where('orderId', '=', order.id)
        .where('id', '!=', signed.id)
        .execute();
    // What is corrected counts as corrected: figures and the second reading by lot go by the last mark.
    if (input.kind === 'correction')
      await trx
        .updateTable('orders')
        .set({ positive: content.positive === true })
        .where('id', '=', order.id)
        .execute();
    if (input.kind === 'void')
      await trx.updateTable('report').set({ state: 'void' }).where('orderId', '=', order.id).execute();
    await callBack(trx, order, signed.id, input.kind, actor);
    const act: TransitionKind =
      input.kind === 'void' ? 'voided' : input.kind === 'correction' ? 'corrected' : 'addendum';
    return transition(ctx, trx, actor, order, act, {
      reason: input.reason,
      detail: { signedReportId: signed.id, number: signed.number, replaces: before.id },
    });
  });
}

const addendaOf = (content: ReportContent): unknown[] =>
  Array.isArray(content.addenda) ? content.addenda : [];

/** Whoever viewed, printed, exported or adopted any earlier version hears of the new one. */
async function callBack(
  trx: Transaction,
  order: Order,
  newId: string,
  kind: string,
  actor: Actor,
): Promise<void> {
  const readers = await trx
    .selectFrom('reportView')
    .innerJoin('signedReport', 'signedReport.id', 'reportView.signedReportId')
    .select('reportView.staffId')
    .distinct()
    .where('signedReport.orderId', '=', order.id)
    .execute();
  const rows = readers
    .filter((reader) => reader.staffId !== actor.id)
    .map((reader) => ({
      staffId: reader.staffId,
      orderId: order.id,
      kind: `report.${kind}`,
      body: JSON.stringify({ signedReportId: newId, accessionNumber: order.accessionNumber }),
    }));
  if (rows.length > 0) await trx.insertInto('notification').values(rows).execute();
}
