import { sql } from 'kysely';
import type { Queryable } from '../../server/core/database.ts';
import type { OrderRow } from './loadRows.ts';
import type { Resource } from './resources.ts';
import { SYSTEM } from './systems.ts';

interface SpecimenRow {
  id: string;
  orderId: string;
  barcode: string;
  kind: string;
  parentId: string | null;
  collectedAt: Date | null;
  collectedBy: string | null;
  receivedAt: Date | null;
  state: string;
  note: string | null;
}

const STATUS: Record<string, string> = {
  rejected: 'unsatisfactory',
  missing: 'unavailable',
  discarded: 'unavailable',
  cancelled: 'entered-in-error',
};

/** The order a specimen belongs to, by the specimen's id. */
export async function orderOfSpecimen(db: Queryable, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ orderId: string }>`
    select order_id from lab_container where id = ${id}::uuid union all select order_id from pathology_specimen where id = ${id}::uuid limit 1`.execute(
    db,
  );
  return rows[0]?.orderId;
}

/** Tubes of the laboratory and specimens of pathology of these orders. */
export async function specimenResources(
  db: Queryable,
  orders: readonly OrderRow[],
  id: string | undefined,
): Promise<Resource[]> {
  const ids = orders.map((order) => order.id);
  if (ids.length === 0) return [];
  const { rows } = await sql<SpecimenRow>`
    select id, order_id, barcode, specimen_type as kind, parent_id, collected_at, collected_by_name as collected_by, received_at, state, coalesce(rejection_note, rejection_code) as note from lab_container where order_id = any(${ids}::uuid[]) and state <> 'planned'
    union all select s.id, s.order_id, o.accession_number || '-' || s.letter, s.site, null, s.fixation_started_at, null, o.received_at, 'accepted', null from pathology_specimen s join orders o on o.id = s.order_id where s.order_id = any(${ids}::uuid[])
    order by order_id, barcode`.execute(db);
  const byId = new Map(orders.map((order) => [order.id, order]));
  return rows
    .filter((row) => id === undefined || row.id === id)
    .map((row) => ({
      resourceType: 'Specimen',
      id: row.id,
      identifier: [{ system: SYSTEM.barcode, value: row.barcode }],
      accessionIdentifier: { system: SYSTEM.accession, value: byId.get(row.orderId)?.accessionNumber },
      status: STATUS[row.state] ?? 'available',
      type: { text: row.kind },
      ...(byId.get(row.orderId)?.patientId && { subject: { reference: `Patient/${byId.get(row.orderId)?.patientId}` } }),
      ...(row.receivedAt && { receivedTime: row.receivedAt.toISOString() }),
      ...(row.parentId && { parent: [{ reference: `Specimen/${row.parentId}` }] }),
      request: [{ reference: `ServiceRequest/${row.orderId}` }],
      ...(row.collectedAt && {
        collection: { collectedDateTime: row.collectedAt.toISOString(), ...(row.collectedBy && { collector: { display: row.collectedBy } }) },
      }),
      ...(row.note && { note: [{ text: row.note }] }),
    })); // prettier-ignore
}
