import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { applyAgain } from './applyAgain.ts';
import { OPEN_STATES } from './fate.ts';
import { settleQueue } from './queueOpen.ts';

/** A person says to which tube a value belongs. The tube's own rules still hold. */
export async function assignInstrumentResult(
  ctx: Context,
  actor: Actor,
  id: number,
  barcode: string,
): Promise<{ applied: number; open: number }> {
  requirePermission(actor, 'unmatched.decide', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('labInstrumentResult')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound('instrument result', String(id));
    if (!['unmatched', 'held'].includes(row.state))
      throw conflict('value-decided', `the value is ${row.state}`);
    const all = await trx
      .selectFrom('labInstrumentResult')
      .selectAll()
      .where('instrumentId', '=', row.instrumentId)
      .where('specimenId', 'is not distinct from', row.specimenId)
      .where('state', 'in', ['unmatched', 'held'])
      .forUpdate()
      .execute();
    const result = await applyAgain(ctx, trx, actor, row.instrumentId, all, barcode.trim().toUpperCase());
    await recordAudit(trx, actor, {
      action: 'instrument-result.assign',
      subjectType: 'instrument-result',
      subjectId: String(id),
      detail: { from: row.specimenId, to: barcode, ...result },
    });
    return result;
  });
}

/** A person sets a value aside with a reason; it stays on file. */
export async function dismissInstrumentResult(
  ctx: Context,
  actor: Actor,
  id: number,
  reason: string,
): Promise<void> {
  requirePermission(actor, 'bench.work', { centerKind: 'lab' });
  await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable('labInstrumentResult')
      .set({ state: 'resolved', reason, reasonCode: null, reasonParams: null })
      .where('id', '=', id)
      .where('state', 'in', OPEN_STATES)
      .returning('instrumentId')
      .executeTakeFirst();
    if (!row) throw notFound('open instrument result', String(id));
    await settleQueue(ctx, trx, actor, row.instrumentId);
    await recordAudit(trx, actor, {
      action: 'instrument-result.dismiss',
      subjectType: 'instrument-result',
      subjectId: String(id),
      detail: { reason },
    });
  });
}
