import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedDemo } from '../../../db/demo/seedDemo.ts';
import type { Center } from '../../../server/core/center.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';

let hub: TestContext;
beforeAll(async () => {
  hub = await createContext({ county: true });
  await sql`insert into setting (key, value) values ('demo.county', 'true') on conflict do nothing`.execute(
    hub.ctx.db,
  );
});
afterAll(() => hub.close());

test('a start on a slow machine waits for a connection instead of leaving the county with holes', async () => {
  const { pool } = hub.ctx;
  const usualMs = pool.options.connectionTimeoutMillis;
  let made = 0;
  const slow = {
    kind: 'lab',
    seedDemo: async (ctx) => {
      const held = await Promise.all(
        Array.from({ length: (pool.options.max ?? 10) - 1 }, () => pool.connect()),
      );
      setTimeout(() => held.forEach((connection) => connection.release()), (usualMs ?? 0) + 1_000);
      await sql`select 1`.execute(ctx.db);
      made++;
    },
  } as Center;
  await seedDemo({ ...hub.ctx, centers: [slow] });
  await seedDemo({ ...hub.ctx, centers: [slow] });
  expect(made, 'once').toBe(1);
  expect(pool.options.connectionTimeoutMillis).toBe(usualMs);
});
