import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import type { Queryable } from '../../core/database.ts';
import { getVisibleOrder } from '../../core/order/order.ts';

export interface Prior {
  orderId: string;
  accessionNumber: string;
  studyInstanceUid: string;
  performedAt: Date | null;
  createdAt: Date;
  status: string;
  itemName: string;
  institutionName: string;
  modality: string | null;
  bodyPart: string | null;
  impression: string | null;
}

/**
 * Earlier studies of the same patient (not these images under another order, a second opinion on them), linked records included, in the whole county as far as this actor sees; newest first.
 * The time is that of the examination, the device's own where its clock was never measured, never the moment the images came
 * while there is any other.
 */
export async function listPriors(db: Queryable, actor: Actor, orderId: string): Promise<{ items: Prior[] }> {
  const order = await getVisibleOrder(db, actor, orderId);
  const { rows } = await sql<Prior>`
    with same as (
      select ${order.patientId}::uuid as id
      union select other_patient_id from patient_link where patient_id = ${order.patientId} and state = 'linked'
      union select patient_id from patient_link where other_patient_id = ${order.patientId} and state = 'linked')
    select o.id as order_id, o.accession_number, st.study_instance_uid, coalesce(st.acquired_at, st.acquired_device_at, o.received_at) as performed_at, o.created_at, o.status::text as status, o.item_name, i.short_name as institution_name,
      o.modality, o.body_part, (select sr.content->>'impression' from signed_report sr where sr.order_id = o.id and sr.state = 'valid' order by sr.number desc limit 1) as impression
    from orders o join same on same.id = o.patient_id join study_order so on so.order_id = o.id and so.undone_at is null join study st on st.id = so.study_id join institution i on i.id = o.performing_institution_id
    where o.center_kind = 'imaging' and o.id <> ${order.id}
      and not exists (select from study_order own where own.order_id = ${order.id} and own.study_id = so.study_id and own.undone_at is null) and o.status not in ('cancelled') and ${visibleOrders(actor, 'o')}
    order by coalesce(st.acquired_at, st.acquired_device_at, o.received_at, o.created_at) desc limit 50`.execute(
    db,
  );
  return { items: rows };
}
