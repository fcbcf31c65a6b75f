import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { isCreditCode } from '../../standards/identity/creditCode.ts';
import { can, requirePermission } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { invalid, notFound } from '../errors.ts';
import { endpoint, idParams, someOf } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { maySignOnPhone } from '../report/phoneSigning.ts';
import { audited } from './audited.ts';

const facts = z.object({
  code: z.string().regex(/^[A-Z0-9_-]{1,32}$/, '1–32 of A-Z 0-9 _ -'),
  name: z.string().trim().min(1).max(100),
  shortName: z.string().trim().min(1).max(40),
  nameEn: z.string().max(200).nullish(),
  kind: z.enum(['county-hospital', 'township', 'community', 'village', 'bureau', 'courier']),
  parentId: z.uuid().nullish(),
  creditCode: z.string().nullish(),
  dutyPhone: z.string().max(40).nullish(),
  active: z.boolean(),
});
const body = facts.partial({ active: true });

export function institutionRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    { method: 'get', path: '/institutions', summary: 'The tree of institutions', access: 'signed-in' },
    async () => {
      const items = await ctx.db
        .selectFrom('institution')
        .selectAll()
        .orderBy('kind')
        .orderBy('code')
        .limit(5_000)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/institutions',
      summary: 'Add an institution',
      access: 'admin.institution',
      body,
      status: 201,
    },
    async ({ actor, body: input }) => {
      check(input);
      return audited(
        ctx,
        actor,
        { action: 'institution.create', subjectType: 'institution', detail: input },
        (trx) =>
          trx
            .insertInto('institution')
            .values({ active: true, ...clean(input) })
            .returningAll()
            .executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/institutions/:id',
      summary: 'Change an institution',
      access: 'admin.institution',
      params: idParams,
      body: someOf(facts),
    },
    async ({ actor, params, body: input }) => {
      check(input);
      return audited(
        ctx,
        actor,
        { action: 'institution.change', subjectType: 'institution', subjectId: params.id, detail: input },
        async (trx) => {
          // One tree is changed at a time: two that move at once could each hang below the other.
          await sql`lock table institution in share row exclusive mode`.execute(trx);
          const row = await trx
            .updateTable('institution')
            .set(clean(input))
            .where('id', '=', params.id)
            .returningAll()
            .executeTakeFirst();
          if (!row) throw notFound('institution', params.id);
          await requireTree(trx, params.id);
          return row;
        },
      );
    },
  );
  endpoint(
    router,
    { method: 'get', path: '/centers', summary: 'Centres and their rules', access: 'signed-in' },
    async () => {
      const items = await ctx.db
        .selectFrom('center')
        .innerJoin('institution', 'institution.id', 'center.institutionId')
        .selectAll('center')
        .select('institution.shortName as institutionName')
        .orderBy('center.kind')
        .execute();
      return {
        items: items.map((center) => ({ ...center, phoneSigning: maySignOnPhone(center) })),
        nextCursor: null,
      };
    },
  );
  const centerBody = someOf(
    z.object({
      twoPerson: z.boolean(),
      twoPersonEmergency: z.boolean(),
      preliminaryVisible: z.boolean(),
      phoneSigning: z.boolean(),
      claimIdleMinutes: z.number().int().min(1).max(1_440),
      dutyPhone: z.string().max(40).nullable(),
      active: z.boolean(),
    }),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/centers/:id',
      summary: 'Change the rules of a centre',
      access: ['policy.edit', 'admin.institution'],
      params: idParams,
      body: centerBody,
    },
    async ({ actor, params, body: input }) =>
      audited(
        ctx,
        actor,
        { action: 'center.change', subjectType: 'center', subjectId: params.id, detail: input },
        async (trx) => {
          const row = await trx
            .updateTable('center')
            .set(clean(input))
            .where('id', '=', params.id)
            .returningAll()
            .executeTakeFirst();
          if (!row) throw notFound('center', params.id);
          if (!can(actor, 'admin.institution'))
            requirePermission(actor, 'policy.edit', {
              institutionId: row.institutionId,
              centerKind: row.kind,
            });
          return row;
        },
      ),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/centers',
      summary: 'Switch on a centre at an institution',
      access: 'admin.institution',
      body: z.object({ kind: z.enum(CENTER_KINDS), institutionId: z.uuid() }),
      status: 201,
    },
    async ({ actor, body: input }) =>
      audited(ctx, actor, { action: 'center.create', subjectType: 'center', detail: input }, (trx) =>
        trx.insertInto('center').values(input).returningAll().executeTakeFirstOrThrow(),
      ),
  );
}

function check(input: { creditCode?: string | null | undefined }): void {
  if (input.creditCode && !isCreditCode(input.creditCode))
    throw invalid('the credit code is not valid', [{ path: 'creditCode', code: 'credit-code' }]);
}

/** Drops what was not sent, so that an absent field is left alone. */
export function clean<T extends Record<string, unknown>>(
  input: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Throws 422 `own-parent` where an institution stands below itself, over however many others. */
async function requireTree(trx: Transaction, id: string): Promise<void> {
  const { rows } = await sql`with recursive above (id, parent_id) as (
      select id, parent_id from institution where id = ${id}
      union select i.id, i.parent_id from institution i join above on i.id = above.parent_id)
    select from above where parent_id = ${id}`.execute(trx);
  if (rows.length > 0) throw invalid('an institution does not stand below itself', 'own-parent');
}
