import type { Router } from 'express';
import { sql, type Updateable } from 'kysely';
import { z } from 'zod';
import type { CenterKind, Phrase } from '../../../db/types.ts';
import { can, personId, requirePermission, type Actor } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { forbidden, notFound } from '../errors.ts';
import { endpoint, idParams, someOf } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { namePinyin } from '../patient/pinyin.ts';
import { audited } from './audited.ts';

const centerQuery = z.object({ center: z.enum(CENTER_KINDS) });
const template = z.object({
  center: z.enum(CENTER_KINDS),
  name: z.string().trim().min(1).max(100),
  modality: z.string().max(16).nullish(),
  bodyPart: z.string().max(40).nullish(),
  content: z.record(z.string().max(60), z.unknown()),
  personal: z.boolean().default(false),
});
const phrase = z.object({
  center: z.enum(CENTER_KINDS),
  code: z.string().trim().min(1).max(30),
  body: z.string().trim().min(1).max(4_000),
  field: z.enum(['findings', 'impression']).default('findings'),
  modality: z.string().max(16).nullish(),
  bodyPart: z.string().max(40).nullish(),
  personal: z.boolean().default(true),
});

/** Templates and phrases, personal or of the centre; only a head writes those of the centre. */
export function templateRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/templates',
      summary: 'Templates of a centre and one’s own',
      access: 'report.read',
      query: centerQuery,
    },
    async ({ actor, query }) => {
      const items = await ctx.db
        .selectFrom('reportTemplate')
        .selectAll()
        .where('centerKind', '=', query.center)
        .where('active', '=', true)
        .where((eb) =>
          eb.or([
            eb('ownerId', 'is', null),
            eb('ownerId', '=', actor.id ?? '00000000-0000-0000-0000-000000000000'),
          ]),
        )
        .orderBy('name')
        .limit(1_000)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/templates',
      summary: 'Add a template',
      access: ['report.write', 'template.edit'],
      body: template,
      status: 201,
    },
    async ({ actor, body }) => {
      const { center, personal, content, ...rest } = body;
      if (!personal && !can(actor, 'template.edit', { centerKind: center }))
        throw forbidden('only the head of the centre writes its templates', 'head-only');
      return audited(
        ctx,
        actor,
        { action: 'template.create', subjectType: 'template', detail: { name: body.name } },
        (trx) =>
          trx
            .insertInto('reportTemplate')
            .values({
              ...rest,
              modality: rest.modality ?? null,
              bodyPart: rest.bodyPart ?? null,
              centerKind: center,
              content: JSON.stringify(content),
              ownerId: personal ? personId(actor) : null,
            })
            .returningAll()
            .executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/templates/:id',
      summary: 'Change a template',
      access: ['report.write', 'template.edit'],
      params: idParams,
      body: template
        .pick({ name: true, modality: true, bodyPart: true, content: true })
        .partial()
        .extend({ active: z.boolean().optional() }),
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'template.change', subjectType: 'template', subjectId: params.id },
        async (trx) => {
          const old = await trx
            .selectFrom('reportTemplate')
            .selectAll()
            .where('id', '=', params.id)
            .forUpdate()
            .executeTakeFirst();
          if (!old) throw notFound('template', params.id);
          requireOwn(actor, 'template', old);
          return trx
            .updateTable('reportTemplate')
            .set({
              ...(body.name && { name: body.name }),
              ...(body.modality !== undefined && { modality: body.modality }),
              ...(body.bodyPart !== undefined && { bodyPart: body.bodyPart }),
              ...(body.content && { content: JSON.stringify(body.content) }),
              ...(body.active !== undefined && { active: body.active }),
              version: old.version + 1,
            })
            .where('id', '=', params.id)
            .returningAll()
            .executeTakeFirstOrThrow();
        },
      ),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/phrases',
      summary: 'Phrases by short code or pinyin',
      access: 'report.read',
      query: centerQuery.extend({ q: z.string().max(40).optional() }),
    },
    async ({ actor, query }) => {
      const q = query.q?.toLowerCase().replace(/[\\%_]/g, '\\$&');
      const { rows } =
        await sql`select id, code, pinyin, body, field, modality, body_part, owner_id from phrase where center_kind = ${query.center}::center_kind and active and (owner_id is null or owner_id = ${actor.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)
      and ${q ? sql`(lower(code) like ${`${q}%`} or pinyin like ${`%${q}%`} or body ilike ${`%${q}%`})` : sql`true`} order by code limit 500`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/phrases',
      summary: 'Add a phrase',
      access: ['report.write', 'template.edit'],
      body: phrase,
      status: 201,
    },
    async ({ actor, body }) => {
      const { center, personal, ...rest } = body;
      if (!personal && !can(actor, 'template.edit', { centerKind: center }))
        throw forbidden('only the head of the centre writes its phrases', 'head-only');
      return audited(
        ctx,
        actor,
        { action: 'phrase.create', subjectType: 'phrase', detail: { code: body.code } },
        (trx) =>
          trx
            .insertInto('phrase')
            .values({
              ...rest,
              modality: rest.modality ?? null,
              bodyPart: rest.bodyPart ?? null,
              centerKind: center,
              ownerId: personal ? personId(actor) : null,
              pinyin: namePinyin(body.body.slice(0, 60)),
            })
            .returningAll()
            .executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/phrases/:id',
      summary: 'Change a phrase, one’s own or as head one of the centre',
      access: ['report.write', 'template.edit'],
      params: idParams,
      body: someOf(
        phrase.pick({ code: true, body: true }).extend({ field: z.enum(['findings', 'impression']) }),
      ),
    },
    ({ actor, params, body }) =>
      changePhrase(ctx, actor, params.id, 'phrase.change', {
        ...body,
        ...(body.body && { pinyin: namePinyin(body.body.slice(0, 60)) }),
      }),
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/phrases/:id',
      summary: 'Remove a phrase, one’s own or as head one of the centre',
      access: ['report.write', 'template.edit'],
      params: idParams,
    },
    async ({ actor, params }) => {
      await changePhrase(ctx, actor, params.id, 'phrase.remove', { active: false });
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/critical-rules',
      summary: 'Critical findings of a centre',
      access: 'signed-in',
      query: z.object({ center: z.enum(CENTER_KINDS).optional() }),
    },
    async ({ query }) => {
      const items = await ctx.db
        .selectFrom('criticalRule')
        .selectAll()
        .$if(Boolean(query.center), (qb) => qb.where('centerKind', '=', query.center ?? 'imaging'))
        .orderBy('centerKind')
        .orderBy('code')
        .limit(500)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/critical-rules/:id',
      summary: 'Change a critical rule',
      access: 'policy.edit',
      params: idParams,
      body: someOf(
        z.object({
          tier: z.enum(['critical', 'significant']),
          settings: z.record(z.string(), z.unknown()),
          active: z.boolean(),
        }),
      ),
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'critical-rule.change', subjectType: 'critical-rule', subjectId: params.id, detail: body },
        async (trx) => {
          const row = await trx
            .updateTable('criticalRule')
            .set({
              ...(body.tier && { tier: body.tier }),
              ...(body.settings && { settings: JSON.stringify(body.settings) }),
              ...(body.active !== undefined && { active: body.active }),
            })
            .where('id', '=', params.id)
            .returningAll()
            .executeTakeFirst();
          if (!row) throw notFound('critical rule', params.id);
          requirePermission(actor, 'policy.edit', { centerKind: row.centerKind });
          return row;
        },
      ),
  );
}

/** One's own or, for its head, the centre's: another's own is not there (404), the centre's is not his to change (403). */
function requireOwn(
  actor: Actor,
  what: 'template' | 'phrase',
  row: { id: string; ownerId: string | null; centerKind: CenterKind },
): void {
  if (row.ownerId && row.ownerId !== actor.id) throw notFound(what, row.id);
  if (!row.ownerId && !can(actor, 'template.edit', { centerKind: row.centerKind }))
    throw forbidden(`only the head of the centre changes its ${what}s`, 'head-only');
}

function changePhrase(
  ctx: Context,
  actor: Actor,
  id: string,
  action: 'phrase.change' | 'phrase.remove',
  change: Updateable<Phrase>,
) {
  return audited(ctx, actor, { action, subjectType: 'phrase', subjectId: id }, async (trx) => {
    const old = await trx
      .selectFrom('phrase')
      .select(['id', 'ownerId', 'centerKind'])
      .where('id', '=', id)
      .where('active', '=', true)
      .executeTakeFirst();
    if (!old) throw notFound('phrase', id);
    requireOwn(actor, 'phrase', old);
    return trx
      .updateTable('phrase')
      .set(change)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}
