import type { Pool } from 'pg';
import type { Bell } from './events/bell.ts';
import type { Center } from './center.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import type { Keys } from './keys.ts';
import type { Log } from './log.ts';
import type { ObjectStore } from './storage/objectStore.ts';

/** What the running hub is made of; operations take from it what they need (`{ db, clock }`). */
export interface Context {
  config: Config;
  db: Database;
  pool: Pool;
  objects: ObjectStore;
  keys: Keys;
  clock: Clock;
  log: Log;
  bell: Bell;
  centers: Center[];
}
