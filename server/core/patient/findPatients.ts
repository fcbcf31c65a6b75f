import { sql } from 'kysely';
import type { Queryable } from '../database.ts';

const MOST = 300;

/**
 * Ids of patients whose name begins with the text (three characters and more: contains it), whose pinyin or initials
 * begin with it, or whose ID card has this keyed hash. At most a few hundred, each part served by an index.
 */
export async function findPatientIds(db: Queryable, text: string, idHash?: string): Promise<string[]> {
  const literal = text.trim().replace(/[\\%_]/g, '\\$&');
  const latin = /^[\x20-\x7e]+$/.test(literal) ? literal.toLowerCase() : undefined;
  const parts = [sql`(select id from patient where name like ${`${literal}%`} limit ${MOST})`];
  if (literal.length >= 3)
    parts.push(sql`(select id from patient where name ilike ${`%${literal}%`} limit ${MOST})`);
  if (latin) {
    parts.push(sql`(select id from patient where name_pinyin like ${`${latin}%`} limit ${MOST})`);
    if (latin.length >= 2)
      parts.push(sql`(select id from patient where name_pinyin like ${`% ${latin}%`} limit ${MOST})`);
  }
  if (idHash) parts.push(sql`(select patient_id as id from patient_identifier where value_hash = ${idHash})`);
  const { rows } = await sql<{ id: string }>`${sql.join(parts, sql` union `)}`.execute(db);
  return rows.map((row) => row.id);
}
