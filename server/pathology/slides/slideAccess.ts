import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { can, type Actor } from '../../core/access/actor.ts';
import { visibleOrders } from '../../core/access/orderScope.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Queryable } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';

/** What decides who may see a slide. */
export interface SlideRow {
  id: string;
  institutionId: string;
  orderId: string | null;
  state: string;
  teaching: boolean;
}

/**
 * SQL condition on `slide_image` (alias s): slides of cases the actor may see, slides without a case at his own
 * institution's centre or uploaded by himself, and teaching slides for the staff of a pathology centre.
 */
export function visibleSlides(actor: Actor): RawBuilder<SqlBool> {
  const byOrder = sql<SqlBool>`s.order_id in (select o.id from orders o where o.id = s.order_id and ${visibleOrders(actor, 'o')})`;
  const parts = [byOrder];
  if (actor.kind === 'staff' && actor.id)
    parts.push(sql<SqlBool>`(s.order_id is null and s.uploaded_by = ${actor.id})`);
  for (const { institutionId } of actor.roles) {
    if (can(actor, 'bench.work', { institutionId, centerKind: 'pathology' })) {
      parts.push(sql<SqlBool>`(s.order_id is null and s.institution_id = ${institutionId})`);
    }
  }
  if (actor.kind === 'system') return sql<SqlBool>`true`;
  if (actor.kind === 'machine' && actor.institutionId) {
    parts.push(sql<SqlBool>`(s.uploaded_by is null and s.uploaded_by_name = ${actor.name})`);
    parts.push(sql<SqlBool>`(s.order_id is null and s.institution_id = ${actor.institutionId})`);
  }
  if (can(actor, 'report.write', { centerKind: 'pathology' })) parts.push(sql<SqlBool>`s.teaching`);
  return sql<SqlBool>`(${sql.join(parts, sql` or `)})`;
}

/** The slide, if this actor may see it; otherwise 404, and the attempt on an existing slide is audited. */
export async function getVisibleSlide(db: Queryable, actor: Actor, id: string): Promise<SlideRow> {
  const { rows } = await sql<SlideRow>`
    select s.id, s.institution_id, s.order_id, s.state, s.teaching from slide_image s
    where s.id = ${id} and ${visibleSlides(actor)}`.execute(db);
  const row = rows[0];
  if (row) return row;
  const exists = await db.selectFrom('slideImage').select('id').where('id', '=', id).executeTakeFirst();
  if (exists) {
    await recordAudit(db, actor, {
      action: 'slide.read',
      subjectType: 'slide-image',
      subjectId: id,
      outcome: 'denied',
    });
  }
  throw notFound('slide', id);
}

const allowed = new Map<string, number>();
const cacheMs = 10_000;

/** The same for tiles, hundreds of which follow each other: an answer holds for ten seconds per session. */
export async function requireVisibleSlide(db: Queryable, actor: Actor, id: string): Promise<void> {
  const key = `${actor.kind} ${actor.sessionId ?? actor.id ?? ''} ${id}`;
  const now = Date.now();
  const until = allowed.get(key);
  if (until !== undefined && until > now) return;
  await getVisibleSlide(db, actor, id);
  if (allowed.size > 10_000) allowed.clear();
  allowed.set(key, now + cacheMs);
}
