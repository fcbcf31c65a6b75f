import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { personId, requirePermission } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import type { Context } from '../context.ts';
import { endpoint } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { assignmentRule } from './assignFairly.ts';
import { readWorkload } from './readWorkload.ts';
import { trainingRoutes } from './trainingRoutes.ts';

const days = z.object({ from: z.iso.date(), to: z.iso.date(), center: z.enum(CENTER_KINDS).optional() });

/** Workload of readers, fair assignment, training notes and image feedback to the sites. */
export function workRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/work/load',
      summary: 'Work per reader and shift',
      access: ['quality.read', 'roster.edit'],
      query: days,
    },
    ({ query }) => readWorkload(ctx.db, query.from, query.to, query.center),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/work/assignment',
      summary: 'Rules of automatic assignment by centre',
      access: ['quality.read', 'roster.edit'],
    },
    async () => {
      const rows = await ctx.db
        .selectFrom('setting')
        .select(['key', 'value'])
        .where('key', 'like', 'assignment.%')
        .execute();
      return {
        items: ['imaging', 'ecg', 'pathology'].map((center) => ({
          center,
          ...(assignmentRule.safeParse(rows.find((row) => row.key === `assignment.${center}`)?.value).data ?? { on: false, mostOpen: 6 }), // prettier-ignore
        })),
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/work/assignment/:center',
      summary: 'Switch fair assignment of a centre on or off',
      access: 'roster.edit',
      params: z.object({ center: z.enum(['imaging', 'ecg', 'pathology']) }),
      body: assignmentRule,
    },
    async ({ actor, params, body }) => {
      requirePermission(actor, 'roster.edit', { centerKind: params.center });
      return audited(
        ctx,
        actor,
        { action: 'work.assignment', subjectType: 'center', subjectId: params.center, detail: body },
        async (trx) => {
          await sql`insert into setting (key, value, updated_by) values (${`assignment.${params.center}`}, ${JSON.stringify(body)}::jsonb, ${personId(actor)}) on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by, updated_at = now()`.execute(
            trx,
          );
          return body;
        },
      );
    },
  );
  trainingRoutes(ctx, router);
}
