import type { Actor } from '../../server/core/access/actor.ts';
import { listOrders, type WorklistQuery } from '../../server/core/order/worklist.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { percentile } from '../helpers/percentile.ts';
import { scratchHub } from '../helpers/scratchHub.ts';
import { generateOrders } from './generateOrders.ts';

const ORDERS = Number(process.env.BENCH_ORDERS ?? 1_000_000);
const LIMIT_MS = 50;

/** Worklists and searches at a million synthetic orders: p99 of a page under 50 ms, served by an index. */
export const worklistPage: Bench = {
  name: 'worklist.page',
  about: 'a page of worklists and searches at 1,000,000 orders, p99',
  async run() {
    const hub = await scratchHub();
    try {
      await generateOrders(hub.ctx.pool, ORDERS);
      const reader = await actor(hub.ctx, 'radiologist1');
      const doctor = await actor(hub.ctx, 'doctor1');
      const referred = await hub.ctx.db.selectFrom('patient').select('id').orderBy('id').limit(400).execute();
      const receiving = { ...doctor, referredPatientIds: referred.map((patient) => patient.id) };
      const quality = await actor(hub.ctx, 'qa1');
      const cases: [name: string, who: Actor, query: WorklistQuery][] = [
        ['reader, first page', reader, { center: 'imaging', limit: 50 }],
        ['reader, emergencies', reader, { center: 'imaging', priority: ['emergency'], limit: 50 }],
        ['reader, by name', reader, { center: 'imaging', q: '赵伟', sort: 'newest', limit: 50 }],
        ['reader, by accession', reader, { center: 'imaging', q: 'B0000500001', sort: 'newest', limit: 50 }],
        ['site, newest', doctor, { sort: 'newest', limit: 50 }],
        ['site with 400 referred patients, newest', receiving, { sort: 'newest', limit: 50 }],
        ['site with 400 referred patients, open', receiving, { limit: 50 }],
        ['quality, newest', quality, { sort: 'newest', limit: 50 }],
      ];
      const rows: BenchRow[] = [];
      for (const [name, who, query] of cases) rows.push(await measure(hub.ctx.db, name, who, query));
      return rows;
    } finally {
      await hub.close();
    }
  },
};

async function measure(
  db: Parameters<typeof listOrders>[0],
  name: string,
  who: Actor,
  query: WorklistQuery,
): Promise<BenchRow> {
  const samples: number[] = [];
  for (let n = 0; n < 220; n++) {
    const start = performance.now();
    await listOrders(db, who, query);
    if (n >= 20) samples.push(performance.now() - start);
  }
  const p99 = percentile(samples, 99);
  return {
    name: `worklist.page ${name}`,
    value: p99,
    unit: 'ms p99',
    spread: [Math.min(...samples), Math.max(...samples)],
    ratio: LIMIT_MS / p99,
    target: `p99 < ${LIMIT_MS} ms at ${ORDERS} orders`,
    pass: p99 < LIMIT_MS,
    command: 'npm run bench -- --only worklist.page',
  };
}

async function actor(ctx: Awaited<ReturnType<typeof scratchHub>>['ctx'], username: string): Promise<Actor> {
  const staff = await ctx.db
    .selectFrom('staff')
    .select(['id', 'name', 'institutionId'])
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  const roles = await ctx.db
    .selectFrom('staffRole')
    .select(['role', 'institutionId', 'centerKind'])
    .where('staffId', '=', staff.id)
    .execute();
  return { kind: 'staff', ...staff, roles: roles as Actor['roles'], verbs: [] };
}
