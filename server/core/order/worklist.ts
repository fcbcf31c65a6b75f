import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { CenterKind, OrderPriority, OrderStatus } from '../../../db/types.ts';
import type { Actor } from '../access/actor.ts';
import { visibleOrderParts } from '../access/orderScope.ts';
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
  const where: RawBuilder<SqlBool>[] = [];
  const add = (condition: RawBuilder<SqlBool>) => where.push(condition);
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
  if (query.accessionNumber) add(sql<boolean>`o.accession_number = ${query.accessionNumber.toUpperCase()}`);
  if (query.placerOrderNumber) add(sql<boolean>`o.placer_order_number = ${query.placerOrderNumber}`);
  const after = decodeCursor(query.cursor, 2);
  if (after)
    add(
      newest
        ? sql<boolean>`(o.created_at, o.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
        : sql<boolean>`(${key}, o.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`,
    );

  // One ordered, limited branch for each way in: an `or` over them would be read through the whole table.
  const direction = newest ? sql`desc` : sql``;
  const sources = query.q ? await findByText(db, query.q, query.idHash) : [sql`orders`];
  const branches = sources.flatMap((source) =>
    visibleOrderParts(actor, 'o').map(
      (
        part,
      ) => sql`(select o.id, ${key} as sort_key from ${source} o where ${sql.join([part, ...where], sql` and `)}
        order by ${key} ${direction}, o.id ${direction} limit ${query.limit + 1})`,
    ),
  );
  const { rows } = await sql<WorklistRow & { cursorKey: string }>`
    select o.id as order_id, o.accession_number, o.status::text as status, o.priority::text as priority, o.flags, o.patient_id, o.patient_name,
      p.sex::text as sex, p.birth_date, o.item_name, o.modality, o.body_part, o.requesting_institution_id as institution_id, i.short_name as institution_name,
      ri.short_name as reporting_institution_name, o.due_at, s.name as claimed_by, o.claimed_by as claimed_by_id, a.name as assigned_to,
      o.receiving, o.provisional, o.late_input, o.critical, o.created_at, o.received_at, page.cursor_key
    from (select id, sort_key, sort_key::text as cursor_key from (${sql.join(branches, sql` union `)}) found
      order by sort_key ${direction}, id ${direction} limit ${query.limit + 1}) page
    join orders o on o.id = page.id
    left join patient p on p.id = o.patient_id
    join institution i on i.id = o.requesting_institution_id
    join institution ri on ri.id = o.reporting_institution_id
    left join staff s on s.id = o.claimed_by left join staff a on a.id = o.assigned_to
    order by page.sort_key ${direction}, o.id ${direction}`.execute(db);
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  const nextCursor = rows.length > query.limit && last ? encodeCursor([last.cursorKey, last.orderId]) : null;
  return { items: items.map(({ cursorKey: _, ...row }) => row), nextCursor };
}

/**
 * Rows of orders with this number, and of the patients found: each is an index of its own. `offset 0` keeps the
 * planner from walking all orders by date in search of a patient.
 */
async function findByText(
  db: Queryable,
  q: string,
  idHash: string | undefined,
): Promise<RawBuilder<unknown>[]> {
  const text = q.trim();
  const upper = text.toUpperCase();
  const patientIds = await findPatientIds(db, text, idHash);
  const sources = [
    sql`(select * from orders where accession_number = ${upper} offset 0)`,
    sql`(select * from orders where placer_order_number = ${text} offset 0)`,
  ];
  if (/^[IELPSB]\d{2,}$/.test(upper))
    sources.push(
      sql`(select * from orders where accession_number like ${`${upper}%`} order by accession_number limit 500)`,
    );
  if (patientIds.length > 0)
    sources.push(sql`(select * from orders where patient_id = any(${patientIds}::uuid[]) offset 0)`);
  return sources;
}
