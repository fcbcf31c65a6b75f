import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { drawInput, drawRechecks, listRechecks, readRecheck, recheckInput } from './rechecks.ts';

/** Negative cytology drawn by lot and read again. */
export function recheckRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/rechecks/draw',
      summary: 'Draw negative cytology cases for re-reading by lot',
      access: 'report.verify',
      body: drawInput,
    },
    ({ actor, body }) => drawRechecks(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/rechecks',
      summary: 'Drawn cytology cases of a month',
      access: 'report.verify',
      query: z.object({ month: z.string().regex(/^\d{4}-\d{2}$/) }),
    },
    ({ actor, query }) => listRechecks(ctx, actor, query.month),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/rechecks/:id',
      summary: 'Second reading of a negative cytology',
      access: 'report.verify',
      params: idParams,
      body: recheckInput,
    },
    ({ actor, params, body }) => readRecheck(ctx, actor, params.id, body).then(() => undefined),
  );
}
