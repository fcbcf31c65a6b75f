import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../db/embedded.ts';
import { migrate } from '../../db/migrate.ts';
import { openContext, openObjects } from '../context.ts';
import { SYSTEM } from '../core/access/actor.ts';
import { recordAudit } from '../core/audit/recordAudit.ts';
import { verifyAudit } from '../core/audit/verifyAudit.ts';
import { restoreBackup } from '../core/backup/restoreBackup.ts';
import { readConfig, type Config } from '../core/config.ts';
import { lockFolder } from '../core/folderLock.ts';
import { ensureAuthority } from '../core/signature/heldAuthority.ts';
import { backupOptions, sealedKeys } from './backup.ts';
import { progressLine } from './progress.ts';

export const restoreUsage =
  'restore <folder> [--snapshot NAME] [--keys FILE --passphrase-file FILE] [--json]';

/** `hub restore <folder>`: a snapshot into an empty hub that is not running; exit code 1 when the audit chain does not hold. */
export async function restore(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...backupOptions, snapshot: { type: 'string' } },
  });
  const [folder, ...more] = positionals;
  if (!folder || more.length > 0) {
    console.error(`Name the folder: hub ${restoreUsage}`);
    return 2;
  }
  const config = readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'error' });
  const json = values.json ?? false;
  const manifest = await restoreInto(config, folder, values);
  const opened = await openContext(config, { exclusive: true });
  try {
    await recordAudit(opened.ctx.db, SYSTEM, {
      action: 'backup.restore',
      detail: { madeAt: manifest.madeAt, objects: manifest.objects.count },
    });
    await ensureAuthority(opened.ctx); // puts the root certificate beside the data, for `hub verify`
    const verdict = await verifyAudit(opened.ctx);
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    const result = { madeAt: manifest.madeAt, rows, objects: manifest.objects.count, audit: verdict };
    if (json) console.log(JSON.stringify(result));
    else
      console.log(
        `restored the state of ${manifest.madeAt}: ${rows} rows, ${manifest.objects.count} objects; audit chain ${verdict.fault ? 'BROKEN' : 'intact'}`,
      );
    return verdict.fault ? 1 : 0;
  } finally {
    await opened.close();
  }
}

async function restoreInto(
  config: Config,
  folder: string,
  values: Parameters<typeof sealedKeys>[0] & { snapshot?: string | undefined; json?: boolean | undefined },
) {
  mkdirSync(config.dataDir, { recursive: true });
  const lock = config.databaseUrl ? undefined : lockFolder(config.dataDir);
  if (!config.databaseUrl && !lock)
    throw new Error(`A hub runs on ${config.dataDir}: stop it, or choose another DATA_DIR.`);
  const embedded = config.databaseUrl
    ? undefined
    : await startEmbeddedPostgres(path.join(config.dataDir, 'postgres'));
  const databaseUrl = config.databaseDirectUrl ?? config.databaseUrl ?? embedded?.url ?? '';
  const { snapshot } = values;
  const keys = sealedKeys(values);
  const line = progressLine(values.json ?? false);
  try {
    return await restoreBackup(
      {
        databaseUrl,
        keyFile: config.keyFile,
        openStore: () => openObjects(config),
        migrate: (only) => migrate(databaseUrl, only),
      },
      {
        folder,
        ...(snapshot && { snapshot }),
        ...(keys && { keys }),
        ...(line.show && { onProgress: line.show }),
      },
    );
  } finally {
    line.end();
    await embedded?.stop();
    lock?.release();
  }
}
