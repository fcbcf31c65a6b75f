import { personId, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { forbidden } from '../errors.ts';
import type { Order } from '../order/order.ts';
import { localDate } from '../turnaround/calendar.ts';

/**
 * Nobody signs after the end of his licence or outside its scope: centres, or modalities of one (`imaging:US`). A
 * person without a stated scope signs what his roles allow. Throws 403.
 */
export async function requireLicence(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Pick<Order, 'centerKind' | 'modality'>,
): Promise<void> {
  const { licenceUntil, licenceScope } = await trx
    .selectFrom('staff')
    .select(['licenceUntil', 'licenceScope'])
    .where('id', '=', personId(actor))
    .executeTakeFirstOrThrow();
  if (licenceUntil && licenceUntil < localDate(ctx.clock.now()))
    throw forbidden('the practising licence has expired', 'licence-expired');
  const needed = order.modality ? `${order.centerKind}:${order.modality}` : order.centerKind;
  if (licenceScope.length > 0 && !licenceScope.includes(order.centerKind) && !licenceScope.includes(needed))
    throw forbidden(
      `the practising licence does not cover ${needed}: its scope is ${licenceScope.join(', ')}`,
      'licence-scope',
    );
}
