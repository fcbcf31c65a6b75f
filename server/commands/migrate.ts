import path from 'node:path';
import { startEmbeddedPostgres } from '../../db/embedded.ts';
import { migrate } from '../../db/migrate.ts';
import { readConfig } from '../core/config.ts';
import { lockFolder } from '../core/folderLock.ts';

/** `hub migrate`: brings the database to this version without starting the hub. */
export async function migrateCommand(): Promise<number> {
  const config = readConfig(process.env);
  const lock = config.databaseUrl ? undefined : lockFolder(config.dataDir);
  const embedded = config.databaseUrl
    ? undefined
    : await startEmbeddedPostgres(path.join(config.dataDir, 'postgres'));
  try {
    const applied = await migrate(config.databaseDirectUrl ?? config.databaseUrl ?? embedded?.url ?? '');
    console.log(applied.length === 0 ? 'the database is up to date' : `applied ${applied.join(', ')}`);
  } finally {
    if (lock) await embedded?.stop();
    lock?.release();
  }
  return 0;
}
