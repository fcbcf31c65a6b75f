import { sql } from 'kysely';
import type { Queryable, Transaction } from '../../database.ts';
import type { PlatformResult } from './readBundle.ts';

const DAY_MS = 86_400_000;
const RECALLED_FOR_HOURS = 1;

export const fingerprintOf = ({ promptId, itemCode }: Pick<PlatformResult, 'promptId' | 'itemCode'>) =>
  promptId.slice(itemCode.length + 1);

/** Keeps a result as the platform answered it; the same content stands once. Answers its id. */
export async function keepResult(
  trx: Transaction,
  patientId: string,
  result: PlatformResult,
  now: Date,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    with kept as (insert into platform_result (platform_id, patient_id, item_code, fingerprint, content, received_at)
      values (${result.platformId}::uuid, ${patientId}::uuid, ${result.itemCode}, ${fingerprintOf(result)}, ${JSON.stringify(result)}::jsonb, ${now}::timestamptz)
      on conflict do nothing returning id)
    select id from kept union all select id from platform_result where patient_id = ${patientId}::uuid and fingerprint = ${fingerprintOf(result)}`.execute(
    trx,
  );
  const row = rows[0];
  if (!row) throw new Error('the result of another platform was not kept');
  return row.id;
}

/**
 * What these platforms answered for the patient within the last hour: it stands for a platform that gives no answer
 * now, so that a decision made on it is not lost with the line.
 */
export async function recallResults(
  db: Queryable,
  patientId: string,
  platformIds: string[],
  now: Date,
): Promise<PlatformResult[]> {
  if (platformIds.length === 0) return [];
  const rows = await db
    .selectFrom('platformResult')
    .select('content')
    .where('patientId', '=', patientId)
    .where('platformId', 'in', platformIds)
    .where('receivedAt', '>', new Date(now.getTime() - RECALLED_FOR_HOURS * 3_600_000))
    .orderBy('receivedAt', 'desc')
    .limit(100)
    .execute();
  return rows.map(({ content }) => content as unknown as PlatformResult);
}

/** A kept result as it stands now; undefined when its validity is over. */
export function standingNow(kept: PlatformResult, receivedAt: Date, now: Date): PlatformResult | undefined {
  const passed = Math.floor((now.getTime() - receivedAt.getTime()) / DAY_MS);
  const remainingDays = kept.remainingDays - passed;
  return remainingDays > 0 ? { ...kept, remainingDays } : undefined;
}
