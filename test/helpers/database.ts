import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { databaseNamed } from './databaseNamed.ts';
import { openDatabase, type DatabaseHandle } from '../../server/core/database.ts';

export interface TestDatabase extends DatabaseHandle {
  url: string;
}

/** A private, migrated database, copied from a template. `empty` makes one without any table. */
export async function createDatabase(
  options: { empty?: boolean; county?: boolean } = {},
): Promise<TestDatabase> {
  const template = inject('databaseUrl');
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: databaseNamed(template, 'postgres') });
  await admin.connect();
  const source = options.empty ? 'template0' : options.county ? 'county' : 'hub';
  await admin.query(`create database ${name} template ${source}`);
  await admin.end();
  const url = databaseNamed(template, name);
  const handle = openDatabase(url, { max: 10 });
  return {
    ...handle,
    url,
    async close() {
      await handle.close();
      const cleaner = new pg.Client({ connectionString: databaseNamed(template, 'postgres') });
      await cleaner.connect();
      await cleaner.query(`drop database if exists ${name} with (force)`);
      await cleaner.end();
    },
  };
}
