import { sql } from 'kysely';

/** How many rows there are before the limit; select it as `total` and hand the rows to `withTotal`. */
export const totalRows = sql<number>`count(*) over ()`;

/** A list cut at its limit, with how many rows there are. */
export function withTotal<T extends { total: number }>(rows: T[]) {
  return {
    items: rows.map(({ total, ...row }) => (void total, row)),
    total: rows[0]?.total ?? 0,
    nextCursor: null,
  };
}
