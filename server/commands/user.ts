import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { SYSTEM } from '../core/access/actor.ts';
import { checkPasswordRules, hashPassword } from '../core/access/password.ts';
import { ADMINISTRATORS, areOneAdministrator, ROLE_NAMES, type Role } from '../core/access/roles.ts';
import { recordAudit } from '../core/audit/recordAudit.ts';
import { CENTER_KINDS } from '../core/order/requestInput.ts';
import type { Context } from '../core/context.ts';
import type { Transaction } from '../core/database.ts';
import type { Command } from './command.ts';

/** `hub user …`: the first administrators of an empty hub, and locking out of band. Every act is audited. */
export const userCommand: Command = async (ctx, args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      institution: { type: 'string' },
      'institution-name': { type: 'string' },
      'password-file': { type: 'string' },
      role: { type: 'string', multiple: true },
      json: { type: 'boolean' },
    },
  });
  const [verb, username] = positionals;
  if (verb === 'list') {
    const rows = await ctx.db
      .selectFrom('staff')
      .innerJoin('institution', 'institution.id', 'staff.institutionId')
      .select(['username', 'staff.name', 'institution.code', 'staff.active', 'staff.lockedUntil'])
      .orderBy('username')
      .execute();
    if (values.json) console.log(JSON.stringify(rows));
    else
      for (const row of rows)
        console.log(
          `${row.username.padEnd(20)} ${row.code.padEnd(12)} ${row.name}${row.active ? '' : ' (inactive)'}`,
        );
    return 0;
  }
  if (!username)
    throw new Error('Usage: hub user list | add <username> … | lock <username> | unlock <username>');
  if (verb === 'add') return addUser(ctx, username, values);
  if (verb !== 'lock' && verb !== 'unlock') throw new Error(`hub user ${verb ?? ''}: unknown`);
  await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable('staff')
      .set(verb === 'lock' ? { active: false } : { active: true, lockedUntil: null, failedLoginsAt: [] })
      .where('username', '=', username)
      .returning('id')
      .executeTakeFirst();
    if (!row) throw new Error(`There is no user ${username}.`);
    await recordAudit(trx, SYSTEM, { action: `staff.${verb}`, subjectType: 'staff', subjectId: row.id });
  });
  console.log(`${username}: ${verb}ed`);
  return 0;
};

async function addUser(
  ctx: Context,
  username: string,
  values: {
    name?: string | undefined;
    institution?: string | undefined;
    'institution-name'?: string | undefined;
    'password-file'?: string | undefined;
    role?: string[] | undefined;
  },
): Promise<number> {
  if (!values['password-file'])
    throw new Error('Give --password-file FILE (a password on the command line would stay in the history).');
  if (!/^[a-zA-Z0-9._-]{2,64}$/.test(username))
    throw new Error(`${username} is no user name: 2 to 64 letters, digits, dots, hyphens.`);
  const password = fs.readFileSync(values['password-file'], 'utf8').trim();
  checkPasswordRules(password, username);
  const passwordHash = await hashPassword(password);
  const roles = (values.role ?? []).map((text) => {
    const [role = '', center] = text.split(':');
    if (!(ROLE_NAMES as readonly string[]).includes(role))
      throw new Error(`There is no role ${role}; there are ${ROLE_NAMES.join(', ')}.`);
    const centerKind = CENTER_KINDS.find((kind) => kind === center) ?? null;
    if (center && !centerKind)
      throw new Error(`There is no centre ${center}; there are ${CENTER_KINDS.join(', ')}.`);
    return { role: role as Role, centerKind };
  });
  if (!areOneAdministrator(roles.map(({ role }) => role)))
    throw new Error(`${ADMINISTRATORS.join(', ')} are three people: give one of these roles.`);
  await ctx.db.transaction().execute(async (trx) => {
    const institution = await findOrFound(trx, values.institution ?? '', values['institution-name']);
    const staff = await trx
      .insertInto('staff')
      .values({
        username,
        name: values.name ?? username,
        institutionId: institution.id,
        passwordHash,
        mustChangePassword: true,
      })
      .onConflict((held) => held.column('username').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!staff) throw new Error(`There is a user ${username} already.`);
    if (roles.length > 0)
      await trx
        .insertInto('staffRole')
        .values(roles.map((held) => ({ staffId: staff.id, institutionId: institution.id, ...held })))
        .execute();
    await recordAudit(trx, SYSTEM, {
      action: 'staff.create',
      subjectType: 'staff',
      subjectId: staff.id,
      detail: { username, roles },
    });
  });
  console.log(`${username} added; the password must be changed at the first sign-in`);
  return 0;
}

/** The institution of a code. In a hub without any, `--institution-name` founds the lead hospital. */
async function findOrFound(
  trx: Transaction,
  code: string,
  name: string | undefined,
): Promise<{ id: string }> {
  const known = await trx.selectFrom('institution').select('id').where('code', '=', code).executeTakeFirst();
  if (known) return known;
  const any = await trx.selectFrom('institution').select('id').limit(1).executeTakeFirst();
  if (any || !name)
    throw new Error(
      any
        ? `There is no institution ${code}; the system administrator adds it.`
        : 'The hub is empty: give --institution CODE --institution-name NAME of the lead hospital.',
    );
  return trx
    .insertInto('institution')
    .values({ code, name, shortName: name.slice(0, 40), kind: 'county-hospital' })
    .returning('id')
    .executeTakeFirstOrThrow();
}
