import type { Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import { correctFiducials } from '../correctFiducials.ts';
import { decideFlag } from '../decideFlag.ts';
import { earlierRecordings, worklistMarks } from '../earlierRecordings.ts';
import { siteStatistics } from '../statistics.ts';
import { statisticsCases, statisticsFigures } from '../statisticsCases.ts';

const fiducials = z.object({
  pOnMs: z.number().optional(),
  pOffMs: z.number().optional(),
  qrsOnMs: z.number(),
  qrsOffMs: z.number(),
  tOffMs: z.number().optional(),
  rMs: z.number(),
});

/** What a reader does beside the report: marks, flags, earlier recordings, figures. */
export function readingRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/recordings/:id/corrections',
      summary: 'Correct the marks of the median beat',
      access: 'report.write',
      params: idParams,
      body: z.object({ fiducials, note: z.string().max(500).optional() }),
      status: 201,
    },
    async ({ actor, params, body }) => {
      const { pOnMs, pOffMs, tOffMs, ...needed } = body.fiducials;
      const marks = {
        ...needed,
        ...(pOnMs !== undefined && { pOnMs }),
        ...(pOffMs !== undefined && { pOffMs }),
        ...(tOffMs !== undefined && { tOffMs }),
      };
      return correctFiducials(ctx, actor, params.id, { fiducials: marks, note: body.note });
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/flags/:id/decision',
      summary: 'Confirm or dismiss a flag; a finding raises the critical value',
      access: 'report.write',
      params: idParams,
      body: z.object({
        orderId: z.uuid(),
        decision: z.enum(['confirm', 'dismiss']),
        note: z.string().max(500).optional(),
        finding: z.string().trim().min(1).max(500).optional(),
      }),
    },
    async ({ actor, params, body }) => decideFlag(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/orders/:id/earlier',
      summary: 'Earlier recordings of the patient',
      access: 'input.read',
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      return { items: await earlierRecordings(ctx.db, actor, order), nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/worklist-marks',
      summary: 'Flags and quality of open cases',
      access: 'order.read',
    },
    async ({ actor }) => ({ items: await worklistMarks(ctx.db, actor), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/statistics',
      summary: 'Uploads, quality and turnaround per site',
      access: ['quality.read', 'figures.read', 'report.write'],
      query: z.object({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) }),
    },
    async ({ actor, query }) => {
      await recordAudit(ctx.db, actor, { action: 'ecg.statistics', detail: query });
      return {
        items: await siteStatistics(ctx.db, new Date(query.from), new Date(query.to)),
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/statistics/cases',
      summary: 'The cases behind one figure of one site',
      access: ['quality.read', 'figures.read', 'report.write'],
      query: z.object({
        institutionId: z.uuid(),
        figure: z.enum(statisticsFigures),
        from: z.iso.datetime({ offset: true }),
        to: z.iso.datetime({ offset: true }),
      }),
    },
    async ({ actor, query }) => {
      await recordAudit(ctx.db, actor, { action: 'ecg.statistics', detail: query });
      const items = await statisticsCases(ctx.db, {
        ...query,
        from: new Date(query.from),
        to: new Date(query.to),
      });
      return { items, nextCursor: null };
    },
  );
}
