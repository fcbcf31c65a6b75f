import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { endpoint } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { days, spanOf } from './span.ts';
import {
  readBreaches,
  readForecast,
  readHeat,
  readSegments,
  readWhatIf,
  readWhatIfPolicies,
} from './turnaroundAudit.ts';

/** Where the time goes, what broke its promise, what will, and what another target would have said. */
export function turnaroundRoutes(ctx: Context, router: Router): void {
  const centerDays = days.extend({ center: z.enum(CENTER_KINDS) });
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/turnaround',
      summary: 'Median and P90 per segment',
      access: 'quality.read',
      query: centerDays.extend({ bySite: z.stringbool().default(false) }),
    },
    async ({ query }) => ({ items: await readSegments(ctx.db, spanOf(query), query.center, query.bySite) }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/turnaround/heat',
      summary: 'Share on time by weekday and hour',
      access: 'quality.read',
      query: centerDays,
    },
    async ({ query }) => ({ items: await readHeat(ctx.db, spanOf(query), query.center) }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/breaches',
      summary: 'Breaches with pause reasons',
      access: 'quality.read',
      query: days.extend({
        center: z.enum(CENTER_KINDS).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    async ({ query }) => ({
      items: await readBreaches(ctx.db, spanOf(query), query.center, query.limit),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/forecast',
      summary: 'What will breach within the hour',
      access: 'quality.read',
      query: z.object({ center: z.enum(CENTER_KINDS).optional() }),
    },
    async ({ query }) => ({ items: await readForecast(ctx.db, ctx.clock.now(), query.center) }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/what-if',
      summary: 'Another target on past data',
      access: 'quality.read',
      query: days.extend({ policy: z.string().max(60), targetMinutes: z.coerce.number().int().min(1) }),
    },
    ({ query }) => readWhatIf(ctx.db, spanOf(query), query.policy, query.targetMinutes),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/what-if/policies',
      summary: 'Policies whose target can be tried on the past',
      access: 'quality.read',
      query: z.object({ center: z.enum(CENTER_KINDS) }),
    },
    async ({ query }) => ({ items: await readWhatIfPolicies(ctx.db, query.center), nextCursor: null }),
  );
}
