import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import { verifyAudit } from '../audit/verifyAudit.ts';
import type { Context } from '../context.ts';
import { badRequest } from '../errors.ts';
import { endpoint, pageQuery } from '../http.ts';

export function auditRoutes(ctx: Context, router: Router): void {
  const query = pageQuery.extend({
    action: z.string().max(60).optional(),
    actorId: z.string().max(60).optional(),
    subjectId: z.string().max(80).optional(),
    patientId: z.uuid().optional(),
    outcome: z.enum(['done', 'denied', 'failed']).optional(),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
  });
  endpoint(
    router,
    { method: 'get', path: '/audit', summary: 'The audit trail, newest first', access: 'audit.read', query },
    async ({ actor, query: q }) => {
      const where = [sql`true`];
      if (q.action) where.push(sql`action like ${`${q.action.replace(/[\\%_]/g, '\\$&')}%`}`);
      if (q.actorId) where.push(sql`actor_id = ${q.actorId}`);
      if (q.subjectId) where.push(sql`subject_id = ${q.subjectId}`);
      if (q.patientId) where.push(sql`patient_id = ${q.patientId}`);
      if (q.outcome) where.push(sql`outcome = ${q.outcome}`);
      if (q.from) where.push(sql`at >= ${q.from}`);
      if (q.to) where.push(sql`at < ${q.to}`);
      if (q.cursor && !/^\d{1,18}$/.test(q.cursor))
        throw badRequest('the cursor is not one of this list; start again without it');
      if (q.cursor) where.push(sql`seq < ${q.cursor}::bigint`);
      const { rows } = await sql<{
        seq: number;
      }>`select seq, at, actor_kind, actor_id, actor_name, institution_id, action, subject_type, subject_id, patient_id, outcome, address, request_id, detail,
      exists (select 1 from audit_seal s where s.audit_seq = seq) as sealed from audit_event where ${sql.join(where, sql` and `)} order by seq desc limit ${q.limit + 1}`.execute(
        ctx.db,
      );
      const items = rows.slice(0, q.limit);
      // Looking at the trail is an act as well; its further pages are the same look.
      if (!q.cursor)
        await recordAudit(ctx.db, actor, { action: 'list.view', subjectType: 'audit', detail: q });
      return { items, nextCursor: rows.length > q.limit ? String(items.at(-1)?.seq ?? '') : null };
    },
  );
  endpoint(
    router,
    { method: 'post', path: '/audit/verify', summary: 'Recompute the chain', access: 'audit.read' },
    async () => {
      const head = await ctx.db
        .selectFrom('setting')
        .select('value')
        .where('key', '=', 'audit.head')
        .executeTakeFirst();
      return verifyAudit(ctx, head?.value as { position: number; hash: string } | undefined);
    },
  );
}
