import { sql } from 'kysely';
import type { Context } from '../../../server/core/context.ts';
import type { Queryable } from '../../../server/core/database.ts';

/**
 * Puts a signed report on its way to the requesting site, if that site has an HL7 endpoint for the centre. Called for
 * the same report twice it queues it once.
 */
export async function queueReport(db: Queryable, signedReportId: string): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    insert into outbox (destination, ordering_key, kind, payload)
    select 'hl7:' || i.code, o.id::text, 'oru', jsonb_build_object('signedReportId', s.id, 'orderId', o.id)
    from signed_report s join orders o on o.id = s.order_id
      join institution i on i.id = o.requesting_institution_id
      join hl7_endpoint e on e.institution_id = i.id and e.active and o.center_kind = any(e.centers)
    where s.id = ${signedReportId}
      and not exists (select 1 from outbox q where q.destination = 'hl7:' || i.code and q.ordering_key = o.id::text
        and q.kind = 'oru' and q.payload ->> 'signedReportId' = s.id::text)
    returning id`.execute(db);
  return rows.length > 0;
}

/** Job `report.deliver`: made by a signature in its transaction. */
export async function deliverReportJob(
  ctx: Pick<Context, 'db' | 'bell'>,
  payload: Record<string, unknown>,
): Promise<void> {
  const signedReportId = payload['signedReportId'];
  if (typeof signedReportId !== 'string') throw new Error('the job report.deliver names no signedReportId');
  if (await queueReport(ctx.db, signedReportId)) ctx.bell.ring();
}
