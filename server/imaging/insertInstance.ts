import type { Pool, PoolClient } from 'pg';
import type { Context } from '../core/context.ts';
import type { DataSet } from '../standards/dicom/index.ts';
import {
  ALL,
  auditValues,
  instanceValues,
  KNOWN_SERIES,
  studyValues,
  type InstanceRow,
} from './insertStatements.ts';
import type { Sender } from './sender.ts';

/** `inserted`: the row stands. `exists`: the SOP Instance UID is taken. `foreign`: study or series is somebody else's. */
export type InsertResult =
  | { kind: 'inserted'; studyId: number; freshStudy: boolean; wasSettled: boolean }
  | { kind: 'exists' }
  | { kind: 'foreign'; reason: string };

const CACHE_MS = 5_000; // far below the quiet time, so that a settled study is noticed
const CACHE_SIZE = 2_000;

interface CachedSeries {
  seriesId: number;
  studyId: number;
  until: number;
}

const known = new WeakMap<object, Map<string, CachedSeries>>();

/** Studies that an arrival has written its audit row for. */
export type AuditedStudies = Set<string>;

/** Up to this size an object is durable so soon that a transaction may wait for it, */
const MOST_WAITED_FOR = 8 * 1024 * 1024;
/** and so many at a time: a store that is slow does not hold the connections that others need. */
const MOST_WAITING = 8;
let waiting = 0;

/** Writes the row of an object of a known series while its bytes are made durable, and commits it when they are. */
async function insertKnown(pool: Pool, values: unknown[], durable: Promise<unknown>): Promise<boolean> {
  waiting++;
  let broken: Error | undefined;
  let client: PoolClient | undefined;
  try {
    client = await pool.connect();
    await client.query('begin');
    const { rowCount } = await client.query({ ...KNOWN_SERIES, values });
    await durable;
    await client.query('commit');
    return rowCount === 1;
  } catch (error) {
    await client?.query('rollback').catch((fault: Error) => (broken = fault));
    throw error;
  } finally {
    client?.release(broken);
    waiting--;
  }
}

/**
 * Writes the rows of one object; they are committed after `durable` tells that its bytes are. Two associations may bring the first objects of the same study
 * at once: the one that waited sees the other's row at the second try.
 */
export async function insertInstance(
  ctx: Pick<Context, 'pool' | 'clock'>,
  { sender, audited }: { sender: Sender; audited: AuditedStudies },
  row: InstanceRow,
  dataSet: DataSet,
  durable: Promise<unknown>,
): Promise<InsertResult> {
  const cache = cacheOf(ctx.pool);
  const key = [
    sender.institutionId,
    row.studyInstanceUid,
    row.seriesInstanceUid,
    row.patientId,
    row.patientName,
  ].join('\n');
  const now = ctx.clock.now();
  const instance = instanceValues(sender, row, now);
  const hit = cache.get(key);
  if (hit && hit.until > Date.now() && audited.has(row.studyInstanceUid)) {
    if (row.objectSize > MOST_WAITED_FOR || waiting >= MOST_WAITING) await durable;
    return (await insertKnown(ctx.pool, [hit.seriesId, ...instance], durable))
      ? { kind: 'inserted', studyId: hit.studyId, freshStudy: false, wasSettled: false }
      : { kind: 'exists' };
  }
  await durable;
  const values = [
    ...studyValues(sender, row, dataSet, now),
    ...instance,
    ...auditValues(sender, !audited.has(row.studyInstanceUid)),
  ];
  for (let attempt = 0; attempt < 3; attempt++) {
    const { rows } = await ctx.pool.query({ ...ALL, values });
    const found = rows[0] as
      | {
          study_id: number;
          fresh: boolean;
          state: string;
          own: number;
          series_id: number | null;
          series_study_id: number | null;
          inserted: number;
        }
      | undefined;
    if (!found) continue; // another transaction made the study after our snapshot
    if (found.own === 0)
      return { kind: 'foreign', reason: 'the study belongs to another institution or patient' };
    if (found.series_id === null) continue;
    if (found.series_study_id !== found.study_id)
      return { kind: 'foreign', reason: 'the series belongs to another study' };
    if (found.inserted === 0) return { kind: 'exists' };
    remember(cache, key, {
      seriesId: found.series_id,
      studyId: found.study_id,
      until: Date.now() + CACHE_MS,
    });
    audited.add(row.studyInstanceUid);
    return {
      kind: 'inserted',
      studyId: found.study_id,
      freshStudy: found.fresh,
      wasSettled: found.state === 'settled',
    };
  }
  throw new Error('study and series could not be made: too many others make them at once');
}

function cacheOf(pool: object): Map<string, CachedSeries> {
  const cache = known.get(pool) ?? new Map<string, CachedSeries>();
  known.set(pool, cache);
  return cache;
}

function remember(cache: Map<string, CachedSeries>, key: string, value: CachedSeries): void {
  if (cache.size >= CACHE_SIZE) {
    const oldest = cache.keys().next().value;
    if (oldest !== undefined) cache.delete(oldest);
  }
  cache.set(key, value);
}
