import { sql } from 'kysely';
import { personId, requirePermission, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import { invalid } from '../errors.ts';
import { daysOfPeriod } from '../quality/freezePeriod.ts';
import { localDate } from '../turnaround/calendar.ts';

export interface SettlementRow {
  payerId: string;
  payer: string;
  payeeId: string;
  payee: string;
  cases: number;
  /** Prices frozen at signing, in yuan. */
  gross: number;
  /** The reading institution's part of them. */
  amount: number;
  lines: {
    itemCode: string;
    itemName: string;
    center: string;
    cases: number;
    price: number;
    share: number;
    amount: number;
  }[];
}

/**
 * The sheet of a month per pair of institutions: the site that charged the patient pays the reading institution its share
 * of the frozen price. Orders that the HIS reported as exempt or refunded count as cases with amount 0.
 */
export async function computeSettlement(db: Queryable, period: string): Promise<SettlementRow[]> {
  const { first, last } = daysOfPeriod(period);
  const { rows } = await sql<SettlementRow>`
    with line as (select l.requesting_institution_id as payer_id, l.reporting_institution_id as payee_id, l.item_code, l.item_name, l.center_kind::text as center, l.price, coalesce((select (value->>l.center_kind::text)::numeric from setting where key = 'settlement.shares'), 0) as share,
        case when c.state in ('exempt', 'refunded') then 0 else l.price end as charged
      from charge_line l left join order_charge c on c.order_id = l.order_id
      where l.frozen_at >= ${`${first}T00:00:00+08:00`}::timestamptz and l.frozen_at < ${`${last}T00:00:00+08:00`}::timestamptz + interval '1 day' and l.requesting_institution_id <> l.reporting_institution_id
        and not exists (select 1 from orders o where o.id = l.order_id and o.status in ('void', 'cancelled'))),
    item as (select payer_id, payee_id, item_code, item_name, center, price, share, count(*)::int as cases, sum(charged) as gross, round(sum(charged * share), 2) as amount from line group by 1, 2, 3, 4, 5, 6, 7)
    select i.payer_id, p.short_name as payer, i.payee_id, q.short_name as payee, sum(i.cases)::int as cases, sum(i.gross)::float as gross, sum(i.amount)::float as amount,
      json_agg(json_build_object('itemCode', i.item_code, 'itemName', i.item_name, 'center', i.center, 'cases', i.cases, 'price', i.price::float, 'share', i.share::float, 'amount', i.amount::float) order by i.item_code, i.price) as lines
    from item i join institution p on p.id = i.payer_id join institution q on q.id = i.payee_id group by 1, 2, 3, 4 order by 2, 4`.execute(
    db,
  );
  return rows;
}

/** Closes an ended month: its sheets are stored as they are and stay so. Answers how many were made now. */
export async function closeSettlement(ctx: Context, actor: Actor, period: string): Promise<number> {
  requirePermission(actor, 'quality.review');
  if (daysOfPeriod(period).last >= localDate(ctx.clock.now()))
    throw invalid('only a month that has ended is settled', [{ path: 'period', code: 'period-open' }]);
  const sheets = await computeSettlement(ctx.db, period);
  return ctx.db.transaction().execute(async (trx) => {
    let made = 0;
    for (const { payer: _, payee: __, lines, ...sheet } of sheets) {
      const row = await trx
        .insertInto('settlement')
        .values({
          period,
          ...sheet,
          lines: JSON.stringify(lines),
          closedBy: personId(actor),
          closedAt: ctx.clock.now(),
        })
        .onConflict((oc) => oc.columns(['period', 'payerId', 'payeeId']).doNothing())
        .executeTakeFirst();
      made += Number(row.numInsertedOrUpdatedRows ?? 0n);
    }
    await recordAudit(trx, actor, {
      action: 'settlement.close',
      subjectType: 'period',
      subjectId: period,
      detail: { sheets: made },
    });
    return made;
  });
}

/** A closed month as it was stored. */
export async function readClosedSettlement(db: Queryable, period: string) {
  const { rows } = await sql<
    SettlementRow & { closedAt: Date }
  >`select s.payer_id, p.short_name as payer, s.payee_id, q.short_name as payee, s.cases, s.gross::float as gross, s.amount::float as amount, s.lines, s.closed_at
    from settlement s join institution p on p.id = s.payer_id join institution q on q.id = s.payee_id where s.period = ${period} order by 2, 4`.execute(
    db,
  );
  return rows;
}
