import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Command } from '../../../server/commands/command.ts';
import { tokenCommand } from '../../../server/commands/token.ts';
import { userCommand } from '../../../server/commands/user.ts';
import { verifyPassword } from '../../../server/core/access/password.ts';
import { hashToken } from '../../../server/core/access/token.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-user-'));
const passwordFile = path.join(folder, 'password');
fs.writeFileSync(passwordFile, 'Quiet-River-9\n');
let empty: TestContext;
let county: TestContext;
beforeAll(async () => {
  [empty, county] = await Promise.all([createContext(), createContext({ county: true })]);
});
afterAll(async () => {
  await Promise.all([empty?.close(), county?.close()]);
  fs.rmSync(folder, { recursive: true });
});

/** Runs a command and gives what it printed. */
async function run(command: Command, on: TestContext, ...args: string[]): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  try {
    expect(await command(on.ctx, args)).toBe(0);
  } finally {
    log.mockRestore();
  }
  return lines.join('\n');
}
const user = (on: TestContext, ...args: string[]) => run(userCommand, on, ...args);
const token = (...args: string[]) => run(tokenCommand, county, ...args);
const acts = async (on: TestContext, action: string) =>
  on.ctx.db.selectFrom('auditEvent').select(['detail', 'subjectId']).where('action', '=', action).execute();
const staffOf = (on: TestContext, username: string) =>
  on.ctx.db.selectFrom('staff').selectAll().where('username', '=', username).executeTakeFirst();

describe('hub user', () => {
  const founding = [
    '--institution',
    'LEAD',
    '--institution-name',
    '青河县人民医院',
    '--password-file',
    passwordFile,
  ];

  test('an empty hub needs its first hospital; what is wrong founds nothing', async () => {
    await expect(
      user(empty, 'add', 'first', '--institution', 'LEAD', '--password-file', passwordFile),
    ).rejects.toThrow(/hub is empty: give --institution CODE --institution-name/);
    const weak = path.join(folder, 'weak');
    fs.writeFileSync(weak, 'simple');
    await expect(
      user(empty, 'add', 'first', ...founding.slice(0, 4), '--password-file', weak),
    ).rejects.toThrow();
    await expect(user(empty, 'add', 'first', ...founding, '--role', 'emperor')).rejects.toThrow(
      /no role emperor/,
    );
    await expect(user(empty, 'add', 'first', ...founding, '--role', 'reporter:dental')).rejects.toThrow(
      /no centre dental; there are imaging/,
    );
    const both = ['system-admin', 'auditor'].flatMap((role) => ['--role', role]);
    await expect(user(empty, 'add', 'first', ...founding, ...both)).rejects.toThrow(/are three people/);
    await expect(user(empty, 'add', 'a b', ...founding)).rejects.toThrow(/no user name/);
    await expect(user(empty, 'add', 'first', ...founding.slice(0, 4))).rejects.toThrow(/--password-file/);
    expect(await empty.ctx.db.selectFrom('institution').select('id').execute()).toEqual([]);
    expect(await acts(empty, 'staff.create')).toEqual([]);
  });

  test('the first administrator has his role, a password to change, and stands in the audit', async () => {
    await user(
      empty,
      'add',
      'first',
      '--name',
      '赵敏',
      ...founding,
      '--role',
      'security-admin',
      '--role',
      'reporter:ecg',
    );
    const made = await staffOf(empty, 'first');
    expect(made).toMatchObject({ name: '赵敏', active: true, mustChangePassword: true });
    expect(await verifyPassword('Quiet-River-9', made?.passwordHash ?? '')).toBe(true);
    const roles = await empty.ctx.db
      .selectFrom('staffRole')
      .select(['role', 'centerKind'])
      .orderBy('role')
      .execute();
    expect(roles).toEqual([
      { role: 'reporter', centerKind: 'ecg' },
      { role: 'security-admin', centerKind: null },
    ]);
    expect(await acts(empty, 'staff.create')).toMatchObject([
      { subjectId: made?.id, detail: { username: 'first' } },
    ]);
    expect(await user(empty, 'list')).toMatch(/^first +LEAD +赵敏$/);
  });

  test('a second person is added where an institution is known, never one over another', async () => {
    await expect(user(empty, 'add', 'first', ...founding)).rejects.toThrow('There is a user first already.');
    await expect(
      user(
        empty,
        'add',
        'second',
        '--institution',
        'NOWHERE',
        '--institution-name',
        '新',
        '--password-file',
        passwordFile,
      ),
    ).rejects.toThrow(/no institution NOWHERE; the system administrator adds it/);
    await user(empty, 'add', 'second', '--institution', 'LEAD', '--password-file', passwordFile);
    const rows = JSON.parse(await user(empty, 'list', '--json')) as { username: string; code: string }[];
    expect(rows.map(({ username, code }) => [username, code])).toEqual([
      ['first', 'LEAD'],
      ['second', 'LEAD'],
    ]);
  });

  test('locked out of band and let in again, each on record', async () => {
    await user(empty, 'lock', 'second');
    expect(await staffOf(empty, 'second')).toMatchObject({ active: false });
    expect(await user(empty, 'list')).toContain('(inactive)');
    await user(empty, 'unlock', 'second');
    expect(await staffOf(empty, 'second')).toMatchObject({ active: true, lockedUntil: null });
    expect([(await acts(empty, 'staff.lock')).length, (await acts(empty, 'staff.unlock')).length]).toEqual([
      1, 1,
    ]);
    await expect(user(empty, 'lock', 'nobody')).rejects.toThrow('There is no user nobody.');
    await expect(user(empty, 'remove', 'first')).rejects.toThrow('hub user remove: unknown');
    await expect(user(empty, 'lock')).rejects.toThrow(/Usage/);
  });
});

describe('hub token', () => {
  const add = (...more: string[]) => token('add', 'HIS', '--institution', 'LIUHE', ...more);

  test('its secret is shown once and kept as a hash; it ends in a year', async () => {
    const made = JSON.parse(await add('--verbs', 'order.request,order.read', '--json')) as {
      id: string;
      token: string;
    };
    const row = await county.ctx.db
      .selectFrom('apiToken')
      .selectAll()
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      tokenHash: hashToken(made.token),
      verbs: ['order.request', 'order.read'],
      scopes: [],
    });
    expect(JSON.stringify(row)).not.toContain(made.token);
    expect((row.expiresAt.getTime() - Date.now()) / 86_400_000).toBeCloseTo(365, 1);
    expect(await acts(county, 'token.create')).toMatchObject([
      { subjectId: made.id, detail: { name: 'HIS', verbs: ['order.request', 'order.read'] } },
    ]);
    expect(await token('list')).toContain('HIS LIUHE order.request,order.read until ');
  });

  test.each([
    [['--verbs', 'order.reed'], /No right for a machine: order\.reed; there are /],
    [['--verbs', 'security.grant'], /No right for a machine: security\.grant/],
    [['--scopes', 'system/Everything.rs'], /No scope of this hub: system\/Everything\.rs/],
    [['--verbs', 'order.read', '--days', '0'], /--days is a whole number from 1 to 730, not 0/],
    [['--verbs', 'order.read', '--days', 'many'], /not many/],
    [['--verbs', 'order.read', '--days', '731'], /not 731/],
    [[], /Usage: hub token add/],
  ])('%j is refused with what to do, and nothing is made', async (more, words) => {
    const before = await county.ctx.db.selectFrom('apiToken').select('id').execute();
    await expect(add(...more)).rejects.toThrow(words);
    expect(await county.ctx.db.selectFrom('apiToken').select('id').execute()).toEqual(before);
  });

  test('an institution that is not there is refused', async () => {
    await expect(token('add', 'HIS', '--institution', 'NOWHERE', '--verbs', 'order.read')).rejects.toThrow(
      /Usage/,
    );
  });

  test('revoked it stands as such, on record; one that is not there is said', async () => {
    const [, id = ''] = /id ([0-9a-f-]{36})/.exec(await add('--scopes', 'system/Observation.rs')) ?? [];
    expect(await token('revoke', id)).toBe('HIS revoked');
    expect(await token('list')).toMatch(
      new RegExp(`${id} HIS LIUHE system/Observation\\.rs until .* REVOKED`),
    );
    expect(await acts(county, 'token.revoke')).toMatchObject([{ subjectId: id }]);
    await expect(token('revoke', 'not-a-number')).rejects.toThrow('There is no token not-a-number.');
  });
});
