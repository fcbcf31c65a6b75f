import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { bulletinPages, makeBulletin, signBulletin } from './makeBulletin.ts';
import { reproduceBulletin } from './reproduceBulletin.ts';

const READ = ['quality.read', 'figures.read'] as const;

/** 月通报 and half-year evaluation: made, signed, read, reproduced. */
export function bulletinRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    { method: 'get', path: '/quality/bulletins', summary: 'Bulletins', access: [...READ] },
    async () => {
      const { rows } =
        await sql`select b.id, b.period, b.made_at, m.name as made_by, b.signed_at, s.name as signed_by, b.page_sha256, b.note from bulletin b left join staff m on m.id = b.made_by left join staff s on s.id = b.signed_by order by b.period desc limit 200`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/quality/bulletins',
      summary: 'Make the bulletin of an ended period from its frozen figures',
      access: 'quality.review',
      body: z.object({ period: z.string().max(10), note: z.string().max(4_000).optional() }),
      status: 201,
    },
    ({ actor, body }) => makeBulletin(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/quality/bulletins/:id/sign',
      summary: 'Sign and archive a bulletin',
      access: 'quality.review',
      params: idParams,
      body: z.object({ pin: z.string().min(4).max(32) }),
    },
    async ({ actor, params, body }) => {
      await signBulletin(ctx, actor, params.id, body.pin);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/bulletins/:id/reproduce',
      summary:
        'Whether the frozen figures give the same bulletin again and the archived file is what was signed',
      access: 'quality.read',
      params: idParams,
    },
    ({ params }) => reproduceBulletin(ctx, params.id),
  );
  for (const [path, type] of [
    ['pdf', 'application/pdf'],
    ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ] as const)
    endpoint(
      router,
      {
        method: 'get',
        path: `/quality/bulletins/:id/bulletin.${path}`,
        summary: `The bulletin as ${path}; the signed one once it is signed`,
        access: [...READ],
        params: idParams,
      },
      async ({ actor, params, res }) => {
        const row = await ctx.db
          .selectFrom('bulletin')
          .select(['period', 'pdfAddress', 'sheetAddress'])
          .where('id', '=', params.id)
          .executeTakeFirst();
        if (!row) throw notFound('bulletin', params.id);
        await recordAudit(ctx.db, actor, {
          action: 'bulletin.read',
          subjectType: 'bulletin',
          subjectId: params.id,
          detail: { form: path },
        });
        res.setHeader('Content-Type', type);
        res.setHeader('Content-Disposition', `inline; filename="bulletin-${row.period}.${path}"`);
        res.setHeader('Cache-Control', 'private, no-store');
        res.end(
          path === 'xlsx'
            ? await ctx.objects.read(row.sheetAddress)
            : row.pdfAddress
              ? await ctx.objects.read(row.pdfAddress)
              : await bulletinPages(ctx, params.id),
        );
        return undefined;
      },
    );
}
