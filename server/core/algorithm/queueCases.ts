import { sql } from 'kysely';
import { SYSTEM } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { storeResult } from './storeResult.ts';

const RETRY_MINUTES = 10;
const MOST_ATTEMPTS = 3;

/** Puts cases with settled input before the active algorithms of their centre and modality, each case once per algorithm. */
export async function queueCases(ctx: Pick<Context, 'db' | 'clock'>): Promise<void> {
  await sql`insert into algorithm_case (device_id, order_id, created_at) select a.device_id, o.id, ${ctx.clock.now()} from algorithm a join device d on d.id = a.device_id and d.state = 'admitted'
    join orders o on o.center_kind = a.center_kind and o.reporting_institution_id = d.institution_id and o.status in ('received', 'claimed', 'preliminary') and not o.receiving and (a.modalities = '{}' or o.modality = any(a.modalities))
    where a.active and o.received_at > ${ctx.clock.now()}::timestamptz - interval '1 day' and not exists (select 1 from algorithm_case c where c.device_id = a.device_id and c.order_id = o.id) limit 200 on conflict (device_id, order_id) do nothing`.execute(
    ctx.db,
  );
}

/** Takes the oldest waiting case of an algorithm; one taken long ago and not answered is given again, three times at most. */
export async function takeCase(
  ctx: Pick<Context, 'db' | 'clock'>,
  deviceId: string,
): Promise<{ id: string; orderId: string } | undefined> {
  const now = ctx.clock.now();
  const { rows } = await sql<{
    id: string;
    orderId: string;
    state: string;
  }>`update algorithm_case set state = case when attempts >= ${MOST_ATTEMPTS} then 'failed' else 'taken' end, error = case when attempts >= ${MOST_ATTEMPTS} then 'not answered' end, taken_at = ${now}, attempts = attempts + 1
    where id = (select id from algorithm_case where device_id = ${deviceId} and (state = 'waiting' or (state = 'taken' and taken_at < ${now}::timestamptz - make_interval(mins => ${RETRY_MINUTES}))) order by created_at limit 1 for update skip locked) returning id, order_id, state`.execute(
    ctx.db,
  );
  const [row] = rows;
  if (row?.state === 'failed') return takeCase(ctx, deviceId); // given up: the next one
  return row && { id: row.id, orderId: row.orderId };
}

/** Runs the algorithms that live in the hub on their waiting cases. A failure is kept with the case. */
export async function runBuiltIn(ctx: Context): Promise<number> {
  await queueCases(ctx);
  const algorithms = await ctx.db
    .selectFrom('algorithm')
    .select(['deviceId', 'builtIn', 'centerKind'])
    .where('active', '=', true)
    .where('builtIn', 'is not', null)
    .execute();
  let count = 0;
  for (const algorithm of algorithms) {
    const run = ctx.centers.find((center) => center.kind === algorithm.centerKind)?.algorithms?.[
      algorithm.builtIn ?? ''
    ];
    if (!run) continue;
    for (let n = 0; n < 10; n++) {
      const taken = await takeCase(ctx, algorithm.deviceId);
      if (!taken) break;
      count += 1;
      try {
        const order = await ctx.db
          .selectFrom('orders')
          .selectAll()
          .where('id', '=', taken.orderId)
          .executeTakeFirstOrThrow();
        await storeResult(ctx, SYSTEM, taken.id, await run(ctx, order), { format: 'json' });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        ctx.log.warn({ err: error, case: taken.id }, 'a built-in algorithm failed');
        await ctx.db
          .updateTable('algorithmCase')
          .set({ state: 'failed', error: message.slice(0, 500), doneAt: ctx.clock.now() })
          .where('id', '=', taken.id)
          .execute();
      }
    }
  }
  return count;
}
