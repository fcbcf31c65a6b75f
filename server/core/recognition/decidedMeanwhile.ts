import { sql } from 'kysely';
import type { Database, Transaction } from '../database.ts';
import { conflict } from '../errors.ts';

/** What was committed when somebody looked, as PostgreSQL's text form of a snapshot. */
export type Snapshot = string;

export async function currentSnapshot(db: Database): Promise<Snapshot> {
  const { rows } = await sql<{ snapshot: string }>`select pg_current_snapshot()::text as snapshot`.execute(
    db,
  );
  return rows[0]?.snapshot ?? '';
}

/**
 * Refuses a request that raced another of the same patient: nobody who sent it can have seen what the other did. Call
 * under the patient's lock. Throws 409 `ordered-meanwhile` with `orders[]` for the same item ordered, 409
 * `recognition-decided-meanwhile` for the same earlier result adopted. Sent again it goes through: then it was seen.
 */
export async function refuseWhatRaced(
  trx: Transaction,
  seen: Snapshot,
  patientId: string,
  itemCodes: string[],
): Promise<void> {
  const { rows: orders } = await sql<{
    id: string;
    accessionNumber: string;
    itemName: string;
    institutionName: string;
    requestedByName: string | null;
    createdAt: Date;
  }>`
    select o.id, o.accession_number, o.item_name, i.short_name as institution_name, r.requested_by_name, o.created_at
    from ${unseen(seen, patientId)} a join orders o on o.id = a.subject_id::uuid join request r on r.id = o.request_id
      join institution i on i.id = o.requesting_institution_id
    where a.action = 'order.create' and o.status <> 'cancelled'
      and exists (select 1 from order_item x where x.order_id = o.id and x.code = any(${itemCodes}::text[]))
    order by o.created_at limit 20`.execute(trx);
  if (orders.length > 0)
    throw conflict(
      'ordered-meanwhile',
      `the same item was ordered for this patient at this moment: ${orders.map((order) => order.accessionNumber).join(', ')}; send again only if it is wanted twice`,
      { orders },
    );
  const { rows: adopted } = await sql<{ itemCode: string }>`
    select p.item_code from ${unseen(seen, patientId)} a join recognition_prompt p on p.id = a.subject_id::uuid
    where a.action = 'recognition.adopt' and p.item_code = any(${itemCodes}::text[]) limit 20`.execute(trx);
  if (adopted.length > 0)
    throw conflict(
      'recognition-decided-meanwhile',
      `an earlier result of ${adopted.map((prompt) => prompt.itemCode).join(', ')} was adopted for this patient at this moment`,
    );
}

/** Acts on the patient's record that were not committed when `seen` was taken; found by the audit trail's own index. */
const unseen = (seen: Snapshot, patientId: string) => sql`(
  select action, subject_id from audit_event
  where xid >= pg_snapshot_xmin(${seen}::pg_snapshot) and not pg_visible_in_snapshot(xid, ${seen}::pg_snapshot)
    and xid <> pg_current_xact_id() and patient_id = ${patientId}::uuid)`;
