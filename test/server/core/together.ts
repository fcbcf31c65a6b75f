import { sql } from 'kysely';
import { DomainError } from '../../../server/core/errors.ts';
import { ctx } from './county.ts';

/** Does everything at once; answers each outcome in short, `done` or the type of the refusal, in their order. */
export function together(works: (() => Promise<unknown>)[]): Promise<string[]> {
  return Promise.all(
    works.map((work) =>
      work().then(
        () => 'done',
        (error: unknown) => {
          if (error instanceof DomainError) return error.type;
          throw error;
        },
      ),
    ),
  );
}

export interface HeldUp {
  /** Until as many wait for the table. */
  waiting(count?: number): Promise<void>;
  release(): Promise<void>;
}

/** Holds up whoever writes to a table, so that a test can act in the middle of another one's work. */
export async function holdUpWrites(table: string): Promise<HeldUp> {
  const client = await ctx.pool.connect();
  await client.query(`begin; lock table ${table} in exclusive mode`);
  return {
    async waiting(count = 1) {
      for (;;) {
        const { rows } = await sql<{ n: number }>`
          select count(*)::int as n from pg_locks l join pg_database d on d.oid = l.database
          where d.datname = current_database() and l.relation = ${table}::regclass and not l.granted`.execute(
          ctx.db,
        );
        if ((rows[0]?.n ?? 0) >= count) return;
      }
    },
    async release() {
      await client.query('commit');
      client.release();
    },
  };
}

/** Of these orders one that nobody holds at the moment. */
export async function oneNotHeld(ids: string[]): Promise<string> {
  const row = await ctx.db
    .selectFrom('orders')
    .select('id')
    .where('id', 'in', ids)
    .forUpdate()
    .skipLocked()
    .executeTakeFirstOrThrow();
  return row.id;
}
