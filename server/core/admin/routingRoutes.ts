import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import { invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { audited } from './audited.ts';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM');
const body = z
  .object({
    centerId: z.uuid(),
    /** Absent: for every site. */
    requestingInstitutionId: z.uuid().nullish(),
    /** Absent: for every item. */
    itemCode: z.string().trim().min(1).max(40).nullish(),
    /** Hours of the county's day; a span may go over midnight. Absent: the whole day. */
    fromTime: time.nullish(),
    toTime: time.nullish(),
    active: z.boolean().default(true),
  })
  .refine((rule) => Boolean(rule.fromTime) === Boolean(rule.toTime), {
    path: ['toTime'],
    message: 'a span of hours has a beginning and an end',
    params: { code: 'half-span' },
  })
  .refine((rule) => !rule.fromTime || rule.fromTime !== rule.toTime, {
    path: ['toTime'],
    message: 'a span of hours ends at another time than it begins',
    params: { code: 'empty-span' },
  });

/** Which centre reads a case, where the county has several of a kind: by site, item and time of day (`chooseCenter`). */
export function routingRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/routing-rules',
      summary: 'Routing rules: which centre reads what',
      access: ['admin.institution', 'policy.edit'],
    },
    async () => ({ items: await rules(ctx.db), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/routing-rules',
      summary: 'Add a routing rule; it holds for orders from now on',
      access: 'admin.institution',
      body,
      status: 201,
    },
    async ({ actor, body: input }) => {
      const values = await columns(ctx.db, input);
      return audited(ctx, actor, { action: 'routing.create', subjectType: 'routing', detail: input }, (trx) =>
        trx.insertInto('routingRule').values(values).returningAll().executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/routing-rules/:id',
      summary: 'Change a routing rule or switch it off; orders that stand keep their centre',
      access: 'admin.institution',
      params: idParams,
      body,
    },
    async ({ actor, params, body: input }) => {
      const values = await columns(ctx.db, input);
      return audited(
        ctx,
        actor,
        { action: 'routing.change', subjectType: 'routing', subjectId: params.id, detail: input },
        async (trx) => {
          const row = await trx
            .updateTable('routingRule')
            .set(values)
            .where('id', '=', params.id)
            .returningAll()
            .executeTakeFirst();
          if (!row) throw notFound('routing rule', params.id);
          return row;
        },
      );
    },
  );
}

const rules = (db: Queryable) =>
  db
    .selectFrom('routingRule as r')
    .innerJoin('center as c', 'c.id', 'r.centerId')
    .innerJoin('institution as i', 'i.id', 'c.institutionId')
    .leftJoin('institution as s', 's.id', 'r.requestingInstitutionId')
    .select([
      'r.id',
      'r.centerId',
      'r.centerKind',
      'r.requestingInstitutionId',
      'r.itemCode',
      'r.active',
      'i.shortName as institutionName',
      's.shortName as requestingName',
    ])
    .select([
      sql<string | null>`to_char(r.from_time, 'HH24:MI')`.as('fromTime'),
      sql<string | null>`to_char(r.to_time, 'HH24:MI')`.as('toTime'),
    ])
    .orderBy('r.centerKind')
    .orderBy('r.id')
    .limit(1_000)
    .execute();

/** The columns of a rule; its kind is that of its centre. */
async function columns(db: Queryable, input: z.infer<typeof body>) {
  const center = await db
    .selectFrom('center')
    .select('kind')
    .where('id', '=', input.centerId)
    .executeTakeFirst();
  if (!center) throw invalid('there is no such centre', [{ path: 'centerId', code: 'unknown-center' }]);
  return {
    centerId: input.centerId,
    centerKind: center.kind,
    requestingInstitutionId: input.requestingInstitutionId ?? null,
    itemCode: input.itemCode ?? null,
    fromTime: input.fromTime ?? null,
    toTime: input.toTime ?? null,
    active: input.active,
  };
}
