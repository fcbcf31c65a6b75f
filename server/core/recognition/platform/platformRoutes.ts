import type { Router } from 'express';
import { z } from 'zod';
import { personId } from '../../access/actor.ts';
import { audited } from '../../admin/audited.ts';
import type { Context } from '../../context.ts';
import { notFound } from '../../errors.ts';
import { endpoint, idParams } from '../../http.ts';

/** The other platforms that are asked for earlier results, kept by the administrator. */
export function platformRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/platforms',
      summary: 'Other platforms asked for earlier results (never their token)',
      access: 'admin.device',
    },
    async () => {
      const rows = await ctx.db.selectFrom('recognitionPlatform').selectAll().orderBy('name').execute();
      const items = rows.map(({ id, name, baseUrl, active, recognizedAs, tokenEncrypted, createdAt }) => ({
        id,
        name,
        baseUrl,
        active,
        recognizedAs,
        hasToken: tokenEncrypted !== null,
        createdAt,
      }));
      return { items, nextCursor: null };
    },
  );
  const platform = z.object({
    name: z.string().trim().min(1).max(60),
    baseUrl: z.url({ protocol: /^https?$/ }).max(300),
    active: z.boolean().default(true),
    /** The range in which its results are recognised by agreement where they carry no label; none: for reference. */
    recognizedAs: z.enum(['nation', 'region', 'province', 'city']).nullable().default(null),
    /** Left out when changing: the old one stays. */
    token: z.string().trim().max(4_000).nullish(),
  });
  const sealed = (token: string | null | undefined) =>
    token === undefined
      ? {}
      : { tokenEncrypted: token === null || token === '' ? null : ctx.keys.encrypt(token) };
  endpoint(
    router,
    {
      method: 'post',
      path: '/recognition/platforms',
      summary: 'Add a platform: base address of its FHIR R4 interface, and a token',
      access: 'admin.device',
      body: platform,
      status: 201,
    },
    async ({ actor, body: { token, ...body } }) =>
      audited(ctx, actor, { action: 'platform.add', subjectType: 'platform', detail: body }, (trx) =>
        trx
          .insertInto('recognitionPlatform')
          .values({ ...body, ...sealed(token), createdBy: personId(actor), createdAt: ctx.clock.now() })
          .returning(['id', 'name', 'baseUrl', 'active', 'recognizedAs'])
          .executeTakeFirstOrThrow(),
      ),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/recognition/platforms/:id',
      summary: 'Change or switch off a platform',
      access: 'admin.device',
      params: idParams,
      body: platform,
    },
    async ({ actor, params, body: { token, ...body } }) =>
      audited(
        ctx,
        actor,
        { action: 'platform.change', subjectType: 'platform', subjectId: params.id, detail: body },
        async (trx) => {
          const row = await trx
            .updateTable('recognitionPlatform')
            .set({ ...body, ...sealed(token) })
            .where('id', '=', params.id)
            .returning(['id', 'name', 'baseUrl', 'active', 'recognizedAs'])
            .executeTakeFirst();
          if (!row) throw notFound('platform', params.id);
          return row;
        },
      ),
  );
}
