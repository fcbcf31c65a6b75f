import type { Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { endpoint } from '../../core/http.ts';
import { listTurnaroundCases, readLate, readTurnaround } from '../report/readTurnaround.ts';
import { listPrintable } from '../report/listPrintable.ts';
import { BATCH_LIMIT, printBatch } from '../report/printBatch.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** Times between the stations of the way, what is late now, batch printing for a township. */
export function turnaroundRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/turnaround',
      summary: 'Median and P90 of every segment by item, site or hour',
      access: ['bench.work', 'quality.read', 'figures.read'],
      query: z.object({
        by: z.enum(['item', 'panel', 'test', 'site', 'hour']).default('panel'),
        from: day,
        to: day,
      }),
    },
    ({ query }) => readTurnaround(ctx.db, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/turnaround/cases',
      summary: 'The cases behind a figure of turnaround, slowest first',
      access: ['bench.work', 'quality.read'],
      query: z.object({
        by: z.enum(['item', 'panel', 'test', 'site', 'hour']),
        group: z.string().max(120),
        from: day,
        to: day,
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    async ({ actor, query }) => {
      const page = await listTurnaroundCases(ctx.db, actor, query);
      await recordAudit(ctx.db, actor, { action: 'list.view', subjectType: 'lab-turnaround', detail: query });
      return page;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/late',
      summary: 'What is late now and at which station',
      access: ['bench.work', 'quality.read'],
    },
    ({ actor }) => readLate(ctx.db, actor, ctx.clock.now()),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/printable',
      summary: 'Final reports of a site, for printing in one go',
      access: 'report.read',
      query: z.object({
        from: day,
        to: day,
        institution: z.string().max(40).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    async ({ actor, query }) => {
      const page = await listPrintable(ctx.db, actor, query);
      await recordAudit(ctx.db, actor, { action: 'list.view', subjectType: 'lab-reports', detail: query });
      return page;
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/printable.pdf',
      summary: 'Signed reports of several orders as one PDF to print',
      access: 'report.read',
      body: z.object({ orderIds: z.array(z.uuid()).min(1).max(BATCH_LIMIT) }),
    },
    async ({ actor, body, res }) => {
      const { pdf, printed } = await printBatch(ctx, actor, body.orderIds);
      res.setHeader('Content-Disposition', 'inline; filename="lab-reports.pdf"');
      res.setHeader('X-Printed', String(printed));
      res.type('application/pdf').send(pdf);
      return undefined;
    },
  );
}
