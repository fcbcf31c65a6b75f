import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { endpoint } from '../http.ts';

/** What the catalogues call things in English: pages in English show these names instead. */
export function nameRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/names',
      summary: 'English names of items, tests, tubes, analyzers, reasons and policies',
      access: 'signed-in',
      answer: z.object({ items: z.array(z.object({ name: z.string(), nameEn: z.string() })) }),
    },
    async () => {
      const { rows } = await sql<{ name: string; nameEn: string }>`
        select name, min(name_en) as name_en from (
          select name, name_en from catalogue_item union all select name, name_en from lab_test
          union all select name, name_en from lab_tube_type union all select name, name_en from lab_instrument union all select name, name_en from lab_rejection_reason
          union all select name, name_en from critical_rule union all select name, name_en from turnaround_policy) known
        where name_en <> '' and name_en <> name group by name order by name limit 5000`.execute(ctx.db);
      return { items: rows };
    },
  );
}
