import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { pageOf } from '../pageOf.ts';
import type { Queryable } from '../../core/database.ts';
import { decodeCursor } from '../../core/http.ts';
import { visibleSlides } from './slideAccess.ts';

export interface SlideListRow {
  id: string;
  orderId: string | null;
  pathologyNumber: string | null;
  glassLabel: string | null;
  stain: string | null;
  state: string;
  width: number | null;
  height: number | null;
  micrometrePerPixel: number | null;
  objectivePower: number | null;
  barcode: string | null;
  barcodeSource: string | null;
  teaching: boolean;
  teachingNote: string | null;
  synthetic: boolean;
  createdAt: Date;
}

/** Slides of a case, slides that wait for a case, or teaching slides, newest first by keyset. */
export async function listSlides(
  db: Queryable,
  actor: Actor,
  query: {
    orderId?: string | undefined;
    unjoined?: boolean;
    teaching?: boolean;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<{ items: SlideListRow[]; nextCursor: string | null }> {
  const where = [visibleSlides(actor), sql<boolean>`s.state in ('ready', 'uploading', 'refused')`];
  if (query.orderId) where.push(sql`s.order_id = ${query.orderId}`);
  if (query.unjoined) where.push(sql`s.order_id is null`);
  if (query.teaching) where.push(sql`s.teaching`);
  if (!query.orderId) where.push(sql`s.state <> 'refused'`);
  const after = decodeCursor(query.cursor, 2);
  if (after) where.push(sql`(s.created_at, s.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const { rows } = await sql<SlideListRow & { cursorKey: string }>`
    select s.id, s.order_id, c.pathology_number, g.label as glass_label, s.stain, s.state, s.width, s.height,
      s.micrometre_per_pixel, s.objective_power, s.barcode, s.barcode_source, s.teaching, s.teaching_note, s.synthetic, s.created_at,
      s.created_at::text as cursor_key
    from slide_image s
    left join pathology_case c on c.order_id = s.order_id
    left join pathology_slide g on g.id = s.pathology_slide_id
    where ${sql.join(where, sql` and `)}
    order by s.created_at desc, s.id desc limit ${query.limit + 1}`.execute(db);
  return pageOf(rows, query.limit, (row) => row.id);
}
