import { sql } from 'kysely';
import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { invalid, notFound } from '../../core/errors.ts';
import { announce } from '../../core/events/announce.ts';
import { lockVisibleOrder, type Order } from '../../core/order/order.ts';
import { receiveOrder } from '../../core/order/acts.ts';
import { transition } from '../../core/order/recordEvent.ts';
import { centerOf } from '../access.ts';
import { scans, stationFields } from '../inputs.ts';
import { lockPacks, refuse, type Pack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { localDay } from '../rules/expiry.ts';
import { nextNumber } from '../site/declareReturn.ts';
import { stepPacks } from '../stepPack.ts';

export const dispatchInput = z.object({
  /** Code of the institution that gets the packs. */
  to: z.string().trim().min(1).max(40),
  codes: scans,
  /** The order they answer; packs may also go out without one (standing exchange). */
  orderId: z.uuid().optional(),
  routeId: z.uuid().optional(),
  courier: z.string().trim().max(64).optional(),
  vehicle: z.string().trim().max(60).default(''),
  ...stationFields,
});

/**
 * Sterile packs leave for a site with courier and route. Never unreleased, never expired, never with dirty goods: each
 * is a constraint of the transfer. An order whose lines are all served becomes final, else partial.
 */
export async function dispatch(ctx: Context, actor: Actor, input: z.output<typeof dispatchInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const today = localDay(now);
      const site = await trx
        .selectFrom('institution')
        .select(['id', 'shortName'])
        .where('code', '=', input.to)
        .where('active', '=', true)
        .executeTakeFirst();
      if (!site) throw notFound('institution', input.to);
      const packs = await lockPacks(trx, input.codes, centerId);
      for (const pack of packs)
        if (pack.expiresOn !== null && pack.expiresOn < today)
          throw refuse('expired', pack.code, `expired on ${pack.expiresOn}`, { expiresOn: pack.expiresOn });
      const courier = input.courier
        ? await trx
            .selectFrom('staff')
            .select('id')
            .where('username', '=', input.courier)
            .where('active', '=', true)
            .executeTakeFirst()
        : undefined;
      if (input.courier && !courier)
        throw invalid('unknown courier', [{ path: 'courier', code: 'unknown-staff' }]);
      const transfer = await trx
        .insertInto('cssdTransfer')
        .values({
          number: await nextNumber(trx, 'T', 'cssd_transfer_number', today),
          kind: 'sterile',
          fromInstitutionId: centerId,
          toInstitutionId: site.id,
          routeId: input.routeId ?? null,
          courierId: courier?.id ?? null,
          vehicle: input.vehicle,
          createdAt: now,
          createdBy: personId(actor),
          departedAt: now,
        })
        .returning(['id', 'number'])
        .executeTakeFirstOrThrow();
      await stepPacks(
        ctx,
        trx,
        actor,
        { institutionId: centerId, station: input.station, deviceAt: input.deviceAt },
        packs,
        'dispatched',
        { transferId: transfer.id, detail: { to: input.to } },
        { locationId: site.id, shelf: '', ...(input.orderId && { orderId: input.orderId }) },
      );
      await trx
        .insertInto('cssdTransferPack')
        .values(
          packs.map((pack) => ({
            transferId: transfer.id,
            kind: 'sterile',
            packId: pack.id,
            dispatchedOn: today,
            loadId: pack.loadId,
            releaseId: pack.releaseId,
            expiresOn: pack.expiresOn,
          })),
        )
        .execute();
      const order = input.orderId
        ? await serveOrder(ctx, trx, actor, input.orderId, site.id, packs, transfer.number)
        : undefined;
      await recordAudit(trx, actor, {
        action: 'sterilization.dispatch',
        subjectType: 'cssd-transfer',
        subjectId: transfer.id,
        detail: { to: input.to, packs: packs.length },
      });
      await announce(trx, {
        kind: 'sterilization.transfer',
        centerKind: 'sterilization',
        institutionIds: [site.id],
        reportingInstitutionId: centerId,
        data: { number: transfer.number, packs: packs.length },
      });
      return {
        transferId: transfer.id,
        number: transfer.number,
        to: site.shortName,
        packs: packs.length,
        ...(order && { orderStatus: order.status }),
      };
    }),
  );
  ctx.bell.ring();
  return answer;
}

/** Counts the dispatched packs against the lines of the order. More than was asked for, or another set, is refused. */
async function serveOrder(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  orderId: string,
  siteId: string,
  packs: Pack[],
  number: string,
): Promise<Order> {
  let order = await lockVisibleOrder(trx, actor, orderId);
  if (order.centerKind !== 'sterilization' || order.requestingInstitutionId !== siteId)
    throw invalid('this order belongs to another site', [{ path: 'orderId', code: 'order-of-other-site' }]);
  const { rows } = await sql<{ setTypeId: string; asked: number; sent: number }>`
    select l.set_type_id, l.quantity as asked, count(p.id)::int as sent from cssd_order_line l
    left join cssd_pack p on p.order_id = l.order_id and p.set_type_id = l.set_type_id and p.state not in ('reprocess', 'discarded', 'lost')
    where l.order_id = ${orderId} group by l.set_type_id, l.quantity`.execute(trx);
  const surplus = packs.find((pack) => !rows.some((row) => row.setTypeId === pack.setTypeId));
  if (surplus) throw refuse('not-ordered', surplus.code, 'this set type is not on the order');
  const over = rows.find((row) => row.sent > row.asked);
  if (over)
    throw invalid('more packs than the order asks for', [{ path: 'codes', code: 'more-than-ordered' }]);
  if (order.status === 'requested') order = await receiveOrder(ctx, trx, actor, order);
  const complete = rows.every((row) => row.sent >= row.asked);
  const detail = { transfer: number, packs: packs.length };
  return complete
    ? transition(ctx, trx, actor, order, 'final', { detail }, { finalAt: ctx.clock.now() })
    : transition(ctx, trx, actor, order, 'partial', { detail });
}
