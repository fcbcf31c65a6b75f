import { recordAudit } from '../audit/recordAudit.ts';
import { requirePermission, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { announce } from '../events/announce.ts';
import { act } from '../order/acts.ts';
import type { Order } from '../order/order.ts';
import { recordEvent } from '../order/recordEvent.ts';
import { markCritical } from './markCritical.ts';

export interface CriticalInput {
  finding: string;
  ruleCode?: string | undefined;
  tier?: 'critical' | 'significant' | undefined;
}

/** Raises a critical value at any moment, before signing too. */
export async function raiseCritical(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: CriticalInput,
): Promise<{ id: string }> {
  let id = '';
  await act(ctx, actor, orderId, 'critical.raise', async (trx, order) => {
    requirePermission(actor, 'critical.raise', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    id = await insertCritical(ctx, trx, actor, order, input);
    return trx.selectFrom('orders').selectAll().where('id', '=', order.id).executeTakeFirstOrThrow();
  });
  return { id };
}

/** The rows behind it, also for rules of a centre that raise by themselves within their transaction. */
export async function insertCritical(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Order,
  input: CriticalInput,
): Promise<string> {
  const now = ctx.clock.now();
  const row = await trx
    .insertInto('criticalValue')
    .values({
      orderId: order.id,
      finding: input.finding,
      ruleCode: input.ruleCode ?? null,
      tier: input.tier ?? 'critical',
      foundAt: now,
      foundBy: actor.kind === 'staff' ? actor.id : null,
      nextStepAt: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('criticalEvent')
    .values({
      criticalValueId: row.id,
      kind: 'found',
      at: now,
      actorId: actor.kind === 'staff' ? actor.id : null,
      detail: JSON.stringify({ finding: input.finding }),
    })
    .execute();
  await markCritical(trx, order.id);
  await recordEvent(ctx, trx, actor, order, {
    kind: 'critical-found',
    detail: { criticalId: row.id, finding: input.finding },
  });
  await tellSite(trx, order, row.id, 'critical.raised', 0);
  await recordAudit(trx, actor, {
    action: 'critical.found',
    subjectType: 'critical',
    subjectId: row.id,
    patientId: order.patientId,
  });
  return row.id;
}

/** Rings the banner at the site and the centre. No name is in it: browsers read the case with their own rights. */
export async function tellSite(
  trx: Transaction,
  order: Order,
  criticalId: string,
  kind: string,
  step: number,
): Promise<void> {
  await announce(trx, {
    kind,
    orderId: order.id,
    centerKind: order.centerKind,
    institutionIds: [...new Set([order.requestingInstitutionId, order.performingInstitutionId])],
    reportingInstitutionId: order.reportingInstitutionId,
    data: { criticalId, step, accessionNumber: order.accessionNumber },
  });
}
