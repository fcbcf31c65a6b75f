import type { Router } from 'express';
import { z } from 'zod';
import { personId, requirePermission } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { audited } from './audited.ts';
import { addSpecialPolicy, endPolicy, requireWarnBeforeTarget } from './specialPolicy.ts';

export function policyRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    { method: 'get', path: '/policies', summary: 'Turnaround policies, all versions', access: 'signed-in' },
    async () => {
      const items = await ctx.db
        .selectFrom('turnaroundPolicy as p')
        .leftJoin('turnaroundCalendar as c', 'c.id', 'p.calendarId')
        .selectAll('p')
        .select('c.name as calendarName')
        .orderBy('p.centerKind')
        .orderBy('p.code')
        .orderBy('p.version', 'desc')
        .limit(1_000)
        .execute();
      return { items, nextCursor: null };
    },
  );
  const change = z.object({
    name: z.string().trim().min(1).max(100).optional(),
    nameEn: z.string().trim().min(1).max(120).nullish(),
    targetMinutes: z.number().int().min(1).max(100_000).optional(),
    warnMinutes: z.number().int().min(0).max(100_000).optional(),
    workingDays: z.number().int().min(1).max(60).nullish(),
  });
  endpoint(
    router,
    {
      method: 'post',
      path: '/policies/:id/versions',
      summary: 'A new version from now on; running cases keep theirs',
      access: 'policy.edit',
      params: idParams,
      body: change,
      status: 201,
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'policy.version', subjectType: 'policy', subjectId: params.id, detail: body },
        async (trx) => {
          const now = ctx.clock.now();
          const old = await trx
            .updateTable('turnaroundPolicy')
            .set({ validTo: now })
            .where('id', '=', params.id)
            .where('validTo', 'is', null)
            .returningAll()
            .executeTakeFirst();
          if (!old) throw notFound('policy in force', params.id);
          requirePermission(actor, 'policy.edit', { centerKind: old.centerKind });
          const { id: _, ...rest } = old;
          const targetMinutes = body.targetMinutes ?? old.targetMinutes;
          const warnMinutes = body.warnMinutes ?? old.warnMinutes;
          const workingDays = body.workingDays === undefined ? old.workingDays : body.workingDays;
          requireWarnBeforeTarget({ targetMinutes, warnMinutes, workingDays });
          return trx
            .insertInto('turnaroundPolicy')
            .values({
              ...rest,
              version: old.version + 1,
              validFrom: now,
              validTo: null,
              createdBy: personId(actor),
              name: body.name ?? old.name,
              // another name without its English one: the old one no longer says the same
              nameEn:
                body.nameEn !== undefined
                  ? body.nameEn
                  : body.name && body.name !== old.name
                    ? null
                    : old.nameEn,
              targetMinutes,
              warnMinutes,
              workingDays,
              mark: old.mark === 'N' ? 'L' : old.mark,
            })
            .returningAll()
            .executeTakeFirstOrThrow();
        },
      ),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/policies/:id/special',
      summary: 'A policy of its own for an item class or priority, which wins over the wider one',
      access: 'policy.edit',
      params: idParams,
      body: change.extend({
        name: z.string().trim().min(1).max(100),
        targetMinutes: z.number().int().min(1).max(100_000),
        itemClass: z
          .string()
          .regex(/^[a-z0-9-]{1,40}$/)
          .nullish(),
        priority: z.enum(['emergency', 'urgent', 'routine']).nullish(),
      }),
      status: 201,
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'policy.special', subjectType: 'policy', subjectId: params.id, detail: body },
        (trx) => addSpecialPolicy(trx, actor, params.id, body, ctx.clock.now()),
      ),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/policies/:id/end',
      summary: 'End a local policy from now on; running cases keep it',
      access: 'policy.edit',
      params: idParams,
    },
    async ({ actor, params }) =>
      audited(
        ctx,
        actor,
        { action: 'policy.end', subjectType: 'policy', subjectId: params.id, detail: {} },
        (trx) => endPolicy(trx, actor, params.id, ctx.clock.now()),
      ),
  );
}
