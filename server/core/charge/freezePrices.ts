import { sql } from 'kysely';
import type { Transaction } from '../database.ts';
import type { Order } from '../order/order.ts';

/** At the first signature the prices of an order's items are frozen for settlement; later price lists do not change them. */
export async function freezePrices(
  trx: Transaction,
  order: Order,
  signedReportId: string,
  now: Date,
): Promise<void> {
  await sql`insert into charge_line (order_id, item_code, item_name, center_kind, price, requesting_institution_id, performing_institution_id, reporting_institution_id, signed_report_id, frozen_at)
    select ${order.id}, i.code, i.name, ${order.centerKind}::center_kind, coalesce(i.price, c.price), ${order.requestingInstitutionId}, ${order.performingInstitutionId}, ${order.reportingInstitutionId}, ${signedReportId}, ${now}
    from order_item i join catalogue_item c on c.code = i.code where i.order_id = ${order.id} and coalesce(i.price, c.price) is not null and i.status <> 'cancelled' on conflict (order_id, item_code) do nothing`.execute(
    trx,
  );
}
