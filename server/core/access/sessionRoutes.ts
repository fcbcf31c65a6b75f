import type { Request, Response, Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { personId, type Actor } from './actor.ts';
import { changePassword } from './changePassword.ts';
import { describePerson } from './describePerson.ts';
import { secondFactorRoutes } from './secondFactorRoutes.ts';
import { signIn } from './signIn.ts';
import { done } from '../answers.ts';
import { sessionAnswer, sessionsAnswer } from './answers.ts';

export const COOKIE = 'hub_session';

/** `POST/GET/DELETE /api/session`, own sessions, password, settings and second factor. */
export function sessionRoutes(ctx: Context, router: Router): void {
  secondFactorRoutes(ctx, router);
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
      setCookie(ctx, req, res, opened.token);
      return describePerson(ctx, opened.staffId);
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
    async ({ actor }) => describePerson(ctx, personId(actor)),
  );
  endpoint(
    router,
    { method: 'delete', path: '/session', summary: 'Sign out', access: 'signed-in', status: 204 },
    async ({ actor, req, res }) => {
      if (actor.sessionId) await revoke(ctx, actor, actor.sessionId);
      setCookie(ctx, req, res, '', 0);
      return undefined;
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
        .select(['id', 'address', 'userAgent', 'createdAt', 'lastSeenAt'])
        .where('staffId', '=', personId(actor))
        .where('revokedAt', 'is', null)
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
      await revoke(ctx, actor, params.id);
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
      if (JSON.stringify(body).length > 100_000) throw invalid('settings are at most 100 kB');
      await ctx.db
        .updateTable('staff')
        .set({ settings: sql`settings || ${JSON.stringify(body)}::jsonb` })
        .where('id', '=', personId(actor))
        .execute();
      return { ok: true };
    },
  );
}

function setCookie(ctx: Context, req: Request, res: Response, token: string, maxAge?: number): void {
  const secure = ctx.config.publicUrl?.startsWith('https:') || req.secure;
  res.cookie(COOKIE, token, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: Boolean(secure),
    ...(maxAge !== undefined && { maxAge }),
  });
}

async function revoke(ctx: Context, actor: Actor, sessionId: string): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('session')
      .set({ revokedAt: ctx.clock.now() })
      .where('id', '=', sessionId)
      .execute();
    await recordAudit(trx, actor, { action: 'session.close', subjectType: 'session', subjectId: sessionId });
  });
}
