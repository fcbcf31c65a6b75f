import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Order } from './order.ts';

/** Everything a case page shows above the fold: patient strip, sites, items, request, input of the centre. */
export async function describeOrder(ctx: Context, order: Order, atCenter: boolean) {
  const { rows } = await sql<Record<string, unknown>>`
    select o.id, o.request_id, o.center_kind::text as center, o.accession_number, o.placer_order_number, o.status::text as status, o.priority::text as priority, o.flags, o.item_name, o.item_class, o.modality, o.body_part,
      o.due_at, o.received_at, o.final_at, o.created_at, o.receiving, o.provisional, o.late_input, o.critical, o.sensitive, o.positive, o.price, o.claimed_by as claimed_by_id, s.name as claimed_by, o.claimed_at, o.assigned_to as assigned_to_id,
      o.requesting_institution_id, qi.short_name as institution_name, qi.code as institution_code, qi.duty_phone as institution_phone, o.performing_institution_id, pi.short_name as performing_institution_name, o.reporting_institution_id, ri.short_name as reporting_institution_name,
      r.clinical_info, r.requested_by_name, r.visit, r.remote_consent, r.source, r.created_at as requested_at,
      case when p.id is null then null else json_build_object('id', p.id, 'name', p.name, 'sex', p.sex, 'birthDate', p.birth_date, 'identity', p.identity, 'protected', p.restricted, 'hasPhone', p.phone_encrypted is not null,
        'identifiers', (select coalesce(json_agg(json_build_object('type', pi2.type, 'value', pi2.value_masked)), '[]') from patient_identifier pi2 where pi2.patient_id = p.id)) end as patient,
      case when o.status = 'returned' then (select json_build_object('at', e.at, 'by', e.actor_name, 'reason', e.reason, 'note', e.detail->>'note') from order_event e where e.order_id = o.id and e.kind = 'returned' order by e.at desc, e.seq desc limit 1) end as returned,
      (select json_agg(json_build_object('code', i.code, 'name', i.name, 'status', i.status) order by i.code) from order_item i where i.order_id = o.id) as items,
      (select json_agg(json_build_object('id', b.id, 'accessionNumber', b.accession_number, 'status', b.status, 'itemName', b.item_name)) from orders b where b.request_id = o.request_id and b.id <> o.id) as siblings
    from orders o join request r on r.id = o.request_id left join patient p on p.id = o.patient_id left join staff s on s.id = o.claimed_by
      join institution qi on qi.id = o.requesting_institution_id join institution pi on pi.id = o.performing_institution_id join institution ri on ri.id = o.reporting_institution_id
    where o.id = ${order.id}`.execute(ctx.db);
  const center = ctx.centers.find((candidate) => candidate.kind === order.centerKind);
  const input = (await center?.describeOrder?.(ctx.db, order)) ?? {};
  return { ...rows[0], atCenter, input };
}
