import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeBackup } from '../core/backup/writeBackup.ts';
import type { Command } from './command.ts';
import { progressLine } from './progress.ts';

/** `hub backup <folder>`: adds a snapshot while the hub runs; exit code 1 when rows name objects that are gone. */
export const backup: Command = async (ctx, args) => {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: backupOptions });
  const [folder, ...more] = positionals;
  if (!folder || more.length > 0) {
    console.error('Name the folder: hub backup <folder> [--keys FILE --passphrase-file FILE] [--json]');
    return 2;
  }
  const json = values.json ?? false;
  const keys = sealedKeys(values);
  const line = progressLine(json);
  const result = await writeBackup(ctx, {
    folder,
    ...(keys && { keys }),
    ...(line.show && { onProgress: line.show }),
  });
  line.end();
  if (json) console.log(JSON.stringify(result));
  else {
    console.log(
      `snapshot ${result.snapshot}: ${result.rows} rows, ${result.objects} objects (${result.newObjects} new)`,
    );
    if (!keys) console.log(`the keys are not in it: keep a sealed copy of ${ctx.config.keyFile} elsewhere`);
  }
  if (result.missing.length > 0)
    console.error(
      `${result.missing.length} objects that rows name are not in the store, first ${result.missing[0]}: look for them in an earlier backup`,
    );
  return result.missing.length > 0 ? 1 : 0;
};

export const backupOptions = {
  keys: { type: 'string' },
  'passphrase-file': { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `--keys FILE --passphrase-file FILE`, both or neither. */
export function sealedKeys({
  keys: file,
  'passphrase-file': secret,
}: {
  keys?: string | undefined;
  'passphrase-file'?: string | undefined;
}): { file: string; passphrase: string } | undefined {
  if (!file && !secret) return undefined;
  if (!file || !secret) throw new Error('--keys FILE and --passphrase-file FILE belong together.');
  const passphrase = readFileSync(secret, 'utf8').trim();
  if (passphrase.length < 12) throw new Error(`The passphrase in ${secret} has fewer than 12 characters.`);
  return { file, passphrase };
}
