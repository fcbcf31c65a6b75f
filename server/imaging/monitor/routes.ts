import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { endpoint } from '../../core/http.ts';
import { listMonitorChecks } from './listMonitorChecks.ts';
import { MONITOR_QUESTIONS, recordMonitorCheck } from './recordMonitorCheck.ts';

const size = z.number().int().min(1).max(100_000);

/** Quality check of the displays of reading workstations. */
export function monitorRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/imaging/monitor-checks',
      summary: 'Checks of the displays of reading workstations',
      access: ['report.write', 'quality.read'],
      query: z.object({
        workstation: z.string().max(60).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    ({ actor, query }) => listMonitorChecks(ctx.db, actor, query),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/imaging/monitor-checks',
      summary: 'Record a check of a display',
      access: 'report.write',
      status: 201,
      body: z.object({
        workstation: z.string().trim().min(1).max(60),
        display: z.string().trim().max(60).default(''),
        screen: z.object({
          widthPx: size,
          heightPx: size,
          pixelRatio: z.number().min(0.1).max(20),
          colorDepthBits: z.number().int().min(1).max(64),
        }),
        answers: z.object(
          Object.fromEntries(MONITOR_QUESTIONS.map((question) => [question, z.boolean()])) as Record<
            (typeof MONITOR_QUESTIONS)[number],
            z.ZodBoolean
          >,
        ),
        note: z.string().trim().max(500).default(''),
      }),
    },
    ({ actor, body }) => recordMonitorCheck(ctx, actor, body),
  );
}
