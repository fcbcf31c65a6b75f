import { personId, requirePermission, type Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { insertCritical } from '../core/critical/raiseCritical.ts';
import { conflict, notFound } from '../core/errors.ts';
import { act } from '../core/order/acts.ts';
import { recordEvent } from '../core/order/recordEvent.ts';
import { ruleCode } from './rules.ts';

export interface FlagDecision {
  orderId: string;
  decision: 'confirm' | 'dismiss';
  note?: string | undefined;
  /** Words of the critical value; given → the value is raised with this confirmation. */
  finding?: string | undefined;
}

/** A doctor confirms or dismisses a flag; a confirmed critical one is raised as a critical value in the same act. */
export async function decideFlag(
  ctx: Context,
  actor: Actor,
  flagId: string,
  input: FlagDecision,
): Promise<{ id: string; state: string; criticalId: string | null }> {
  const staffId = personId(actor);
  let criticalId: string | null = null;
  await act(ctx, actor, input.orderId, 'ecg.flag', async (trx, order) => {
    requirePermission(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: 'ecg',
    });
    const flag = await trx
      .selectFrom('ecgFlag')
      .innerJoin('ecgRecordingOrder', 'ecgRecordingOrder.recordingId', 'ecgFlag.recordingId')
      .selectAll('ecgFlag')
      .where('ecgFlag.id', '=', flagId)
      .where('ecgRecordingOrder.orderId', '=', order.id)
      .where('ecgRecordingOrder.undoneAt', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (!flag) throw notFound('flag', flagId);
    if (flag.state !== 'open')
      throw conflict('already-decided', `the flag was ${flag.state} already`, { state: flag.state });
    const state = input.decision === 'confirm' ? 'confirmed' : 'dismissed';
    if (state === 'confirmed' && input.finding) {
      requirePermission(actor, 'critical.raise', {
        institutionId: order.reportingInstitutionId,
        centerKind: 'ecg',
      });
      criticalId = await insertCritical(ctx, trx, actor, order, {
        finding: input.finding,
        ruleCode: ruleCode(flag.ruleCode),
        tier: flag.tier === 'critical' ? 'critical' : 'significant',
      });
    }
    await trx
      .updateTable('ecgFlag')
      .set({
        state,
        decidedBy: staffId,
        decidedAt: ctx.clock.now(),
        note: input.note ?? null,
        criticalValueId: criticalId,
      })
      .where('id', '=', flagId)
      .execute();
    await recordEvent(ctx, trx, actor, order, {
      kind: `flag-${state}`,
      detail: { rule: flag.ruleCode, tier: flag.tier, ...(input.note && { note: input.note }) },
    });
    return trx.selectFrom('orders').selectAll().where('id', '=', order.id).executeTakeFirstOrThrow();
  });
  return { id: flagId, state: input.decision === 'confirm' ? 'confirmed' : 'dismissed', criticalId };
}
