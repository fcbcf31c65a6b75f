import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';

/** The tissue of a frozen section is embedded afterwards: its paraffin case is ordered about the same time. */
const before = sql`interval '3 days'`;
const after = sql`interval '30 days'`;

/**
 * Ties frozen sections to the paraffin case of the same patient at the same centre, from either side: the order that
 * was just made, received or signed is a frozen section (it finds the newest paraffin case) or a paraffin case (it
 * finds every frozen section that has none yet). What a person chose is not changed. Returns the frozen sections.
 */
export async function linkParaffin(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  order: Pick<Order, 'id' | 'patientId' | 'reportingInstitutionId'>,
): Promise<string[]> {
  if (!order.patientId) return [];
  const { rows } = await sql<{ frozenId: string; paraffinId: string; accessionNumber: string }>`
    select distinct on (f.order_id) f.order_id as frozen_id, p.id as paraffin_id, p.accession_number
    from pathology_frozen f join orders o on o.id = f.order_id
    join orders p on p.patient_id = o.patient_id and p.id <> o.id and p.reporting_institution_id = o.reporting_institution_id
      and p.created_at between o.created_at - ${before} and o.created_at + ${after} and p.status not in ('cancelled', 'void')
    join pathology_case c on c.order_id = p.id and c.kind = 'histology'
    where o.patient_id = ${order.patientId} and o.reporting_institution_id = ${order.reportingInstitutionId}
      and f.paraffin_order_id is null and o.status not in ('cancelled', 'void')
      and (f.order_id = ${order.id} or p.id = ${order.id})
    order by f.order_id, p.created_at desc`.execute(trx);
  for (const { frozenId, paraffinId, accessionNumber } of rows) {
    const frozen = await trx
      .selectFrom('orders')
      .selectAll()
      .where('id', '=', frozenId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    await trx
      .updateTable('pathologyFrozen')
      .set({ paraffinOrderId: paraffinId })
      .where('orderId', '=', frozenId)
      .where('paraffinOrderId', 'is', null)
      .execute();
    await recordEvent(ctx, trx, actor, frozen, {
      kind: 'paraffin-linked',
      detail: { accessionNumber },
    });
  }
  return rows.map(({ frozenId }) => frozenId);
}

/** The paraffin report is signed: its frozen sections wait for their comparison from now on, and say so. */
export async function announceParaffin(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  paraffin: Order,
): Promise<void> {
  await linkParaffin(ctx, trx, actor, paraffin);
  const waiting = await trx
    .selectFrom('pathologyFrozen as f')
    .innerJoin('orders as o', 'o.id', 'f.orderId')
    .selectAll('o')
    .where('f.paraffinOrderId', '=', paraffin.id)
    .where('f.agreement', 'is', null)
    .forUpdate()
    .execute();
  for (const frozen of waiting)
    await recordEvent(ctx, trx, actor, frozen, {
      kind: 'paraffin-signed',
      detail: { accessionNumber: paraffin.accessionNumber },
    });
}
