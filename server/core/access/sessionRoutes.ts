import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { personId } from './actor.ts';
import { changePassword } from './changePassword.ts';
import { closeSession } from './closeSession.ts';
import { describePerson } from './describePerson.ts';
import { idleSince } from './identify.ts';
import { IdentityProvider } from './provider/identityProvider.ts';
import { providerRoutes } from './provider/routes.ts';
import { secondFactorRoutes } from './secondFactorRoutes.ts';
import { setSessionCookie } from './sessionCookie.ts';
import { signIn } from './signIn.ts';
import { done } from '../answers.ts';
import { sessionAnswer, sessionsAnswer, signedOutAnswer } from './answers.ts';

/** All settings of a person together, which every page of his loads: layouts and colours, not documents. */
const MOST_SETTINGS = 100_000;

/** `POST/GET/DELETE /api/session`, own sessions, password, settings and second factor. */
export function sessionRoutes(ctx: Context, router: Router): void {
  secondFactorRoutes(ctx, router);
  const provider = ctx.config.oidc && new IdentityProvider(ctx, ctx.config.oidc);
  providerRoutes(ctx, router, provider);
  endpoint(
    router,
    {
      method: 'post',
      path: '/session',
      summary: 'Sign in',
      access: 'public',
      answer: sessionAnswer,
      body: z.object({
        username: z.string().min(1).max(64),
        password: z.string().min(1).max(200),
        otp: z.string().max(20).optional(),
      }),
    },
    async ({ body, req, res }) => {
      const opened = await signIn(ctx, {
        ...body,
        address: req.ip ?? '',
        userAgent: req.header('user-agent') ?? '',
      });
      setSessionCookie(ctx, req, res, opened.token);
      return describePerson(ctx, opened.staffId, true);
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/session',
      summary: 'Who is signed in',
      access: 'signed-in',
      answer: sessionAnswer,
    },
    async ({ actor }) => describePerson(ctx, personId(actor), actor.mustChangePassword ?? false),
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/session',
      summary: 'Sign out; with an answer where the session at the identity provider is to be ended too',
      access: 'signed-in',
      answer: signedOutAnswer,
    },
    async ({ actor, req, res }) => {
      const closed = actor.sessionId ? await closeSession(ctx, actor, actor.sessionId) : undefined;
      setSessionCookie(ctx, req, res, '', 0);
      if (closed?.method !== 'provider') return undefined;
      // Signed out here it is, whether the provider answers or not.
      const endSessionUrl = await provider?.endSessionUrl(closed.idToken).catch(() => undefined);
      return endSessionUrl && { endSessionUrl };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sessions',
      summary: 'Own open sessions',
      access: 'signed-in',
      answer: sessionsAnswer,
    },
    async ({ actor }) => {
      const items = await ctx.db
        .selectFrom('session')
        .select(['id', 'address', 'userAgent', 'createdAt', 'lastSeenAt', 'method'])
        .where('staffId', '=', personId(actor))
        .where('revokedAt', 'is', null)
        .where('lastSeenAt', '>', idleSince(ctx))
        .orderBy('lastSeenAt', 'desc')
        .limit(50)
        .execute();
      return {
        items: items.map((item) => ({ ...item, current: item.id === actor.sessionId })),
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/sessions/:id',
      summary: 'Close one of the own sessions',
      access: 'signed-in',
      status: 204,
      params: idParams,
    },
    async ({ actor, params }) => {
      const own = await ctx.db
        .selectFrom('session')
        .select('id')
        .where('id', '=', params.id)
        .where('staffId', '=', personId(actor))
        .executeTakeFirst();
      if (!own) throw notFound('session', params.id);
      await closeSession(ctx, actor, params.id);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/session/password',
      summary: 'Change the own password',
      access: 'signed-in',
      answer: done,
      body: z.object({ current: z.string().max(200), password: z.string().max(200) }),
    },
    async ({ actor, body }) => {
      await changePassword(ctx, actor, body.current, body.password);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/session/settings',
      summary: 'Own settings (theme, language, layouts)',
      access: 'signed-in',
      answer: done,
      body: z.record(z.string().max(60), z.unknown()),
    },
    async ({ actor, body }) => {
      const change = JSON.stringify(body);
      const changed = await ctx.db
        .updateTable('staff')
        .set({ settings: sql`settings || ${change}::jsonb` })
        .where('id', '=', personId(actor))
        .where(sql<boolean>`length((settings || ${change}::jsonb)::text) <= ${MOST_SETTINGS}`)
        .executeTakeFirst();
      if (changed.numUpdatedRows === 0n)
        throw invalid('settings are at most 100 kB in all', 'settings-too-large');
      return { ok: true };
    },
  );
}
