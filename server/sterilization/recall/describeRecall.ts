import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';

export interface RecallItem {
  packId: string;
  code: string;
  setName: string;
  loadNumber: string;
  institutionId: string;
  institutionName: string;
  shelf: string;
  was: string;
  outcome: string;
  decidedAt: Date | null;
}
export interface RecallPatient {
  patientId: string | null;
  patientName: string | null;
  visit: string;
  usedAt: Date;
  institutionId: string;
  institutionName: string;
  code: string;
  setName: string;
  loadNumber: string;
}
export interface RecallNotice {
  institutionId: string;
  institutionName: string;
  packs: number;
  usedPacks: number;
  notifiedAt: Date;
  acknowledgedAt: Date | null;
  acknowledgedByName: string | null;
  escalatedAt: Date | null;
}

/** A recall with everything about it: packs by site and shelf, notices, patients of the packs already used. */
export async function describeRecall(db: Queryable, recallId: string, institutionId?: string) {
  const { rows: heads } = await sql<{
    id: string;
    number: string;
    reason: string;
    decision: string;
    machineId: string;
    machineCode: string;
    machineName: string;
    machineStatus: string;
    centerId: string;
    centerName: string;
    since: Date | null;
    lastPassLoad: string | null;
    raisedAt: Date;
    raisedByName: string;
    closedAt: Date | null;
    conclusion: string;
    documentSha256: string | null;
  }>`
    select r.id, r.number, r.reason, r.decision, r.machine_id, m.code as machine_code, m.name as machine_name, m.status as machine_status,
      r.center_id, c.name as center_name, r.since, l.number as last_pass_load, r.raised_at, s.name as raised_by_name, r.closed_at, r.conclusion, r.document_sha256
    from cssd_recall r join cssd_machine m on m.id = r.machine_id join institution c on c.id = r.center_id
    join staff s on s.id = r.raised_by left join cssd_load l on l.id = r.last_pass_load_id where r.id = ${recallId}`.execute(
    db,
  );
  const head = heads[0];
  if (!head) throw notFound('recall', recallId);
  const here = (column: string) => (institutionId ? sql`and ${sql.ref(column)} = ${institutionId}` : sql``);
  const { rows: items } = await sql<RecallItem>`
    select i.pack_id, p.code, t.name as set_name, l.number as load_number, i.location_id as institution_id, o.short_name as institution_name, i.shelf, i.was, i.outcome, i.decided_at
    from cssd_recall_item i join cssd_pack p on p.id = i.pack_id join cssd_set_type t on t.id = p.set_type_id join cssd_load l on l.id = p.load_id
    join institution o on o.id = i.location_id where i.recall_id = ${recallId} ${here('i.location_id')} order by o.short_name, i.shelf, p.code limit 5000`.execute(
    db,
  );
  const { rows: notices } = await sql<RecallNotice>`
    select n.institution_id, o.short_name as institution_name, n.packs, n.used_packs, n.notified_at, n.acknowledged_at, s.name as acknowledged_by_name, n.escalated_at
    from cssd_recall_notice n join institution o on o.id = n.institution_id left join staff s on s.id = n.acknowledged_by
    where n.recall_id = ${recallId} ${here('n.institution_id')} order by o.short_name`.execute(db);
  const { rows: patients } = await sql<RecallPatient>`
    select u.patient_id, pt.name as patient_name, u.visit, u.used_at, u.institution_id, o.short_name as institution_name, p.code, t.name as set_name, l.number as load_number
    from cssd_load l join cssd_pack p on p.load_id = l.id join cssd_use u on u.pack_id = p.id join cssd_set_type t on t.id = p.set_type_id
    join institution o on o.id = u.institution_id left join patient pt on pt.id = u.patient_id
    where l.machine_id = ${head.machineId} and l.purpose = 'production' and l.started_at > coalesce(${head.since}::timestamptz, '-infinity')
      and l.started_at <= ${head.raisedAt} ${here('u.institution_id')} order by u.used_at limit 5000`.execute(
    db,
  );
  return { ...head, items, notices, patients };
}
