import { sql } from 'kysely';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { recordContainerEvent } from '../specimen/containerEvent.ts';
import { type Box, setBox } from './box.ts';

/**
 * Ends the reception of a box: tubes of the manifest that nobody scanned are missing, and the site hears of it.
 * Damaged ones were rejected with their reason while scanning.
 */
export async function reconcileBox(
  ctx: Context,
  actor: Actor,
  boxId: string,
): Promise<{ box: Box; accepted: string[]; rejected: string[]; missing: string[]; extra: string[] }> {
  personId(actor);
  const done = await ctx.db.transaction().execute(async (trx) => {
    const box = await trx
      .selectFrom('labBox')
      .selectAll()
      .where('id', '=', boxId)
      .forUpdate()
      .executeTakeFirst();
    if (!box) throw notFound('box', boxId);
    requirePermission(actor, 'specimen.receive', { institutionId: box.toInstitutionId, centerKind: 'lab' });
    if (box.state !== 'arrived')
      throw conflict('box-state', `box ${box.code} is ${box.state}`, { box: box.code, state: box.state });
    // Locked as reception locks them, the order first: a tube accepted this very moment is waited for, not missing.
    await sql`select id from orders where id in (select order_id from lab_container where box_id = ${box.id}) order by id for update`.execute(
      trx,
    );
    const tubes = await trx
      .selectFrom('labContainer')
      .select(['id', 'barcode', 'state', 'orderId'])
      .where('boxId', '=', box.id)
      .orderBy('barcode')
      .forUpdate()
      .execute();
    const missing = tubes.filter((tube) => ['arrived', 'in-transit', 'boxed'].includes(tube.state));
    for (const tube of missing) {
      await trx.updateTable('labContainer').set({ state: 'missing' }).where('id', '=', tube.id).execute();
      await recordContainerEvent(ctx, trx, actor, tube.id, { kind: 'missing', detail: { box: box.code } });
      const order = await trx
        .selectFrom('orders')
        .selectAll()
        .where('id', '=', tube.orderId)
        .executeTakeFirstOrThrow();
      await recordEvent(ctx, trx, actor, order, {
        kind: 'specimen-missing',
        detail: { barcode: tube.barcode, box: box.code },
      });
      await trx
        .insertInto('notification')
        .values({
          institutionId: box.fromInstitutionId,
          orderId: tube.orderId,
          kind: 'specimen.missing',
          body: JSON.stringify({ barcode: tube.barcode, box: box.code }),
        })
        .execute();
    }
    const extra = await trx
      .selectFrom('labBoxExtra')
      .select('barcode')
      .where('boxId', '=', box.id)
      .orderBy('barcode')
      .execute();
    const after = await setBox(trx, box.id, { state: 'reconciled', reconciledAt: ctx.clock.now() });
    await recordAudit(trx, actor, {
      action: 'box.reconcile',
      subjectType: 'box',
      subjectId: box.code,
      detail: {
        missing: missing.map((tube) => tube.barcode),
        extra: extra.map((one) => one.barcode),
      },
    });
    const named = (states: string[]) =>
      tubes.filter((tube) => states.includes(tube.state)).map((tube) => tube.barcode);
    return {
      box: after,
      accepted: named(['accepted', 'stored', 'discarded']),
      rejected: named(['rejected']),
      missing: missing.map((tube) => tube.barcode),
      extra: extra.map((one) => one.barcode),
    };
  });
  ctx.bell.ring();
  return done;
}
