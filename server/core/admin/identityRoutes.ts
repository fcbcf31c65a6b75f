import type { Router } from 'express';
import { z } from 'zod';
import { done, instant, listOf, text } from '../answers.ts';
import { normalIssuer } from '../access/provider/identityProvider.ts';
import { linkIdentity, unlinkIdentity } from '../access/provider/linkIdentity.ts';
import type { Context } from '../context.ts';
import { endpoint, idParams } from '../http.ts';

/** Accounts of the identity provider and the persons whom they open: the security administrator's. */
export function identityRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/waiting-identities',
      summary: 'Accounts that signed in at the identity provider and are nobody’s here yet, latest first',
      access: 'security.grant',
      query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(200) }),
      answer: listOf(z.object({ subject: z.string(), account: text, name: text, lastAt: instant })),
    },
    async ({ query }) => ({
      items: ctx.config.oidc
        ? await ctx.db
            .selectFrom('identityWaiting')
            .select(['subject', 'account', 'name', 'lastAt'])
            .where('issuer', '=', normalIssuer(ctx.config.oidc.issuer))
            .orderBy('lastAt', 'desc')
            .orderBy('subject')
            .limit(query.limit)
            .execute()
        : [],
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/staff/:id/identity',
      summary: 'Link an account of the identity provider with a person',
      access: 'security.grant',
      params: idParams,
      body: z.object({ subject: z.string().trim().min(1).max(255) }),
      answer: done,
    },
    async ({ actor, params, body }) => {
      await linkIdentity(ctx, actor, params.id, body.subject);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/staff/:id/identity',
      summary: 'Take the link away and end the sessions that it opened',
      access: 'security.grant',
      params: idParams,
    },
    async ({ actor, params }) => {
      await unlinkIdentity(ctx, actor, params.id);
      return undefined;
    },
  );
}
