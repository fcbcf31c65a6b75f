import type { Router } from 'express';
import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { DomainError, invalid } from '../errors.ts';
import { endpoint } from '../http.ts';
import { personId, type Actor } from './actor.ts';
import { recoveryCodesAnswer, totpAnswer } from './answers.ts';
import { requireOwnPassword } from './ownPassword.ts';

/** Begin, confirm and give up the own second factor (RFC 6238). */
export function secondFactorRoutes(ctx: Context, router: Router): void {
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
      const { id } = await requireOwnPassword(ctx, actor, body.password);
      await ctx.db.transaction().execute((trx) => dropTotp(trx, actor, id));
      return undefined;
    },
  );
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
  if (!staff.totpSecret) throw invalid('begin the second factor first', 'begin-second-factor');
  const totp = new TOTP({ secret: Secret.fromBase32(ctx.keys.decrypt(staff.totpSecret)) });
  if (totp.validate({ token: otp, window: 1 }) === null)
    throw invalid('the one-time code is wrong', [{ path: 'otp', code: 'otp' }]);
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
