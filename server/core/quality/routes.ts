import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { decodeCursor, encodeCursor, endpoint, idParams } from '../http.ts';
import { advanceTicket } from '../ticket/advanceTicket.ts';
import { readFigures, readSites, readTrend } from './figures.ts';
import { freezePeriod } from './freezePeriod.ts';
import { indicatorsOf } from './indicators.ts';
import { compareFrozen } from './nightlyFreeze.ts';
import { readCases } from './readCases.ts';
import { readOverview } from './readOverview.ts';
import { markDays } from './refreshIndicators.ts';
import { readRegulatorFigures } from './regulatorFigures.ts';
import { reviewRoutes } from './reviewRoutes.ts';
import { days } from './span.ts';
import { turnaroundRoutes } from './turnaroundRoutes.ts';

const code = z.object({ code: z.string().max(60) });
const note = z.string().trim().min(1).max(2_000);

export function qualityRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/indicators',
      summary: 'Indicators with their figures in a span',
      access: ['quality.read', 'figures.read'],
      query: days.extend({ institutionId: z.uuid().optional() }),
    },
    async ({ query }) => {
      const figures = new Map(
        (await readFigures(ctx.db, query.from, query.to, query.institutionId)).map((row) => [row.code, row]),
      );
      const items = indicatorsOf(ctx.centers)
        .filter((indicator) => !indicator.hidden)
        .map(({ cases: _, changed: __, ...facts }) => ({
          ...facts,
          numerator: figures.get(facts.code)?.numerator ?? 0,
          denominator: figures.get(facts.code)?.denominator ?? 0,
        }));
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/overview',
      summary: 'Indicators with verdict, change, twelve months and the sites behind what went wrong',
      access: ['quality.read', 'figures.read'],
      query: days,
    },
    async ({ query }) => ({
      items: await readOverview(ctx.db, indicatorsOf(ctx.centers), query.from, query.to),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/indicators/:code/sites',
      summary: 'One indicator by site, with confidence interval and funnel limits',
      access: ['quality.read', 'figures.read'],
      params: code,
      query: days,
    },
    ({ params, query }) => readSites(ctx.db, params.code, query.from, query.to),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/indicators/:code/trend',
      summary: 'Months of one indicator',
      access: ['quality.read', 'figures.read'],
      params: code,
      query: z.object({
        to: z.iso.date(),
        months: z.coerce.number().int().min(1).max(60).default(12),
        institutionId: z.uuid().optional(),
      }),
    },
    async ({ params, query }) => ({
      items: await readTrend(ctx.db, params.code, query.months, query.to, query.institutionId),
    }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/indicators/:code/cases',
      summary: 'The cases behind a figure',
      access: 'quality.read',
      params: code,
      query: days.extend({
        met: z.stringbool().optional(),
        institutionId: z.uuid().optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
        cursor: z.string().max(200).optional(),
      }),
    },
    async ({ actor, params, query }) => {
      const indicator = indicatorsOf(ctx.centers).find((candidate) => candidate.code === params.code);
      if (!indicator) throw notFound('indicator', params.code);
      await recordAudit(ctx.db, actor, {
        action: 'quality.cases',
        subjectType: 'indicator',
        subjectId: params.code,
        detail: query,
      });
      const [at, shown] = decodeCursor(query.cursor, 2) ?? [];
      const page = await readCases(ctx.db, indicator, {
        ...query,
        ...(at && { after: { at, shown: Number(shown) } }),
      });
      return {
        items: page.items,
        nextCursor: page.next ? encodeCursor([page.next.at, String(page.next.shown)]) : null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/quality/recompute',
      summary: 'Compute days anew from the record',
      access: 'quality.review',
      body: days,
    },
    async ({ body }) => {
      await markDays(ctx.db, body.from, body.to);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/quality/freeze',
      summary: 'Freeze a month, quarter or half year',
      access: 'quality.review',
      body: z.object({ period: z.string().max(10) }),
    },
    async ({ actor, body }) => ({ rows: await freezePeriod(ctx, actor, body.period) }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/frozen',
      summary: 'Frozen figures of a period',
      access: ['quality.read', 'figures.read'],
      query: z.object({ period: z.string().max(10) }),
    },
    async ({ query }) => {
      const { rows } =
        await sql`select f.indicator as code, f.definition_version, i.short_name as institution_name, f.numerator, f.denominator, f.frozen_at from indicator_freeze f join institution i on i.id = f.institution_id where f.period = ${query.period} order by 1, 3 limit 5000`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/frozen/compare',
      summary: 'Counts a frozen period again from the record and names what differs now',
      access: 'quality.read',
      query: z.object({ period: z.string().max(10) }),
    },
    async ({ query }) => ({ items: await compareFrozen(ctx, query.period), nextCursor: null }),
  );
  turnaroundRoutes(ctx, router);
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/regulator',
      summary: 'Figures for the health bureau, without names',
      access: ['figures.read', 'quality.read'],
      query: days,
    },
    ({ query }) => readRegulatorFigures(ctx.db, query.from, query.to),
  );
  reviewRoutes(ctx, router);
  endpoint(
    router,
    {
      method: 'post',
      path: '/tickets/:id/acts',
      summary: 'Assign, feedback, verify, close or reopen a ticket',
      access: ['ticket.work', 'quality.review'],
      params: idParams,
      body: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('assign'), staffId: z.uuid() }),
        z.object({ kind: z.literal('feedback'), note, evidenceAddress: z.string().max(64).optional() }),
        z.object({ kind: z.literal('verify'), note }),
        z.object({ kind: z.literal('close'), note }),
        z.object({ kind: z.literal('reopen'), note }),
      ]),
    },
    async ({ actor, params, body }) => {
      await advanceTicket(ctx, actor, params.id, body);
      return { ok: true };
    },
  );
}
