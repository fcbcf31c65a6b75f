import { sql } from 'kysely';
import type { Context } from '../context.ts';

const KEPT_DAYS = 7;
const AT_ONCE = 10_000;

/** Events older than a week go; a browser that was away longer reads its lists anew (`reset`). */
export async function trimStream(ctx: Context): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - KEPT_DAYS * 86_400_000);
  await sql`delete from stream_event where seq in (
    select seq from (select seq, at from stream_event order by xid, seq limit ${AT_ONCE}) oldest where at < ${before})`.execute(
    ctx.db,
  );
}
