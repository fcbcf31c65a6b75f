import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';

export interface TeachingCase {
  id: string;
  orderId: string;
  accessionNumber: string;
  itemName: string;
  modality: string | null;
  bodyPart: string | null;
  note: string | null;
  markedByName: string;
  markedAt: Date;
  impression: string | null;
}

/** Cases that readers marked for teaching, newest first, as far as this actor sees them; without the names of patients. */
export async function listTeaching(
  db: Context['db'],
  actor: Actor,
  query: { limit: number },
): Promise<{ items: TeachingCase[]; nextCursor: null }> {
  const { rows } = await sql<TeachingCase>`
    select concat(m.order_id, '.', m.staff_id) as id, o.id as order_id, o.accession_number, o.item_name, o.modality, o.body_part, m.note, s.name as marked_by_name, m.created_at as marked_at,
      (select sr.content->>'impression' from signed_report sr where sr.order_id = o.id and sr.state = 'valid' order by sr.number desc limit 1) as impression
    from teaching_mark m join orders o on o.id = m.order_id join staff s on s.id = m.staff_id
    where o.center_kind = 'imaging' and ${visibleOrders(actor, 'o')}
    order by m.created_at desc, m.order_id desc limit ${query.limit}`.execute(db);
  await recordAudit(db, actor, {
    action: 'worklist.view',
    subjectType: 'center',
    subjectId: 'imaging',
    detail: { teaching: true, rows: rows.length },
  });
  return { items: rows, nextCursor: null };
}
