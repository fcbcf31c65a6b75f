import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

/** Shares of a patient with who opened them, newest first. */
export async function listShares(db: Queryable, patientId: string) {
  const { rows } =
    await sql`select p.id, p.created_at, p.expires_at, p.purpose, p.consent_by, p.with_images, p.with_package, p.factor, p.opened, p.last_opened_at, p.locked_at, p.revoked_at, p.revoke_reason, s.name as created_by, i.short_name as institution_name,
      (select json_agg(json_build_object('orderId', o.id, 'accessionNumber', o.accession_number, 'itemName', o.item_name) order by o.created_at) from patient_share_order so join orders o on o.id = so.order_id where so.share_id = p.id) as orders,
      (select coalesce(json_agg(json_build_object('at', e.opened_at, 'hospital', e.hospital, 'person', e.person, 'address', e.address) order by e.opened_at desc), '[]') from patient_share_session e where e.share_id = p.id) as openings
    from patient_share p join staff s on s.id = p.created_by join institution i on i.id = p.institution_id where p.patient_id = ${patientId} order by p.created_at desc limit 50`.execute(
      db,
    );
  return rows;
}

/** The signed results of a share as another hospital reads them. */
export async function readSharedResults(db: Queryable, orderIds: string[]) {
  const { rows } =
    await sql`select o.id as order_id, o.accession_number, o.center_kind::text as center, o.item_name, p.name as performing_name, q.name as reporting_name, s.id as signed_report_id, s.number, s.kind, s.state, s.content, s.recognition->>'mark' as mark, s.signed_at, s.verify_code, a.name as signer,
      (select min(e.at) from order_event e where e.order_id = o.id and e.kind in ('examined', 'collected', 'acquired')) as examined_at,
      array(select st.study_instance_uid from study_order j join study st on st.id = j.study_id where j.order_id = o.id and j.undone_at is null) as study_uids
    from orders o join lateral (select * from signed_report s where s.order_id = o.id and s.kind <> 'partial' order by s.number desc limit 1) s on true join staff a on a.id = s.signer_id
      join institution p on p.id = o.performing_institution_id join institution q on q.id = o.reporting_institution_id where o.id = any(${orderIds}::uuid[]) order by s.signed_at desc`.execute(
      db,
    );
  return rows;
}
