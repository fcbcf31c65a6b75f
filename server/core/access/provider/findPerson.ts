import { sql } from 'kysely';
import { recordAudit } from '../../audit/recordAudit.ts';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../database.ts';
import { SYSTEM } from '../actor.ts';
import { ADMINISTRATORS } from '../roles.ts';
import type { ProviderAccount } from './identityProvider.ts';

/** Person behind an account of the provider: by the link that stands, or by one made now where names are trusted. */
export async function findPerson(
  ctx: Pick<Context, 'db' | 'clock' | 'config'>,
  account: ProviderAccount,
  address: string,
) {
  const linked = await findLinked(ctx, account);
  if (linked || ctx.config.oidc?.link !== 'claim' || account.account === null) return linked;
  const made = await ctx.db.transaction().execute((trx) => linkByName(ctx, trx, account, address));
  return made ? findLinked(ctx, account) : undefined;
}

function findLinked(ctx: Pick<Context, 'db'>, account: ProviderAccount) {
  return ctx.db
    .selectFrom('staffIdentity')
    .innerJoin('staff', 'staff.id', 'staffIdentity.staffId')
    .select([
      'staffIdentity.id as identityId',
      'staff.id',
      'staff.name',
      'staff.username',
      'staff.institutionId',
      'staff.active',
      'staff.lockedUntil',
      'staff.totpSecret',
      'staff.totpConfirmedAt',
      'staff.recoveryCodes',
    ])
    .where('issuer', '=', account.issuer)
    .where('subject', '=', account.subject)
    .where('unlinkedAt', 'is', null)
    .executeTakeFirst();
}

/**
 * First link by name: to an active account that never had one. Administrators are linked by a person only: who
 * administers the provider becomes none of the hub.
 */
async function linkByName(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  account: ProviderAccount,
  address: string,
): Promise<boolean> {
  const staff = await trx
    .selectFrom('staff')
    .select('id')
    .where('username', '=', account.account ?? '')
    .where('active', '=', true)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('staffIdentity')
            .select(sql`1`.as('one'))
            .whereRef('staffIdentity.staffId', '=', 'staff.id')
            .where('issuer', '=', account.issuer),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('staffRole')
            .select(sql`1`.as('one'))
            .whereRef('staffRole.staffId', '=', 'staff.id')
            .where('revokedAt', 'is', null)
            .where('role', 'in', ADMINISTRATORS),
        ),
      ),
    )
    .forUpdate()
    .executeTakeFirst();
  if (!staff) return false;
  const made = await trx
    .insertInto('staffIdentity')
    .values({
      staffId: staff.id,
      issuer: account.issuer,
      subject: account.subject,
      account: account.account,
      linkedAt: ctx.clock.now(),
    })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made)
    await recordAudit(
      trx,
      { ...SYSTEM, address },
      {
        action: 'staff.link-identity',
        subjectType: 'staff',
        subjectId: staff.id,
        detail: { issuer: account.issuer, subject: account.subject, account: account.account, by: 'claim' },
      },
    );
  return true;
}
