import { readConfig } from '../core/config.ts';
import { auditVerify } from './auditVerify.ts';
import { backup } from './backup.ts';
import type { Command } from './command.ts';
import { keyRotate } from './keyRotate.ts';
import { migrateCommand } from './migrate.ts';
import { restore, restoreUsage } from './restore.ts';
import { tokenCommand } from './token.ts';
import { userCommand } from './user.ts';
import { verify, verifyUsage } from './verify.ts';

const COMMANDS: Record<string, { usage: string; run: Command }> = {
  'audit verify': { usage: 'audit verify [--json]', run: auditVerify },
  'key rotate': { usage: 'key rotate [--resume] [--suite international|sm] [--json]', run: keyRotate },
  backup: { usage: 'backup <folder> [--keys FILE --passphrase-file FILE] [--json]', run: backup },
  import: {
    usage: 'import <file or folder>… --institution CODE [--json]',
    run: async (ctx, args) => (await import('./importFiles.ts')).importFiles(ctx, args),
  },
  user: {
    usage:
      'user list | add <username> --name NAME --institution CODE --password-file FILE [--role ROLE[:CENTER]] | lock <username> | unlock <username>',
    run: userCommand,
  },
  token: {
    usage: 'token list | add <name> --institution CODE --verbs a,b [--days N] | revoke <id>',
    run: tokenCommand,
  },
};

async function main(args: string[]): Promise<number> {
  const [first = '', second = ''] = args;
  if (first === 'verify') return verify(args.slice(1));
  if (first === 'migrate') return migrateCommand();
  if (first === 'restore') return restore(args.slice(1));
  const name = COMMANDS[`${first} ${second}`] ? `${first} ${second}` : first;
  const command = COMMANDS[name];
  if (!command) {
    console.error(
      [
        'Usage: hub <command>',
        '  migrate',
        `  ${verifyUsage}`,
        `  ${restoreUsage}`,
        ...Object.values(COMMANDS).map((known) => `  ${known.usage}`),
      ].join('\n'),
    );
    return first === '' || first === 'help' || first === '--help' ? 0 : 2;
  }
  const config = readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'error' });
  const { openContext } = await import('../context.ts'); // `verify` needs none of it and answers at once
  const opened = await openContext(config, { exclusive: false });
  try {
    return await command.run(opened.ctx, args.slice(name.split(' ').length));
  } finally {
    await opened.close();
  }
}

main(process.argv.slice(2))
  .then((code) => process.exit(code))
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  });
