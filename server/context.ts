import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../db/embedded.ts';
import { migrate } from '../db/migrate.ts';
import { centers } from './centers.ts';
import { systemClock, type Clock } from './core/clock.ts';
import type { Config } from './core/config.ts';
import type { Context } from './core/context.ts';
import { openDatabase } from './core/database.ts';
import { startBell } from './core/events/bell.ts';
import { lockFolder } from './core/folderLock.ts';
import { openKeys } from './core/keys.ts';
import { createLog } from './core/log.ts';
import { openFileStore } from './core/storage/fileStore.ts';
import type { ObjectStore } from './core/storage/objectStore.ts';

export interface OpenedContext {
  ctx: Context;
  close(): Promise<void>;
}

/** The configured object store. The S3 client is loaded where it is used: it costs 40 MB. */
export async function openObjects(config: Config, options: { clean?: boolean } = {}): Promise<ObjectStore> {
  if (config.s3) return (await import('./core/storage/s3Store.ts')).openS3Store(config.s3);
  return openFileStore(path.join(config.dataDir, 'objects'), options);
}

/**
 * Opens everything a process of the hub stands on, in order; `close` goes back the same way. Who must be the only hub
 * on the data folder says `exclusive`; a command adopts the database of a running hub and leaves it running.
 */
export async function openContext(
  config: Config,
  options: { exclusive: boolean; clock?: Clock },
): Promise<OpenedContext> {
  const log = createLog(config.logLevel);
  mkdirSync(config.dataDir, { recursive: true });
  let lock = config.databaseUrl ? undefined : lockFolder(config.dataDir);
  for (let tries = 0; options.exclusive && !lock && !config.databaseUrl && tries < 50; tries++) {
    await sleep(100); // who starts the hub anew does not wait until the one before has ended
    lock = lockFolder(config.dataDir);
  }
  if (options.exclusive && !lock && !config.databaseUrl)
    throw new Error(
      `Another hub runs on ${config.dataDir}: stop it, or choose another DATA_DIR and other ports.`,
    );
  let embedded: EmbeddedPostgres | undefined;
  const release = async () => {
    if (lock) await embedded?.stop();
    lock?.release();
  };
  try {
    if (!config.databaseUrl)
      embedded = await startEmbeddedPostgres(path.join(config.dataDir, 'postgres'), {
        watch: options.exclusive,
      });
    const url = config.databaseUrl ?? embedded?.url ?? '';
    const directUrl = config.databaseDirectUrl ?? url;
    await migrate(directUrl);
    const keys = openKeys(config.keyFile, config.cipherSuite);
    const objects = await openObjects(config, { clean: lock !== undefined });
    const database = openDatabase(url);
    const bell = await startBell(database.db, directUrl, log);
    const clock = options.clock ?? systemClock;
    const ctx: Context = {
      config,
      db: database.db,
      pool: database.pool,
      objects,
      keys,
      clock,
      log,
      bell,
      centers,
    };
    return {
      ctx,
      async close() {
        await bell.close();
        await database.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
