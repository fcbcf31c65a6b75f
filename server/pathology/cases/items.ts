import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import type { Queryable } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';
import { decodeCursor, pageQuery } from '../../core/http.ts';
import { pageOf } from '../pageOf.ts';
import type { SubjectType } from './custody.ts';

/** A jar, block or slide, with where it is and who holds it. */
export interface ItemRow {
  type: SubjectType;
  id: string;
  orderId: string;
  accessionNumber: string;
  pathologyNumber: string | null;
  patientName: string | null;
  barcode: string;
  label: string;
  /** site of a jar, tissue of a block, stain of a slide */
  what: string | null;
  state: string;
  place: string | null;
  holder: string | null;
  /** day of return of what is out on loan */
  dueBack: string | null;
  since: Date | null;
}

/** Jars, blocks and slides as one relation (alias x). */
const everything = sql`
  select 'container' as type, k.id, k.order_id, k.barcode, s.letter as label, s.site as what, k.state, k.place, k.holder
    from pathology_container k join pathology_specimen s on s.id = k.specimen_id
  union all
  select 'block', b.id, b.order_id, b.barcode, b.label, b.tissue, b.state, b.place, b.holder from pathology_block b
  union all
  select 'slide', g.id, g.order_id, g.barcode, g.label, g.stain, g.state, g.place, g.holder from pathology_slide g`;

const columns = sql`x.type, x.id, x.order_id, o.accession_number, c.pathology_number, o.patient_name, x.barcode, x.label, x.what,
  x.state, x.place, x.holder, case when x.state = 'loaned' then m.due_back::text end as due_back, m.at as since`;

const joins = sql`join orders o on o.id = x.order_id join pathology_case c on c.order_id = x.order_id
  left join lateral (select k.due_back, k.at from pathology_custody k where k.subject_id = x.id order by k.id desc limit 1) m on true`;

export interface ItemMove {
  id: number;
  kind: string;
  place: string | null;
  holder: string;
  dueBack: string | null;
  reason: string | null;
  at: Date;
  actorName: string;
}

/** One item by its barcode with everybody who held it, first to last. Throws 404 for what the actor may not see. */
export async function readItem(
  db: Queryable,
  actor: Actor,
  barcode: string,
): Promise<ItemRow & { moves: ItemMove[] }> {
  const { rows } = await sql<ItemRow>`select ${columns} from (${everything}) x ${joins}
    where x.barcode = ${barcode} and ${visibleOrders(actor, 'o')}`.execute(db);
  const item = rows[0];
  if (!item) throw notFound('jar, block or slide', barcode);
  const moves = await db
    .selectFrom('pathologyCustody')
    .select(['id', 'kind', 'place', 'holder', 'dueBack', 'reason', 'at', 'actorName'])
    .where('subjectId', '=', item.id)
    .orderBy('id')
    .limit(500)
    .execute();
  return { ...item, moves: moves as unknown as ItemMove[] };
}

export const itemsQuery = pageQuery.extend({
  /** part of a place or a holder, a whole 病理号 or barcode */
  q: z.string().trim().min(1).max(60).optional(),
  type: z.enum(['container', 'block', 'slide']).optional(),
  state: z.string().max(20).optional(),
});

const like = (value: string) => `%${value.replace(/[\\%_]/g, '\\$&')}%`;

/**
 * What lies where, by place, holder, number or barcode: one page in the order of the barcodes, which are
 * unique. */
export async function listItems(
  db: Queryable,
  actor: Actor,
  query: z.output<typeof itemsQuery>,
): Promise<{ items: ItemRow[]; nextCursor: string | null }> {
  const where = [visibleOrders(actor, 'o')];
  const add = (part: ReturnType<typeof sql<boolean>>) => where.push(part as (typeof where)[number]);
  if (query.q) {
    const text = like(query.q);
    const cases = await db
      .selectFrom('pathologyCase')
      .select('orderId')
      .where('pathologyNumber', '=', query.q.toUpperCase())
      .execute();
    const orderIds = cases.map(({ orderId }) => orderId);
    add(sql`(x.place ilike ${text} or x.holder ilike ${text} or x.barcode = ${query.q.toUpperCase()}
      or x.order_id = any(${orderIds}::uuid[]))`);
  }
  if (query.type) add(sql`x.type = ${query.type}`);
  if (query.state) add(sql`x.state = ${query.state}`);
  const after = decodeCursor(query.cursor, 2);
  if (after) add(sql`x.barcode > ${after[0]}`);
  const { rows } = await sql<ItemRow & { cursorKey: string }>`
    select ${columns}, x.barcode as cursor_key from (${everything}) x ${joins}
    where ${sql.join(where, sql` and `)} order by x.barcode limit ${query.limit + 1}`.execute(db);
  return pageOf(rows, query.limit, (row) => row.id);
}
