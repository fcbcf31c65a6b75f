import { can, personId, requirePermission, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { conflict, forbidden } from '../errors.ts';
import { act } from '../order/acts.ts';
import type { Order } from '../order/order.ts';
import { transition } from '../order/recordEvent.ts';
import { loadSigner } from '../signature/loadSigner.ts';
import { requirePhoneSigning } from './phoneSigning.ts';
import { lastSigned, twoPersonRule } from './readReport.ts';
import { loadDraft, requireVersion } from './saveReport.ts';
import { isOnPhone, type ToldByPage } from './signedWith.ts';
import { checkReport } from './submitReport.ts';
import { freezeReport } from './freezeReport.ts';
import { tellChangedConclusion } from './tellChangedConclusion.ts';

/**
 * Signs the report of an order: freezes the version with the manifest of its inputs, makes the signed PDF, ends the
 * reading clocks and sends the result on its way. From a phone only where the centre allows it. Under the two-person rule
 * the signer is not the writer.
 * Of two at once one wins, the other gets 409. Throws 403 `wrong-pin` / 423 `locked` from the signer.
 */
export async function signReport(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { pin: string; version?: number | undefined } & ToldByPage,
): Promise<Order> {
  const staffId = personId(actor);
  const signer = await loadSigner(ctx, actor, input.pin);
  return act(ctx, actor, orderId, 'report.sign', async (trx, order) => {
    const twoPerson = await twoPersonRule(trx, order);
    const at = { institutionId: order.reportingInstitutionId, centerKind: order.centerKind };
    requirePermission(actor, twoPerson ? 'report.verify' : 'report.write', at);
    const onPhone = isOnPhone(actor, input.from);
    if (onPhone) await requirePhoneSigning(trx, order);
    const draft = await loadDraft(trx, order);
    if (['final', 'acknowledged', 'corrected'].includes(order.status)) {
      const signed = await lastSigned(trx, order.id);
      const by = await trx
        .selectFrom('staff')
        .select('name')
        .where('id', '=', signed?.signerId ?? staffId)
        .executeTakeFirst();
      throw conflict('already-signed', `the report was signed by ${by?.name ?? 'somebody else'}`, {
        signedBy: by?.name,
        status: order.status,
      });
    }
    if (twoPerson && order.status !== 'preliminary')
      throw conflict(
        'not-submitted',
        'the report must be submitted by its writer before another person signs it',
        { status: order.status },
      );
    if (twoPerson && draft.submittedBy === staffId)
      throw forbidden(
        'the writer of a report does not verify it: another person must sign (两人审核)',
        'two-person',
      );
    // submitted: handed to whoever verifies, though the rule does not ask for it
    const handedOver = order.status === 'preliminary' && can(actor, 'report.verify', at);
    if (!twoPerson && order.claimedBy && order.claimedBy !== staffId && !handedOver)
      throw conflict('claimed-by-other', 'the case is claimed by somebody else');
    if (input.version !== undefined) await requireVersion(trx, order, draft, input.version);
    await checkReport(ctx, trx, order, draft.content);
    const signed = await freezeReport(ctx, trx, actor, order, {
      kind: 'final',
      content: draft.content,
      reporterId: draft.submittedBy ?? staffId,
      version: draft.version,
      signer,
      told: input,
    });
    await tellChangedConclusion(trx, order, draft.content);
    await trx.updateTable('report').set({ state: 'final' }).where('orderId', '=', order.id).execute();
    const now = ctx.clock.now();
    return transition(
      ctx,
      trx,
      actor,
      order,
      'final',
      {
        detail: {
          signedReportId: signed.id,
          number: signed.number,
          ...(onPhone && { from: 'phone' }),
        },
      },
      {
        finalAt: now,
        receiving: false,
        positive: draft.content.positive === true,
        claimedBy: staffId,
        claimedAt: order.claimedAt ?? now,
      },
    );
  });
}
