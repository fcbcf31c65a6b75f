import { sql } from 'kysely';
import type { Queryable } from '../core/database.ts';

export interface HostOrder {
  barcode: string;
  accessionNumber: string;
  priority: string;
  specimenType: string;
  collectedAt: Date | null;
  patientName: string;
  sex: string;
  birthDate: string | null;
  /** Codes as this analyzer knows them. */
  instrumentCodes: string[];
}

/** What an analyzer shall measure on a tube (host query), in its own codes; nothing for a tube that was not accepted, and no test that is held. */
export async function answerHostQuery(
  db: Queryable,
  instrumentId: string,
  barcodes: readonly string[] | 'ALL',
): Promise<HostOrder[]> {
  const { rows } = await sql<HostOrder>`
    select c.barcode, o.accession_number, o.priority::text as priority, c.specimen_type, c.collected_at, p.name as patient_name, p.sex::text as sex, p.birth_date,
      array_agg(m.instrument_code order by t.print_order) as instrument_codes
    from lab_container c join lab_order_test x on x.container_id = c.id join lab_test t on t.code = x.test_code
      join lab_instrument_test m on m.test_code = t.code and m.instrument_id = ${instrumentId}
      join orders o on o.id = c.order_id join patient p on p.id = o.patient_id
    where c.state = 'accepted' and x.state = 'received' and x.hold_reason is null and (${barcodes === 'ALL'} or c.barcode = any(${barcodes === 'ALL' ? [] : [...barcodes]}::text[]))
    group by c.id, o.id, p.id order by o.lane, c.received_at limit 200`.execute(db);
  return rows;
}
