import { sql } from 'kysely';
import { SYSTEM } from './access/actor.ts';
import { recordAudit } from './audit/recordAudit.ts';
import type { SuiteName } from './cipherSuites.ts';
import type { Context } from './context.ts';
import { addKey, openKeys } from './keys.ts';
import type { Keys } from './keys.ts';

interface SealedColumn {
  table: string;
  column: string;
}

/** Sealed values outside of columns called `…_encrypted`. */
const OTHERS: SealedColumn[] = [
  { table: 'staff', column: 'totp_secret' },
  { table: 'signature_authority', column: 'sealed_root_key' },
  { table: 'signature_authority', column: 'sealed_issuing_key' },
];
const BATCH = 500;

export interface Rotation {
  keyId: string;
  /** `table.column` → values sealed anew. */
  resealed: Record<string, number>;
}

/**
 * Makes a new data key and seals every encrypted value anew, in batches, while the hub runs. `resume` makes no new
 * key: it finishes what an interrupted rotation left. `suite` changes the algorithms of data at rest. Look-up hashes, the audit chain and PIN-sealed signing keys hang
 * on the oldest key, which therefore stays.
 */
export async function rotateKeys(
  ctx: Pick<Context, 'db' | 'config'>,
  options: { resume?: boolean; suite?: SuiteName; onProgress?: (column: string, done: number) => void } = {},
): Promise<Rotation> {
  const { keyFile } = ctx.config;
  const keyId = options.resume ? openKeys(keyFile).currentId : addKey(keyFile, options.suite);
  const keys = openKeys(keyFile);
  const resealed: Record<string, number> = {};
  for (const column of await sealedColumns(ctx)) {
    const name = `${column.table}.${column.column}`;
    let done = 0;
    for (let batch = BATCH; batch > 0;) {
      batch = await resealBatch(ctx, keys, column);
      done += batch;
      if (batch > 0) options.onProgress?.(name, done);
    }
    resealed[name] = done;
  }
  await recordAudit(ctx.db, SYSTEM, {
    action: 'key.rotate',
    subjectType: 'key',
    subjectId: keyId,
    detail: resealed,
  });
  return { keyId, resealed };
}

async function sealedColumns(ctx: Pick<Context, 'db'>): Promise<SealedColumn[]> {
  const { rows } = await sql<{ table: string; column: string }>`
    select c.table_name as "table", c.column_name as "column" from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name like '%\\_encrypted'
    order by 1, 2`.execute(ctx.db);
  return [...rows, ...OTHERS];
}

async function resealBatch(
  ctx: Pick<Context, 'db'>,
  keys: Keys,
  { table, column }: SealedColumn,
): Promise<number> {
  return await ctx.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ place: string; value: string }>`
      select ctid::text as place, ${sql.id(column)} as value from ${sql.id(table)}
      where ${sql.id(column)} is not null and ${sql.id(column)} not like ${`${keys.currentPrefix}%`}
      limit ${BATCH} for update`.execute(trx);
    const places = rows.map((row) => row.place);
    const values = rows.map((row) => keys.encrypt(keys.decrypt(row.value)));
    await sql`update ${sql.id(table)} t set ${sql.id(column)} = fresh.value
      from unnest(${places}::text[], ${values}::text[]) fresh (place, value) where t.ctid = fresh.place::tid`.execute(
      trx,
    );
    return rows.length;
  });
}
