import { recordAudit } from '../audit/recordAudit.ts';
import { can, personId, requirePermission, type Actor } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict, forbidden, invalid, notFound } from '../errors.ts';
import { auditDenied, type Order } from '../order/order.ts';
import { recordEvent } from '../order/recordEvent.ts';
import { markCritical } from './markCritical.ts';
import { tellSite } from './raiseCritical.ts';
import { settleNotices } from './settleNotices.ts';

export type CriticalAnswer =
  | {
      kind: 'notified';
      channel: 'phone' | 'screen' | 'sms' | 'in-person';
      recipientName: string;
      readBack?: string | undefined;
      result: 'reached' | 'no-answer' | 'failed';
    }
  | { kind: 'acknowledged'; readBack: string }
  | { kind: 'disposed'; disposition: string; patientReachedAt?: string | undefined }
  | { kind: 'withdrawn'; reason: string };

const FROM: Record<CriticalAnswer['kind'], string[]> = {
  notified: ['open', 'notified'],
  acknowledged: ['open', 'notified'],
  disposed: ['acknowledged'],
  withdrawn: ['open', 'notified', 'acknowledged', 'disposed'],
};

/**
 * One step of the loop: a recorded call, the site's acknowledgement with read-back, the disposition, or a withdrawal
 * (which tells the same people). A call that reached nobody is recorded and the ladder goes on.
 */
export async function answerCritical(
  ctx: Context,
  actor: Actor,
  criticalId: string,
  answer: CriticalAnswer,
): Promise<void> {
  const staffId = personId(actor);
  const seen = await ctx.db.transaction().execute(async (trx) => {
    const locked = await lockCritical(trx, actor, criticalId);
    if (!locked) return false;
    const { value, order } = locked;
    if (answer.kind === 'acknowledged' || answer.kind === 'disposed') {
      const sites = [order.requestingInstitutionId, order.performingInstitutionId];
      const mine = sites.some((institutionId) => can(actor, 'critical.acknowledge', { institutionId }));
      if (!mine)
        throw forbidden(
          'the site that asked acknowledges a critical value, or the county duty office',
          'critical-of-site',
        );
    } else if (answer.kind !== 'notified' || !can(actor, 'critical.escalate'))
      // the last rung of the ladder telephones too
      requirePermission(actor, 'critical.raise', {
        institutionId: order.reportingInstitutionId,
        centerKind: order.centerKind,
      });
    if (!FROM[answer.kind].includes(value.state))
      throw conflict('critical-state', `a critical value that is ${value.state} cannot be ${answer.kind}`, {
        state: value.state,
      });
    // A call that reached somebody counts only with what was read back.
    const spoken =
      answer.kind === 'notified' &&
      answer.result === 'reached' &&
      ['phone', 'in-person'].includes(answer.channel);
    if ((answer.kind === 'acknowledged' || spoken) && !('readBack' in answer && answer.readBack?.trim()))
      throw invalid('the read-back is missing', [{ path: 'readBack', code: 'required' }]);
    const now = ctx.clock.now();
    // A message on a screen or telephone is recorded, but a push alone is not a notification: the ladder goes on.
    const reached = answer.kind !== 'notified' || spoken;
    await trx
      .insertInto('criticalEvent')
      .values({
        criticalValueId: criticalId,
        kind: answer.kind,
        at: now,
        actorId: staffId,
        channel:
          answer.kind === 'notified' ? answer.channel : answer.kind === 'acknowledged' ? 'screen' : null,
        recipientName: answer.kind === 'notified' ? answer.recipientName : null,
        readBack: 'readBack' in answer ? (answer.readBack ?? null) : null,
        result: answer.kind === 'notified' ? answer.result : null,
        detail: JSON.stringify(answer),
      })
      .execute();
    if (reached)
      await trx
        .updateTable('criticalValue')
        .set(columnsOf(answer, now, staffId))
        .where('id', '=', criticalId)
        .execute();
    if (answer.kind === 'withdrawn') await markCritical(trx, order.id);
    if (answer.kind === 'acknowledged' || answer.kind === 'withdrawn')
      await settleNotices(trx, order, criticalId, answer.kind, now);
    await recordEvent(ctx, trx, actor, order, { kind: `critical-${answer.kind}`, detail: { criticalId } });
    await tellSite(
      trx,
      order,
      criticalId,
      answer.kind === 'withdrawn' ? 'critical.withdrawn' : 'critical.changed',
      value.step,
    );
    await recordAudit(trx, actor, {
      action: `critical.${answer.kind}`,
      subjectType: 'critical',
      subjectId: criticalId,
      patientId: order.patientId,
    });
    return true;
  });
  if (!seen) return refuseUnseen(ctx, actor, criticalId);
  ctx.bell.ring();
}

/** 404, and the attempt on a case that is there is audited. */
async function refuseUnseen(ctx: Context, actor: Actor, criticalId: string): Promise<never> {
  const value = await ctx.db
    .selectFrom('criticalValue')
    .select('orderId')
    .where('id', '=', criticalId)
    .executeTakeFirst();
  if (value) await auditDenied(ctx.db, actor, value.orderId);
  throw notFound('critical value', criticalId);
}

function columnsOf(answer: CriticalAnswer, now: Date, staffId: string) {
  switch (answer.kind) {
    case 'notified':
      return { state: 'notified', notifiedAt: now };
    case 'acknowledged':
      return { state: 'acknowledged', acknowledgedAt: now, acknowledgedBy: staffId, nextStepAt: null };
    case 'disposed':
      return {
        state: 'disposed',
        disposedAt: now,
        disposition: answer.disposition,
        patientReachedAt: answer.patientReachedAt ?? null,
      };
    case 'withdrawn':
      return { state: 'withdrawn', withdrawnReason: answer.reason, nextStepAt: null };
  }
}

/** The order first, as every act does: two that lock in another sequence would wait for each other. */
async function lockCritical(trx: Transaction, actor: Actor, criticalId: string) {
  const order: Order | undefined = await trx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', (eb) => eb.selectFrom('criticalValue').select('orderId').where('id', '=', criticalId))
    .where(visibleOrders(actor))
    .forUpdate()
    .executeTakeFirst();
  if (!order) return undefined;
  const value = await trx
    .selectFrom('criticalValue')
    .selectAll()
    .where('id', '=', criticalId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return { value, order };
}
