import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { SYSTEM } from '../core/access/actor.ts';
import { MACHINE_VERBS } from '../core/access/roles.ts';
import { readScope } from '../core/access/scopes.ts';
import { hashToken, LONGEST_TOKEN_DAYS } from '../core/access/token.ts';
import { recordAudit } from '../core/audit/recordAudit.ts';
import type { Command } from './command.ts';

/** `hub token …`: bearer tokens of machines; the secret is printed once. */
export const tokenCommand: Command = async (ctx, args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      institution: { type: 'string' },
      verbs: { type: 'string', default: '' },
      scopes: { type: 'string', default: '' },
      days: { type: 'string', default: '365' },
      json: { type: 'boolean' },
    },
  });
  const [verb, subject = ''] = positionals;
  if (verb === 'list') {
    const rows = await ctx.db
      .selectFrom('apiToken')
      .innerJoin('institution', 'institution.id', 'apiToken.institutionId')
      .select([
        'apiToken.id',
        'apiToken.name',
        'institution.code',
        'verbs',
        'scopes',
        'expiresAt',
        'revokedAt',
      ])
      .orderBy('apiToken.createdAt')
      .execute();
    if (values.json) console.log(JSON.stringify(rows));
    else
      for (const row of rows)
        console.log(
          `${row.id} ${row.name} ${row.code} ${[...row.verbs, ...row.scopes].join(',')} until ${row.expiresAt.toISOString()}${row.revokedAt ? ' REVOKED' : ''}`,
        );
    return 0;
  }
  if (verb === 'revoke') {
    const name = await ctx.db.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('apiToken')
        .set({ revokedAt: new Date() })
        .where(sql`id::text`, '=', subject)
        .returning('name')
        .executeTakeFirst();
      if (!row) throw new Error(`There is no token ${subject}.`);
      await recordAudit(trx, SYSTEM, { action: 'token.revoke', subjectType: 'token', subjectId: subject });
      return row.name;
    });
    console.log(`${name} revoked`);
    return 0;
  }
  const institution = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', values.institution ?? '')
    .executeTakeFirst();
  const verbs = values.verbs.split(',').filter(Boolean);
  const scopes = values.scopes.split(',').filter(Boolean);
  if (verb !== 'add' || !subject || !institution || verbs.length + scopes.length === 0)
    throw new Error(
      'Usage: hub token add <name> --institution CODE --verbs order.request,order.read,… [--scopes system/Observation.rs,…] [--days N]',
    );
  const strange = verbs.filter((verb) => !(MACHINE_VERBS as readonly string[]).includes(verb));
  if (strange.length > 0)
    throw new Error(`No right for a machine: ${strange.join(', ')}; there are ${MACHINE_VERBS.join(', ')}.`);
  const unknown = scopes.filter((scope) => !readScope(scope));
  if (unknown.length > 0) throw new Error(`No scope of this hub: ${unknown.join(', ')}.`);
  const days = Number(values.days);
  if (!Number.isInteger(days) || days < 1 || days > LONGEST_TOKEN_DAYS)
    throw new Error(`--days is a whole number from 1 to ${LONGEST_TOKEN_DAYS}, not ${values.days}.`);
  const token = `hub_${randomBytes(30).toString('base64url')}`;
  const expiresAt = new Date(Date.now() + days * 86_400_000);
  const row = await ctx.db.transaction().execute(async (trx) => {
    const made = await trx
      .insertInto('apiToken')
      .values({
        name: subject,
        tokenHash: hashToken(token),
        institutionId: institution.id,
        verbs,
        scopes,
        expiresAt,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, SYSTEM, {
      action: 'token.create',
      subjectType: 'token',
      subjectId: made.id,
      detail: { name: subject, verbs, scopes, institutionId: institution.id },
    });
    return made;
  });
  console.log(
    values.json
      ? JSON.stringify({ id: row.id, token, expiresAt })
      : `${token}\n(shown once; id ${row.id}, until ${expiresAt.toISOString()})`,
  );
  return 0;
};
