import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import type { Context } from '../context.ts';

/** Open and overdue cases per centre for the rail; counting stops at 1,000 each, which reads 999+. */
export async function countWork(ctx: Context, actor: Actor) {
  const { rows } = await sql<{ center: string; waiting: number; overdue: number }>`
    select k.kind::text as center, count(o.id)::int as waiting, count(o.id) filter (where o.due_at < ${ctx.clock.now()})::int as overdue
    from unnest(enum_range(null::center_kind)) k(kind)
    left join lateral (select o.id, o.due_at from orders o where o.center_kind = k.kind and ${visibleOrders(actor, 'o')}
      and o.status in ('requested', 'awaiting-decision', 'acquired', 'received', 'claimed', 'preliminary', 'partial', 'returned')
      order by coalesce(o.due_at, 'infinity'::timestamptz), o.id limit 1000) o on true
    group by k.kind order by k.kind`.execute(ctx.db);
  return rows;
}
