import type { Request, Response, Router } from 'express';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { DomainError, forbidden, invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { personId, type Actor } from './actor.ts';
import { checkPasswordRules, hashPassword, verifyPassword } from './password.ts';
import { PERMISSIONS, type Permission } from './roles.ts';
import { signIn } from './signIn.ts';
import { done } from '../answers.ts';
import { recoveryCodesAnswer, sessionAnswer, sessionsAnswer, totpAnswer } from './answers.ts';

export const COOKIE = 'hub_session';

/** `POST/GET/DELETE /api/session`, own sessions, password, second factor. */
export function sessionRoutes(ctx: Context, router: Router): void {
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
      method: 'post',
      path: '/session/totp',
      summary: 'Begin a second factor: the secret to scan',
      access: 'signed-in',
      answer: totpAnswer,
    },
    async ({ actor }) => beginTotp(ctx, actor),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/session/totp/confirm',
      summary: 'Confirm the second factor; answers recovery codes once',
      access: 'signed-in',
      answer: recoveryCodesAnswer,
      body: z.object({ otp: z.string().max(10) }),
    },
    async ({ actor, body }) => confirmTotp(ctx, actor, body.otp),
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/session/totp',
      summary: 'Give up the second factor; needs the password',
      access: 'signed-in',
      status: 204,
      body: z.object({ password: z.string().max(200) }),
    },
    async ({ actor, body }) => {
      const staffId = personId(actor);
      const staff = await ctx.db
        .selectFrom('staff')
        .select('passwordHash')
        .where('id', '=', staffId)
        .executeTakeFirstOrThrow();
      if (!(await verifyPassword(body.password, staff.passwordHash)))
        throw forbidden('the current password is wrong');
      await ctx.db.transaction().execute((trx) => dropTotp(trx, actor, staffId));
      return undefined;
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

async function describePerson(ctx: Context, staffId: string) {
  const staff = await ctx.db
    .selectFrom('staff')
    .innerJoin('institution', 'institution.id', 'staff.institutionId')
    .select([
      'staff.id',
      'staff.username',
      'staff.name',
      'staff.nameEn',
      'staff.title',
      'staff.settings',
      'staff.mustChangePassword',
      'staff.totpConfirmedAt',
      'institution.id as institutionId',
      'institution.code as institutionCode',
      'institution.name as institutionName',
      'institution.kind as institutionKind',
    ])
    .where('staff.id', '=', staffId)
    .executeTakeFirstOrThrow();
  const roles = await ctx.db
    .selectFrom('staffRole')
    .innerJoin('institution', 'institution.id', 'staffRole.institutionId')
    .select([
      'staffRole.role',
      'staffRole.centerKind',
      'staffRole.institutionId',
      'institution.shortName as institutionName',
    ])
    .where('staffId', '=', staffId)
    .where('revokedAt', 'is', null)
    .execute();
  const permissions = new Set<Permission>();
  for (const held of roles)
    for (const permission of PERMISSIONS[held.role as keyof typeof PERMISSIONS] ?? [])
      permissions.add(permission);
  const centers = await ctx.db
    .selectFrom('center')
    .innerJoin('institution', 'institution.id', 'center.institutionId')
    .select([
      'center.kind',
      'center.institutionId',
      'institution.shortName as institutionName',
      'center.twoPerson',
      'center.twoPersonEmergency',
      'center.dutyPhone',
    ])
    .where('center.active', '=', true)
    .execute();
  return {
    user: staff,
    ...staff,
    roles,
    permissions: [...permissions].sort(),
    centers,
    demo: ctx.config.demo,
  };
}

async function changePassword(ctx: Context, actor: Actor, current: string, password: string): Promise<void> {
  const staffId = personId(actor);
  const staff = await ctx.db
    .selectFrom('staff')
    .select(['username', 'passwordHash'])
    .where('id', '=', staffId)
    .executeTakeFirstOrThrow();
  if (!(await verifyPassword(current, staff.passwordHash))) throw forbidden('the current password is wrong');
  checkPasswordRules(password, staff.username);
  const passwordHash = await hashPassword(password);
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('staff')
      .set({ passwordHash, passwordChangedAt: ctx.clock.now(), mustChangePassword: false })
      .where('id', '=', staffId)
      .execute();
    await trx
      .updateTable('session')
      .set({ revokedAt: ctx.clock.now() })
      .where('staffId', '=', staffId)
      .where('id', '!=', actor.sessionId ?? '')
      .where('revokedAt', 'is', null)
      .execute();
    await recordAudit(trx, actor, {
      action: 'staff.change-password',
      subjectType: 'staff',
      subjectId: staffId,
    });
  });
}

async function beginTotp(ctx: Context, actor: Actor) {
  const staffId = personId(actor);
  const staff = await ctx.db
    .selectFrom('staff')
    .select(['username', 'totpConfirmedAt'])
    .where('id', '=', staffId)
    .executeTakeFirstOrThrow();
  if (staff.totpConfirmedAt) throw new DomainError(409, 'totp-on', 'a second factor is in use already');
  const secret = new Secret({ size: 20 });
  await ctx.db
    .updateTable('staff')
    .set({ totpSecret: ctx.keys.encrypt(secret.base32) })
    .where('id', '=', staffId)
    .execute();
  return {
    secret: secret.base32,
    uri: new TOTP({ issuer: 'County Hub', label: staff.username, secret }).toString(),
  };
}

/** Takes the second factor off an account: given up by its person, or by the security administrator for a lost phone. */
export async function dropTotp(trx: Transaction, actor: Actor, staffId: string): Promise<void> {
  await trx
    .updateTable('staff')
    .set({ totpSecret: null, totpConfirmedAt: null, recoveryCodes: [] })
    .where('id', '=', staffId)
    .execute();
  await recordAudit(trx, actor, { action: 'staff.totp-off', subjectType: 'staff', subjectId: staffId });
}

async function confirmTotp(ctx: Context, actor: Actor, otp: string) {
  const staffId = personId(actor);
  const staff = await ctx.db
    .selectFrom('staff')
    .select('totpSecret')
    .where('id', '=', staffId)
    .executeTakeFirstOrThrow();
  if (!staff.totpSecret) throw invalid('begin the second factor first');
  const totp = new TOTP({ secret: Secret.fromBase32(ctx.keys.decrypt(staff.totpSecret)) });
  if (totp.validate({ token: otp, window: 1 }) === null)
    throw invalid('the one-time code is wrong', [{ path: 'otp', message: '验证码不正确', code: 'otp' }]);
  const recoveryCodes = Array.from({ length: 10 }, () => randomBytes(5).toString('hex'));
  await ctx.db.transaction().execute(async (trx) => {
    await trx
      .updateTable('staff')
      .set({
        totpConfirmedAt: ctx.clock.now(),
        recoveryCodes: recoveryCodes.map((code) => ctx.keys.lookup(code)),
      })
      .where('id', '=', staffId)
      .execute();
    await recordAudit(trx, actor, { action: 'staff.totp-on', subjectType: 'staff', subjectId: staffId });
  });
  return { recoveryCodes };
}
