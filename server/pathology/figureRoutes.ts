import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../core/context.ts';
import { endpoint } from '../core/http.ts';
import { indicatorRules, listIndicatorCases, readIndicators } from './indicators.ts';
import { readSettings, saveSettings, settingsInput } from './settings.ts';

const monthQuery = z.object({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) });

/** Quality indicators and the rules of the centre. */
export function figureRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/indicators',
      summary: 'Quality indicators of a month',
      access: ['quality.read', 'report.verify'],
      query: monthQuery,
    },
    ({ actor, query }) => readIndicators(ctx.db, actor, query.month),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/indicators/:code',
      summary: 'Cases behind an indicator',
      access: ['quality.read', 'report.verify'],
      params: z.object({ code: z.enum(indicatorRules.map(({ code }) => code)) }),
      query: monthQuery,
    },
    ({ actor, params, query }) => listIndicatorCases(ctx.db, actor, params.code, query.month),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/settings',
      summary: 'Diagnoses that need a second reader, days by which orders extend the due day',
      access: 'report.write',
    },
    () => readSettings(ctx.db),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/pathology/settings',
      summary: 'Set the rules of the centre',
      access: 'template.edit',
      body: settingsInput,
    },
    ({ actor, body }) => saveSettings(ctx, actor, body),
  );
}
