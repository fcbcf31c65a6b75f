import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { crashPoint } from '../crashPoint.ts';
import { releaseAbandonedJobs } from './releaseAbandonedJobs.ts';

/** Does one piece of work. Must bear being called again for the same payload: a crash repeats it. */
export type JobHandler = (ctx: Context, payload: Record<string, unknown>) => Promise<void>;

/** A task every `everySeconds`, in every worker process; it must itself be safe when many run it. */
export interface Tick {
  name: string;
  everySeconds: number;
  run(ctx: Context): Promise<unknown>;
}

/** How long a job stays taken behind a process that was killed; one that works renews it four times as often. */
const LOCK_SECONDS = 120;
const MAX_ATTEMPTS = 8;

/** Takes due jobs with `for update skip locked`, `concurrency` at a time, and runs the ticks. */
export function startWorker(
  ctx: Context,
  handlers: Record<string, JobHandler>,
  ticks: Tick[],
  concurrency = 2,
): { close(): Promise<void> } {
  let closed = false;
  const freed = releaseAbandonedJobs(ctx).catch((err: unknown) =>
    ctx.log.warn({ err }, 'jobs of the process before could not be taken back'),
  );
  const loops = Array.from({ length: concurrency }, () => freed.then(loop));
  const timers = ticks.map((tick) => {
    let running: Promise<unknown> | undefined;
    const run = () => {
      if (running || closed) return;
      running = tick
        .run(ctx)
        .catch((err: unknown) => ctx.log.warn({ err, tick: tick.name }, 'a periodic task failed'))
        .finally(() => (running = undefined));
    };
    const timer = setInterval(run, tick.everySeconds * 1_000);
    return { stop: () => clearInterval(timer), idle: () => running };
  });

  async function loop(): Promise<void> {
    while (!closed) {
      const worked = await workOnce(ctx, handlers).catch((err: unknown) => {
        ctx.log.warn({ err }, 'the job queue cannot be read');
        return false;
      });
      if (!worked && !closed) await ctx.bell.wait(1_000);
    }
  }

  return {
    async close() {
      closed = true;
      for (const timer of timers) timer.stop();
      ctx.bell.ring();
      await Promise.all([...loops, ...timers.map((timer) => timer.idle())]);
    },
  };
}

/** Keeps a job taken while its work lasts, however long; ends with the function that is returned. */
function holdLock(ctx: Context, id: number, lockSeconds: number): () => Promise<void> {
  let renewal: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    renewal =
      sql`update job set locked_until = now() + make_interval(secs => ${lockSeconds}) where id = ${id}`
        .execute(ctx.db)
        .catch((err: unknown) => ctx.log.warn({ err, job: id }, 'the lock of a job could not be renewed'));
  }, lockSeconds * 250);
  return async () => {
    clearInterval(timer);
    await renewal;
  };
}

/**
 * Runs one due job; false when there is none. Work that was asked for again while it ran (by itself too: "not quiet
 * yet, look later") has a later time by then and stays.
 */
export async function workOnce(
  ctx: Context,
  handlers: Record<string, JobHandler>,
  lockSeconds = LOCK_SECONDS,
): Promise<boolean> {
  const { rows } = await sql<{
    id: number;
    kind: string;
    payload: Record<string, unknown>;
    attempts: number;
    runAt: string;
  }>`
    update job set locked_until = now() + make_interval(secs => ${lockSeconds}), attempts = attempts + 1
    where id = (select id from job where state = 'waiting' and run_at <= now() and (locked_until is null or locked_until < now())
      and kind = any(${Object.keys(handlers)}) order by run_at, id limit 1 for update skip locked)
    returning id, kind, payload, attempts, run_at::text`.execute(ctx.db);
  const job = rows[0];
  const handler = job && handlers[job.kind];
  if (!job || !handler) return false;
  crashPoint(`${job.kind}.taken`);
  const release = holdLock(ctx, job.id, lockSeconds);
  try {
    await handler(ctx, job.payload).finally(release);
    crashPoint(`${job.kind}.done`);
    const { numDeletedRows } = await ctx.db
      .deleteFrom('job')
      .where('id', '=', job.id)
      .where('runAt', '=', sql<Date>`${job.runAt}::timestamptz`)
      .executeTakeFirst();
    if (numDeletedRows === 0n)
      await ctx.db
        .updateTable('job')
        .set({ lockedUntil: null, attempts: 0 })
        .where('id', '=', job.id)
        .execute();
  } catch (err) {
    ctx.log.warn({ err, job: job.id, kind: job.kind }, 'a job failed');
    const message = err instanceof Error ? err.message : String(err);
    const dead = job.attempts >= MAX_ATTEMPTS;
    await ctx.db
      .updateTable('job')
      .set({
        lockedUntil: null,
        lastError: message.slice(0, 2_000),
        state: dead ? 'failed' : 'waiting',
        runAt: sql`now() + make_interval(secs => least(600, power(2, attempts)))`,
      })
      .where('id', '=', job.id)
      .execute();
  }
  return true;
}
