import { sql } from 'kysely';
import type { CenterKind, OrderPriority, OrderStatus } from '../../../db/types.ts';
import type { Actor } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import type { Queryable } from '../database.ts';
import { decodeCursor, encodeCursor } from '../http.ts';
import { findPatientIds } from '../patient/findPatients.ts';
import { OPEN_STATUSES } from './transitions.ts';

export interface WorklistRow {
  orderId: string;
  accessionNumber: string;
  status: OrderStatus;
  priority: OrderPriority;
  flags: string[];
  patientId: string | null;
  patientName: string | null;
  sex: string | null;
  birthDate: string | null;
  itemName: string;
  modality: string | null;
  bodyPart: string | null;
  institutionId: string;
  institutionName: string;
  reportingInstitutionName: string;
  dueAt: Date | null;
  claimedBy: string | null;
  claimedById: string | null;
  assignedTo: string | null;
  receiving: boolean;
  provisional: boolean;
  lateInput: boolean;
  critical: boolean;
  createdAt: Date;
  receivedAt: Date | null;
}

export interface WorklistQuery {
  center?: CenterKind | undefined;
  status?: OrderStatus[] | undefined;
  priority?: OrderPriority[] | undefined;
  institutionId?: string | undefined;
  modality?: string | undefined;
  /** Part of a name, pinyin, accession or placer number; an ID number is looked up by its hash. */
  q?: string | undefined;
  idHash?: string | undefined;
  accessionNumber?: string | undefined;
  placerOrderNumber?: string | undefined;
  mine?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  /** Worklists go by due time; histories by newest first. */
  sort?: 'due' | 'newest';
  cursor?: string | undefined;
  limit: number;
}

/** One page of orders that the actor may see, by keyset on (due time, id) or (created, id). */
export async function listOrders(
  db: Queryable,
  actor: Actor,
  query: WorklistQuery,
): Promise<{ items: WorklistRow[]; nextCursor: string | null }> {
  const newest = query.sort === 'newest';
  const key = newest ? sql`o.created_at` : sql`coalesce(o.due_at, 'infinity'::timestamptz)`;
  const where = [visibleOrders(actor, 'o')];
  const add = (condition: ReturnType<typeof sql<boolean>>) => where.push(condition as (typeof where)[number]);
  if (query.center) add(sql<boolean>`o.center_kind = ${query.center}`);
  const statuses = query.status ?? (newest ? undefined : [...OPEN_STATUSES]);
  if (statuses) {
    // Spelled out as the partial index has it, so that the planner can use it.
    if (!newest && statuses.every((status) => (OPEN_STATUSES as readonly string[]).includes(status)))
      add(
        sql<boolean>`o.status in ('requested', 'awaiting-decision', 'acquired', 'received', 'claimed', 'preliminary', 'partial', 'returned')`,
      );
    if (statuses.length < OPEN_STATUSES.length || newest || query.status)
      add(sql<boolean>`o.status = any(${statuses}::order_status[])`);
  }
  if (query.priority) add(sql<boolean>`o.priority = any(${query.priority}::order_priority[])`);
  if (query.institutionId) add(sql<boolean>`o.requesting_institution_id = ${query.institutionId}`);
  if (query.modality) add(sql<boolean>`o.modality = ${query.modality}`);
  if (query.mine) add(sql<boolean>`(o.claimed_by = ${query.mine} or o.assigned_to = ${query.mine})`);
  if (query.from) add(sql<boolean>`o.created_at >= ${query.from}`);
  if (query.to) add(sql<boolean>`o.created_at < ${query.to}`);
  if (query.q) add(await findByText(db, query.q, query.idHash));
  if (query.accessionNumber) add(sql<boolean>`o.accession_number = ${query.accessionNumber.toUpperCase()}`);
  if (query.placerOrderNumber) add(sql<boolean>`o.placer_order_number = ${query.placerOrderNumber}`);
  const after = decodeCursor(query.cursor, 2);
  if (after)
    add(
      newest
        ? sql<boolean>`(o.created_at, o.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
        : sql<boolean>`(${key}, o.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`,
    );

  const { rows } = await sql<WorklistRow & { cursorKey: string }>`
    select o.id as order_id, o.accession_number, o.status::text as status, o.priority::text as priority, o.flags, o.patient_id, o.patient_name,
      p.sex::text as sex, p.birth_date, o.item_name, o.modality, o.body_part, o.requesting_institution_id as institution_id, i.short_name as institution_name,
      ri.short_name as reporting_institution_name, o.due_at, s.name as claimed_by, o.claimed_by as claimed_by_id, a.name as assigned_to,
      o.receiving, o.provisional, o.late_input, o.critical, o.created_at, o.received_at, page.cursor_key
    from (select o.id, ${key} as sort_key, (${key})::text as cursor_key from orders o where ${sql.join(where, sql` and `)}
      order by ${key} ${newest ? sql`desc` : sql``}, o.id ${newest ? sql`desc` : sql``} limit ${query.limit + 1}) page
    join orders o on o.id = page.id
    left join patient p on p.id = o.patient_id
    join institution i on i.id = o.requesting_institution_id
    join institution ri on ri.id = o.reporting_institution_id
    left join staff s on s.id = o.claimed_by left join staff a on a.id = o.assigned_to
    order by page.sort_key ${newest ? sql`desc` : sql``}, o.id ${newest ? sql`desc` : sql``}`.execute(db);
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  const nextCursor = rows.length > query.limit && last ? encodeCursor([last.cursorKey, last.orderId]) : null;
  return { items: items.map(({ cursorKey: _, ...row }) => row), nextCursor };
}

/** Orders of the patients found, or with this number, as ids: each way in is an index, none reads the table. */
async function findByText(db: Queryable, q: string, idHash: string | undefined) {
  const text = q.trim();
  const upper = text.toUpperCase();
  const patientIds = await findPatientIds(db, text, idHash);
  const parts = [
    sql`select id from orders where accession_number = ${upper}`,
    sql`select id from orders where placer_order_number = ${text}`,
  ];
  if (/^[IELPSB]\d{2,}$/.test(upper))
    parts.push(sql`(select id from orders where accession_number like ${`${upper}%`} limit 500)`);
  if (patientIds.length > 0)
    parts.push(
      sql`(select id from orders where patient_id = any(${patientIds}::uuid[]) order by created_at desc limit 5000)`,
    );
  return sql<boolean>`o.id in (${sql.join(parts, sql` union `)})`;
}
