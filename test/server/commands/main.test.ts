import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditVerify } from '../../../server/commands/auditVerify.ts';
import { backup } from '../../../server/commands/backup.ts';
import { importFiles } from '../../../server/commands/importFiles.ts';
import { keyRotate } from '../../../server/commands/keyRotate.ts';
import { restore } from '../../../server/commands/restore.ts';
import { tokenCommand } from '../../../server/commands/token.ts';
import { userCommand } from '../../../server/commands/user.ts';
import { verify } from '../../../server/commands/verify.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { environmentOf, hub, said, type Said } from './cli.ts';

let county: TestContext;
let folder: string;
beforeAll(async () => {
  county = await createContext({ county: true });
  folder = county.ctx.config.dataDir;
  fs.writeFileSync(path.join(folder, 'short'), 'too short\n');
  fs.writeFileSync(path.join(folder, 'phrase'), 'correct horse battery staple\n');
});
afterAll(() => county?.close());
const linesOf = (text: string) => text.split('\n').length;

describe('the command line', () => {
  test('says what there is: asked for help, without a command, and to one that is none', async () => {
    const [bare, help, wrong] = (await Promise.all([hub([]), hub(['--help']), hub(['bakcup'])])) as [Said, Said, Said]; // prettier-ignore
    expect([bare.code, help.code, wrong.code]).toEqual([0, 0, 2]);
    for (const command of ['migrate', 'verify', 'restore', 'audit verify', 'key rotate', 'backup', 'import', 'user', 'token'])
      expect(bare.err, command).toMatch(new RegExp(`^  ${command}`, 'm'));
    for (const each of [help, wrong]) expect(each).toMatchObject({ out: '', err: bare.err });
  }); // prettier-ignore

  test('runs a command beside a hub and leaves with its exit code', async () => {
    const listed = await hub(['user', 'list', '--json'], environmentOf(county));
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect((JSON.parse(listed.out) as { username: string }[]).map(({ username }) => username)).toContain(
      'doctor1',
    );
  });

  test('stops at a wrong configuration before it touches anything, and where the database is not there', async () => {
    const never = path.join(folder, 'never');
    const [wrong, away] = await Promise.all([
      hub(['user', 'list'], { PORT: 'x', DATA_DIR: never }),
      hub(['user', 'list'], { DATABASE_URL: 'postgres://nobody@localhost:1/hub', DATA_DIR: folder }),
    ]);
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toContain('The configuration has 1 fault');
    expect(fs.existsSync(never)).toBe(false);
    expect(away).toMatchObject({ code: 1, out: '' });
    expect(away.err).toMatch(/^The database cannot be reached: connect ECONNREFUSED \S+:1$/);
  });
});

describe('a command that fails says why in one line, with an exit code, and changes nothing:', () => {
  const commands = {
    backup: (args: string[]) => backup(county.ctx, args),
    restore: (args: string[]) => restore(args),
    'key rotate': (args: string[]) => keyRotate(county.ctx, args),
    'audit verify': (args: string[]) => auditVerify(county.ctx, args),
    import: (args: string[]) => importFiles(county.ctx, args),
    verify: (args: string[]) => verify(args),
    user: (args: string[]) => userCommand(county.ctx, args),
    token: (args: string[]) => tokenCommand(county.ctx, args),
  };
  const secret = ['--keys', 'k', '--passphrase-file'];
  test.each([
    ['backup', [], 2, /^Name the folder: hub backup <folder>/],
    ['backup', ['--json'], 2, /^Name the folder/],
    ['backup', ['one', 'two'], 2, /^Name the folder/],
    ['backup', ['f', '--key', 'k'], 1, /--key/],
    ['backup', ['f', '--keys', 'k'], 1, /--keys FILE and --passphrase-file FILE belong together/],
    ['backup', ['f', '--passphrase-file', 'k'], 1, /belong together/],
    ['backup', ['f', ...secret, '/no/such'], 1, /no such file/],
    ['backup', ['f', ...secret, 'SHORT'], 1, /fewer than 12 characters/],
    ['restore', [], 2, /^Name the folder: hub restore <folder>/],
    ['restore', ['a', 'b'], 2, /^Name the folder/],
    ['restore', ['f', '--force'], 1, /--force/],
    ['key rotate', ['--suite', 'rot13'], 2, /^--suite is "international".* or "sm"/],
    ['key rotate', ['--suite'], 1, /--suite/],
    ['key rotate', ['--resum'], 1, /--resum/],
    ['key rotate', ['now'], 1, /now/],
    ['audit verify', ['--jsn'], 1, /--jsn/],
    ['import', [], 1, /^Usage: hub import/],
    ['import', ['x'], 1, /^Usage: hub import/],
    ['import', ['x', '--institution', 'NOWHERE'], 1, /^No institution has the code NOWHERE/],
    ['import', ['/no/such', '--institution', 'LIUHE'], 1, /^Cannot read \/no\/such/],
    ['verify', [], 1, /^Usage: hub verify/],
    ['verify', ['PHRASE', '--root', 'PHRASE'], 1, /is not a certificate/],
    ['user', ['list', '--all'], 1, /--all/],
    ['user', [], 1, /^Usage: hub user list/],
    ['token', [], 1, /^Usage: hub token add/],
  ] as [keyof typeof commands, string[], number, RegExp][])('hub %s %j', async (name, args, code, words) => {
    const place = (arg: string) =>
      arg === 'SHORT' || arg === 'PHRASE' ? path.join(folder, arg.toLowerCase()) : arg;
    const before = await county.ctx.db.selectFrom('auditEvent').select('seq').execute();
    const key = fs.readFileSync(county.ctx.config.keyFile, 'utf8');
    const answer = await said(() => commands[name](args.map(place)));
    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.err).toMatch(words);
    expect(linesOf(answer.err)).toBe(1);
    expect(await county.ctx.db.selectFrom('auditEvent').select('seq').execute()).toEqual(before);
    expect(fs.readFileSync(county.ctx.config.keyFile, 'utf8')).toBe(key);
    for (const made of ['f', 'one', 'k']) expect(fs.existsSync(made), made).toBe(false);
  });
});
