import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import { pageOf } from '../pageOf.ts';
import type { Queryable } from '../../core/database.ts';
import { decodeCursor } from '../../core/http.ts';

/** The lists of the laboratory: what waits for whom. */
export const caseLists = [
  'mine',
  'to-receive',
  'to-gross',
  'to-embed',
  'to-cut',
  'to-stain',
  'to-scan',
  'waiting-stains',
  'frozen-today',
  'to-compare',
  'opinions',
  'on-loan',
  'missing',
] as const;
export type CaseList = (typeof caseLists)[number];

export interface CaseListRow {
  key: string;
  orderId: string;
  accessionNumber: string;
  pathologyNumber: string | null;
  kind: string;
  status: string;
  priority: string;
  patientName: string | null;
  institutionName: string;
  /** the jar, block, slide or stain that waits */
  label: string | null;
  barcode: string | null;
  detail: string | null;
  /** kind/state of a stain order, kind of an opinion */
  code: string | null;
  dueAt: Date | null;
}

/** The rows of each list: what waits (alias w: key, order_id, label, barcode, detail, due_at). */
function waiting(list: CaseList, actor: Actor): RawBuilder<unknown> {
  const open = sql`('received', 'claimed', 'preliminary', 'partial')`;
  // further work ordered on a signed case, for an addendum
  const signed = sql`('final', 'acknowledged', 'corrected')`;
  switch (list) {
    case 'mine':
      return sql`select c.order_id::text as key, c.order_id, null::text as label, null::text as barcode,
        (select string_agg(s.letter || ' ' || s.site, '、' order by s.letter) from pathology_specimen s where s.order_id = c.order_id) as detail,
        'stage/' || c.stage as code, o.due_at
        from pathology_case c join orders o on o.id = c.order_id where o.claimed_by = ${actor.id} and o.status in ${open}`;
    case 'to-receive':
      return sql`select c.order_id::text as key, c.order_id, null::text as label, null::text as barcode,
        (select string_agg(s.letter || ' ' || s.site, '、' order by s.letter) from pathology_specimen s where s.order_id = c.order_id) as detail,
        coalesce(f.appointment_at, o.due_at) as due_at
        from pathology_case c join orders o on o.id = c.order_id left join pathology_frozen f on f.order_id = c.order_id
        where o.status in ('requested', 'awaiting-decision', 'acquired', 'returned')`;
    case 'to-gross':
      return sql`select c.order_id::text as key, c.order_id, null::text as label, null::text as barcode,
        (select string_agg(s.letter || ' ' || s.site, '、' order by s.letter) from pathology_specimen s where s.order_id = c.order_id) as detail, o.due_at
        from pathology_case c join orders o on o.id = c.order_id where c.stage = 'accepted' and c.kind in ('histology', 'frozen') and o.status in ${open}`;
    case 'to-embed':
      return sql`select b.id::text as key, b.order_id, b.label, b.barcode, b.tissue as detail, o.due_at
        from pathology_block b join orders o on o.id = b.order_id where b.state = 'grossed' and o.status in ${open}`;
    case 'to-cut':
      return sql`select b.id::text as key, b.order_id, b.label, b.barcode,
          coalesce((select string_agg(w.stain, '、' order by w.ordered_at) from pathology_stain_order w where w.block_id = b.id and w.state = 'ordered'), 'HE') as detail, o.due_at
        from pathology_block b join orders o on o.id = b.order_id
        where (o.status in ${open} and b.state = 'embedded') or ((o.status in ${open} or o.status in ${signed}) and b.state in ('cut', 'archived') and exists
          (select 1 from pathology_stain_order w where w.block_id = b.id and w.state = 'ordered' and w.kind <> 'decalcification'))`;
    case 'to-stain':
      return sql`select g.id::text as key, g.order_id, g.label, g.barcode, g.stain as detail, o.due_at
        from pathology_slide g join orders o on o.id = g.order_id where g.state = 'cut' and (o.status in ${open} or (g.stain_order_id is not null and o.status in ${signed}))`;
    case 'to-scan':
      return sql`select g.id::text as key, g.order_id, g.label, g.barcode, g.stain as detail, o.due_at
        from pathology_slide g join orders o on o.id = g.order_id where g.state = 'stained' and (o.status in ${open} or (g.stain_order_id is not null and o.status in ${signed}))`;
    case 'waiting-stains':
      return sql`select w.id::text as key, w.order_id, b.label, b.barcode, w.stain as detail, w.kind || '/' || w.state as code, w.due_at
        from pathology_stain_order w left join pathology_block b on b.id = w.block_id join orders o on o.id = w.order_id
        where w.state in ('ordered', 'cut', 'stained') and (o.status in ${open} or o.status in ${signed})`;
    case 'frozen-today':
      return sql`select f.order_id::text as key, f.order_id, f.theatre as label, null::text as barcode,
          coalesce(f.rule_minutes::text, '') as detail, to_char(f.phoned_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as code,
          coalesce(f.arrived_at + make_interval(mins => f.rule_minutes), f.appointment_at) as due_at
        from pathology_frozen f join orders o on o.id = f.order_id
        where o.status not in ('cancelled', 'void') and coalesce(f.arrived_at, f.appointment_at, o.created_at) > now() - interval '18 hours'
          and (f.phoned_at is null or f.phoned_at > now() - interval '2 hours')`;
    case 'to-compare':
      return sql`select f.order_id::text as key, f.order_id, pc.pathology_number as label, null::text as barcode,
          left(a.diagnosis, 200) as detail, null::timestamptz as due_at
        from pathology_frozen f join orders p on p.id = f.paraffin_order_id join pathology_case pc on pc.order_id = p.id
        left join pathology_archive a on a.order_id = p.id
        where f.agreement is null and f.arrived_at is not null and p.status in ('final', 'acknowledged', 'corrected')`;
    case 'missing':
      return sql`select x.key, x.order_id, x.label, x.barcode, x.holder as detail, null::timestamptz as due_at from (
        select k.id::text as key, k.order_id, s.letter as label, k.barcode, k.holder from pathology_container k join pathology_specimen s on s.id = k.specimen_id where k.state = 'missing'
        union all select b.id::text, b.order_id, b.label, b.barcode, b.holder from pathology_block b where b.state = 'missing'
        union all select g.id::text, g.order_id, g.label, g.barcode, g.holder from pathology_slide g where g.state = 'missing') x`;
    case 'opinions':
      return sql`select p.id::text as key, p.order_id, null::text as label, null::text as barcode, p.question as detail, p.kind as code, o.due_at
        from pathology_opinion p join orders o on o.id = p.order_id where p.given_at is null and p.asked_of = ${actor.id}`;
    case 'on-loan':
      return sql`select x.key, x.order_id, x.label, x.barcode, x.detail, x.due_at from (
        select b.id::text as key, b.order_id, b.label, b.barcode, b.holder as detail,
          (select k.due_back::timestamptz from pathology_custody k where k.subject_id = b.id order by k.id desc limit 1) as due_at from pathology_block b where b.state = 'loaned'
        union all
        select g.id::text, g.order_id, g.label, g.barcode, g.holder,
          (select k.due_back::timestamptz from pathology_custody k where k.subject_id = g.id order by k.id desc limit 1) from pathology_slide g where g.state = 'loaned') x`;
  }
}

/** One page of a list, by due time; the actor sees what he sees of the orders. */
export async function listCases(
  db: Queryable,
  actor: Actor,
  list: CaseList,
  query: { cursor?: string | undefined; limit: number },
): Promise<{ items: CaseListRow[]; nextCursor: string | null }> {
  const after = decodeCursor(query.cursor, 2);
  const key = sql`coalesce(w.due_at, 'infinity'::timestamptz)`;
  const { rows } = await sql<CaseListRow & { cursorKey: string }>`
    select w.key, w.order_id, o.accession_number, c.pathology_number, c.kind, o.status::text as status, o.priority::text as priority,
      o.patient_name, i.short_name as institution_name, w.label, w.barcode, w.detail, to_jsonb(w) ->> 'code' as code, w.due_at, (${key})::text as cursor_key
    from (${waiting(list, actor)}) w
    join orders o on o.id = w.order_id join pathology_case c on c.order_id = w.order_id
    join institution i on i.id = o.requesting_institution_id
    where ${visibleOrders(actor, 'o')} ${after ? sql`and (${key}, w.key) > (${after[0]}::timestamptz, ${after[1]})` : sql``}
    order by ${key}, w.key limit ${query.limit + 1}`.execute(db);
  return pageOf(rows, query.limit, (row) => row.key);
}
