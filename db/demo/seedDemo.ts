import { sql } from 'kysely';
import type { Center } from '../../server/core/center.ts';
import type { Context } from '../../server/core/context.ts';
import { markDays } from '../../server/core/quality/refreshIndicators.ts';
import { localDate } from '../../server/core/turnaround/calendar.ts';
import { seedCounty } from './seedCounty.ts';

const LOCK = 727_003;

/**
 * Fills an empty database with the demo county: places, people and rules first, then each centre its own synthetic
 * content. Each part is begun once; a start that was cut off goes on with the next part.
 */
export async function seedDemo(ctx: Context): Promise<void> {
  const connection = await ctx.pool.connect();
  // On a slow machine at its first start: better a long wait for a connection than a county with holes.
  const patienceMs = ctx.pool.options.connectionTimeoutMillis;
  ctx.pool.options.connectionTimeoutMillis = 120_000;
  try {
    await connection.query('select pg_advisory_lock($1)', [LOCK]);
    const done = await readDone(ctx);
    if (!done.has('county')) {
      const strangers = await ctx.db.selectFrom('institution').select('id').limit(1).execute();
      // A county of its own: the demo never mixes with real data.
      if (strangers.length > 0 && !done.has('places')) return;
      await seedCounty(ctx, done.has('places'));
      await markDone(ctx, 'county');
    }
    // Beside each other: each waits for the disk most of its time.
    await Promise.all(ctx.centers.map((center) => seedCenter(ctx, center, done)));
  } finally {
    ctx.pool.options.connectionTimeoutMillis = patienceMs;
    await connection.query('select pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    connection.release();
  }
}

async function seedCenter(ctx: Context, center: Center, done: ReadonlySet<string>): Promise<void> {
  if (!center.seedDemo || done.has(center.kind)) return;
  if (done.has(`${center.kind}.begun`)) {
    ctx.log.warn(
      { center: center.kind },
      'its demo content was cut off by an earlier stop and stays as it is; for a whole one stop the hub, remove DATA_DIR and start again',
    );
    await markDone(ctx, center.kind);
    return;
  }
  ctx.log.info({ center: center.kind }, 'making synthetic demo content');
  await markDone(ctx, `${center.kind}.begun`);
  // A demo that is not complete is no reason to keep the hub from starting.
  await center
    .seedDemo(ctx)
    .catch((err: unknown) => ctx.log.error({ err, center: center.kind }, 'demo content'));
  await markDone(ctx, center.kind);
  const now = ctx.clock.now();
  await markDays(ctx.db, localDate(new Date(now.getTime() - 90 * 86_400_000)), localDate(now));
}

async function readDone(ctx: Context): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom('setting').select('key').where('key', 'like', 'demo.%').execute();
  return new Set(rows.map((row) => row.key.slice('demo.'.length)));
}

const markDone = (ctx: Context, part: string) =>
  sql`insert into setting (key, value) values (${`demo.${part}`}, 'true') on conflict (key) do nothing`.execute(
    ctx.db,
  );
