import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import type { Queryable } from '../../core/database.ts';
import { totalRows, withTotal } from '../withTotal.ts';

/** Last signed reports of a period, by site, each with the path of its PDF. */
export async function listPrintable(
  db: Queryable,
  actor: Actor,
  query: { from: string; to: string; institution?: string | undefined; limit: number },
) {
  const rows = await db
    .selectFrom('orders')
    .innerJoin('institution as i', 'i.id', 'orders.requestingInstitutionId')
    .select([
      'orders.id as orderId',
      'orders.accessionNumber',
      'orders.patientName',
      'orders.itemName',
      'orders.finalAt',
      'orders.status',
      'orders.priority',
      'orders.positive',
      'i.shortName as institutionName',
      'i.code as institutionCode',
    ])
    .select(
      sql<
        string | null
      >`(select max(v.at) from report_view v join signed_report s on s.id = v.signed_report_id where s.order_id = orders.id and v.act = 'printed' and s.number = (select max(x.number) from signed_report x where x.order_id = orders.id))`.as(
        'printedAt',
      ),
    )
    .select(totalRows.as('total'))
    .where('orders.centerKind', '=', 'lab')
    .where('orders.status', 'in', ['final', 'acknowledged', 'corrected'])
    .where(sql<boolean>`orders.final_at >= (${query.from}::timestamp at time zone 'Asia/Shanghai')`)
    .where(
      sql<boolean>`orders.final_at < ((${query.to}::timestamp + interval '1 day') at time zone 'Asia/Shanghai')`,
    )
    // What has no file would be left out of the print.
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('signedReport as f')
          .select('f.id')
          .whereRef('f.orderId', '=', 'orders.id')
          .where('f.kind', 'not in', ['partial', 'void'])
          .where('f.pdfAddress', 'is not', null),
      ),
    )
    .where(visibleOrders(actor))
    .$if(query.institution !== undefined, (qb) => qb.where('i.code', '=', query.institution ?? ''))
    .orderBy('orders.finalAt')
    .limit(query.limit)
    .execute();
  return withTotal(rows.map((row) => ({ ...row, pdf: `/api/orders/${row.orderId}/report.pdf` })));
}
