import { recordAudit } from '../../audit/recordAudit.ts';
import type { Context } from '../../context.ts';
import { isUniqueViolation } from '../../database.ts';
import { conflict, forbidden, invalid, notFound } from '../../errors.ts';
import { personId, type Actor } from '../actor.ts';
import { normalIssuer } from './identityProvider.ts';

type Needs = Pick<Context, 'db' | 'clock' | 'config'>;

function configuredIssuer(ctx: Needs): string {
  if (!ctx.config.oidc) throw invalid('no identity provider is configured', 'no-provider');
  return normalIssuer(ctx.config.oidc.issuer);
}

/**
 * Links an account of the provider with a person, by the security administrator and never for himself. Throws 409
 * `exists` when the account opens another person's account or the person has a link already.
 */
export async function linkIdentity(
  ctx: Needs,
  actor: Actor,
  staffId: string,
  subject: string,
): Promise<void> {
  const issuer = configuredIssuer(ctx);
  const linkedBy = personId(actor);
  if (linkedBy === staffId) throw forbidden('nobody changes his own rights', 'own-rights');
  try {
    await ctx.db.transaction().execute(async (trx) => {
      const staff = await trx.selectFrom('staff').select('id').where('id', '=', staffId).executeTakeFirst();
      if (!staff) throw notFound('staff', staffId);
      const waited = await trx
        .deleteFrom('identityWaiting')
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .returning('account')
        .executeTakeFirst();
      const account = waited?.account ?? null;
      await trx
        .insertInto('staffIdentity')
        .values({ staffId, issuer, subject, account, linkedBy, linkedAt: ctx.clock.now() })
        .execute();
      await recordAudit(trx, actor, {
        action: 'staff.link-identity',
        subjectType: 'staff',
        subjectId: staffId,
        detail: { issuer, subject, account, by: 'administrator' },
      });
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw conflict('exists', 'this account is linked already, or the person has another one');
    throw error;
  }
}

/** Takes the link away and ends the sessions that it opened; it is not made by name again. */
export async function unlinkIdentity(ctx: Needs, actor: Actor, staffId: string): Promise<void> {
  const issuer = configuredIssuer(ctx);
  if (personId(actor) === staffId) throw forbidden('nobody changes his own rights', 'own-rights');
  await ctx.db.transaction().execute(async (trx) => {
    const identity = await trx
      .updateTable('staffIdentity')
      .set({ unlinkedAt: ctx.clock.now() })
      .where('staffId', '=', staffId)
      .where('issuer', '=', issuer)
      .where('unlinkedAt', 'is', null)
      .returning(['id', 'subject', 'account'])
      .executeTakeFirst();
    if (!identity) throw notFound('link of', staffId);
    await trx
      .updateTable('session')
      .set({ revokedAt: ctx.clock.now(), idTokenEncrypted: null })
      .where('staffIdentityId', '=', identity.id)
      .where('revokedAt', 'is', null)
      .execute();
    await recordAudit(trx, actor, {
      action: 'staff.unlink-identity',
      subjectType: 'staff',
      subjectId: staffId,
      detail: { issuer, subject: identity.subject, account: identity.account },
    });
  });
}
