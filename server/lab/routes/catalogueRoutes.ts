import express, { type Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { endpoint } from '../../core/http.ts';
import { readCatalogueVersion, snapshotCatalogue } from '../catalogue/snapshot.ts';
import { exportCatalogue, importCatalogue } from '../catalogue/spreadsheet.ts';
import { totalRows, withTotal } from '../withTotal.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const number = z.number().nullable().optional();
const rangeInput = z.object({
  sex: z.enum(['M', 'F']).nullable().default(null),
  ageFromDays: z.number().int().min(0).default(0),
  ageToDays: z.number().int().max(60_000).default(54_786),
  pregnant: z.boolean().nullable().default(null),
  method: z.string().max(60).nullable().default(null),
  low: number,
  high: number,
  normalText: z.string().max(40).nullable().optional(),
  criticalLow: number,
  criticalHigh: number,
  validFrom: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .default('2000-01-01'),
  validTo: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .nullable()
    .default(null),
});

/** Catalogue: tests, panels, tubes, ranges; spreadsheet in and out; versions. */
export function catalogueRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/tests',
      summary: 'Tests with ranges',
      access: ['order.read', 'order.request'],
    },
    async () => {
      const tests = await ctx.db
        .selectFrom('labTest')
        .selectAll()
        .orderBy('printOrder')
        .orderBy('code')
        .execute();
      const ranges = await ctx.db
        .selectFrom('labReferenceRange')
        .selectAll()
        .orderBy('ageFromDays')
        .execute();
      const panels = await ctx.db
        .selectFrom('labPanelTest as p')
        .innerJoin('catalogueItem as c', 'c.code', 'p.panelCode')
        .select(['p.panelCode', 'c.name', 'p.testCode', 'p.position'])
        .orderBy('p.panelCode')
        .orderBy('p.position')
        .execute();
      const tubes = await ctx.db.selectFrom('labTubeType').selectAll().orderBy('drawOrder').execute();
      return {
        items: tests.map((test) => ({
          ...test,
          ranges: ranges.filter((range) => range.testCode === test.code),
        })),
        panels,
        tubes,
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/lab/tests/:code/ranges',
      summary: 'Replace the reference ranges of a test (new catalogue version)',
      access: 'policy.edit',
      params: z.object({ code: z.string().max(24) }),
      body: z.object({ ranges: z.array(rangeInput).max(60), note: z.string().trim().min(2).max(200) }),
    },
    async ({ actor, params, body }) => {
      requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
      return ctx.db.transaction().execute(async (trx) => {
        const test = await trx
          .selectFrom('labTest')
          .select('code')
          .where('code', '=', params.code)
          .executeTakeFirst();
        if (!test) throw notFound('test', params.code);
        await trx.deleteFrom('labReferenceRange').where('testCode', '=', params.code).execute();
        if (body.ranges.length > 0)
          await trx
            .insertInto('labReferenceRange')
            .values(
              body.ranges.map((range) => ({
                ...range,
                testCode: params.code,
                low: range.low ?? null,
                high: range.high ?? null,
                normalText: range.normalText ?? null,
                criticalLow: range.criticalLow ?? null,
                criticalHigh: range.criticalHigh ?? null,
              })),
            )
            .execute();
        return { version: await snapshotCatalogue(trx, actor, `${params.code}: ${body.note}`) };
      });
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/catalogue.xlsx',
      summary: 'Catalogue as spreadsheet',
      access: ['policy.edit', 'export'],
    },
    async ({ actor, res }) => {
      const bytes = await exportCatalogue(ctx.db);
      await recordAudit(ctx.db, actor, { action: 'lab-catalogue.export', subjectType: 'lab-catalogue' });
      res.setHeader('Content-Disposition', 'attachment; filename="lab-catalogue.xlsx"');
      res.type(XLSX).send(bytes);
      return undefined;
    },
  );
  router.use('/lab/catalogue', express.raw({ type: [XLSX, 'application/octet-stream'], limit: '8mb' }));
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/catalogue',
      summary: 'Import the spreadsheet: all or nothing',
      access: 'policy.edit',
      bodyMedia: [XLSX, 'application/octet-stream'],
      query: z.object({ note: z.string().max(200).default('表格导入') }),
    },
    async ({ actor, query, req }) => {
      const body: unknown = req.body;
      return importCatalogue(ctx, actor, Buffer.isBuffer(body) ? body : Buffer.alloc(0), query.note);
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/catalogue/versions',
      summary: 'Versions of the catalogue',
      access: ['policy.edit', 'bench.work'],
    },
    async () =>
      withTotal(
        await ctx.db
          .selectFrom('labCatalogueVersion as v')
          .leftJoin('staff as s', 's.id', 'v.changedBy')
          .select(['v.version', 'v.at', 'v.note', 's.name as changedBy'])
          .select(totalRows.as('total'))
          .orderBy('v.version', 'desc')
          .limit(100)
          .execute(),
      ),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/catalogue/versions/:version',
      summary: 'What a version of the catalogue changed',
      access: ['policy.edit', 'bench.work'],
      params: z.object({ version: z.coerce.number().int().min(1).max(2_000_000_000) }),
    },
    ({ params }) => readCatalogueVersion(ctx.db, params.version),
  );
}
