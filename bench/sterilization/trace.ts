import { sql, type RawBuilder } from 'kysely';
import type { Context } from '../../server/core/context.ts';
import { seedReference } from '../../server/sterilization/demo/seedReference.ts';
import { demoActor } from '../../server/sterilization/demo/world.ts';
import { recallPacks } from '../../server/sterilization/recall/recallPacks.ts';
import { traceCode, tracePatient } from '../../server/sterilization/trace/trace.ts';
import {
  loadsByIds,
  packIdsOfInstrument,
  packIdsOfPatient,
  packsByIds,
  resultsOfLoads,
  usesOfPacks,
  washLoadsByIds,
} from '../../server/sterilization/trace/traceSql.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { percentile } from '../helpers/percentile.ts';
import { scratchHub } from '../helpers/scratchHub.ts';
import { generatePacks } from './generatePacks.ts';

const EVENTS = Number(process.env.BENCH_PACK_EVENTS ?? 5_000_000);
const LIMIT_MS = 1000;
const COMMAND = 'npm run bench -- --only sterilization.trace';

/** Both ways of tracing, and a recall, at five million pack events: each whole answer under a second; plans are printed. */
export const sterilizationTrace: Bench = {
  name: 'sterilization.trace',
  about: `patient → packs, instrument → patients, recall since the last pass at ${EVENTS} pack events`,
  async run() {
    const hub = await scratchHub();
    try {
      const { ctx } = hub;
      const { institutionId: centerId } = await ctx.db
        .selectFrom('center')
        .select('institutionId')
        .where('kind', '=', 'sterilization')
        .executeTakeFirstOrThrow();
      await ctx.db.transaction().execute((trx) => seedReference(trx, centerId, new Date()));
      await generatePacks(ctx.pool, centerId, EVENTS);
      const actor = await demoActor(ctx, 'cssd2');
      const patients = await ids(
        ctx,
        sql`select patient_id as id from cssd_use order by md5(pack_id::text) limit 60`,
      );
      const tools = await ids(
        ctx,
        sql`select code as id from cssd_instrument where code like 'BENCH-I-%' order by md5(code) limit 60`,
      );
      const firstTool = await ctx.db
        .selectFrom('cssdInstrument')
        .select('id')
        .where('code', '=', tools[0] ?? '')
        .executeTakeFirstOrThrow();
      await plans(ctx, `patient (${EVENTS} events)`, packIdsOfPatient(patients[0] ?? '', 5000));
      await plans(ctx, `instrument (${EVENTS} events)`, packIdsOfInstrument(firstTool.id, 5000));
      return [
        await measure('patient → everything', patients, (id) => tracePatient(ctx, actor, id)),
        await measure('instrument → every patient', tools, (code) => traceCode(ctx, actor, code)),
        await recall(ctx, centerId),
      ];
    } finally {
      await hub.close();
    }
  },
};

async function measure(
  name: string,
  subjects: string[],
  work: (subject: string) => Promise<{ packs: unknown[] }>,
): Promise<BenchRow> {
  const samples: number[] = [];
  let packs = 0;
  for (const subject of subjects) {
    const start = performance.now();
    packs += (await work(subject)).packs.length;
    samples.push(performance.now() - start);
  }
  const p99 = percentile(samples, 99);
  return {
    name: `sterilization.trace ${name}`,
    value: p99,
    unit: 'ms p99',
    spread: [Math.min(...samples), Math.max(...samples)],
    ratio: LIMIT_MS / p99,
    target: `< ${LIMIT_MS} ms at ${EVENTS} events (${Math.round(packs / subjects.length)} packs an answer)`,
    pass: Math.max(...samples) < LIMIT_MS,
    command: COMMAND,
  };
}

/** The recall statement itself, rolled back each time. */
async function recall(ctx: Context, centerId: string): Promise<BenchRow> {
  const machine = await ctx.db
    .selectFrom('cssdMachine')
    .select('id')
    .where('code', '=', 'S1')
    .executeTakeFirstOrThrow();
  const staff = await ctx.db
    .selectFrom('staff')
    .select('id')
    .where('username', '=', 'cssd1')
    .executeTakeFirstOrThrow();
  const samples: number[] = [];
  let recalled = 0;
  for (let run = 0; run < 10; run += 1) {
    const start = performance.now();
    await ctx.db
      .transaction()
      .execute(async (trx) => {
        const { rows } = await sql<{
          since: Date;
        }>`select l.started_at as since from cssd_load l where l.machine_id = ${machine.id}
          and exists (select from cssd_indicator i where i.load_id = l.id and i.kind = 'biological' and i.outcome = 'pass') order by l.started_at desc offset 2 limit 1`.execute(
          trx,
        );
        const made = await trx
          .insertInto('cssdRecall')
          .values({
            number: `BENCH-${run}`,
            centerId,
            machineId: machine.id,
            reason: 'other',
            decision: 'bench',
            raisedBy: staff.id,
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        const done = await recallPacks(trx, {
          recallId: made.id,
          machineId: machine.id,
          since: rows[0]?.since ?? null,
          actorId: staff.id,
          centerId,
          at: new Date(),
        });
        recalled = done.recalled;
        samples.push(performance.now() - start);
        throw new Error('rolled back');
      })
      .catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'rolled back') throw error;
      });
  }
  const p99 = percentile(samples, 99);
  return {
    name: 'sterilization.trace recall',
    value: p99,
    unit: 'ms p99',
    spread: [Math.min(...samples), Math.max(...samples)],
    ratio: LIMIT_MS / p99,
    target: `< ${LIMIT_MS} ms at ${EVENTS} events (${recalled} packs recalled)`,
    pass: Math.max(...samples) < LIMIT_MS,
    command: COMMAND,
  };
}

async function ids(ctx: Context, query: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await query.execute(ctx.db);
  return (rows as { id: string }[]).map((row) => row.id);
}

/** Prints the plan and the pages touched of every statement of one answer. */
async function plans(ctx: Context, name: string, subject: RawBuilder<{ id: string }>): Promise<void> {
  await plan(ctx, `${name}: which packs`, subject);
  const packIds = (await subject.execute(ctx.db)).rows.map((row) => row.id);
  await plan(ctx, `${name}: packs`, packsByIds(packIds));
  await plan(ctx, `${name}: uses`, usesOfPacks(packIds));
  const packs = (await packsByIds(packIds).execute(ctx.db)).rows;
  const loadIds = [...new Set(packs.flatMap((pack) => pack.loadId ?? []))];
  await plan(ctx, `${name}: loads`, loadsByIds(loadIds));
  await plan(ctx, `${name}: cycles, indicators, releases`, resultsOfLoads(loadIds));
  const washIds = [...new Set(packs.flatMap((pack) => pack.washLoadId ?? []))];
  await plan(ctx, `${name}: wash loads`, washLoadsByIds(washIds));
}

async function plan(ctx: Context, name: string, query: RawBuilder<unknown>): Promise<void> {
  const { rows } = await sql<
    Record<string, string>
  >`explain (analyze, buffers, costs off, summary on) ${query}`.execute(ctx.db);
  console.log(`  plan: ${name}`);
  for (const row of rows)
    console.log(
      `    ${Object.values(row)
        .join('')
        .replace(/\{[0-9a-f,-]{60,}\}/g, '{…}')}`,
    );
}
