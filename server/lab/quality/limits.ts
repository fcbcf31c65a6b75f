import type { Queryable } from '../../core/database.ts';
import { meanAndSd } from '../rules/westgard.ts';

/** Fewer than this many points are collected before a first-20 or rolling target judges. */
export const LEARNING_POINTS = 20;

/** Mean and SD that judge a run of this target now; undefined while it still collects its first 20 points. */
export async function limitsOf(
  db: Queryable,
  target: { id: string; mode: string; mean: number | null; sd: number | null },
): Promise<{ mean: number; sd: number } | undefined> {
  if (target.mode === 'fixed')
    return target.mean !== null && target.sd !== null ? { mean: target.mean, sd: target.sd } : undefined;
  const rows = await db
    .selectFrom('labQcRun')
    .select('value')
    .where('targetId', '=', target.id)
    .where('excluded', '=', false)
    .where('verdict', '<>', 'rejected')
    .orderBy('at', target.mode === 'first-20' ? 'asc' : 'desc')
    .limit(target.mode === 'first-20' ? LEARNING_POINTS : 60)
    .execute();
  if (rows.length < LEARNING_POINTS) return undefined;
  const found = meanAndSd(rows.map((row) => row.value));
  return found && found.sd > 0 ? found : undefined;
}
