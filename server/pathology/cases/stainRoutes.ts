import type { Router } from 'express';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { finishStain, stainResultInput } from './finishStain.ts';
import { gradeInput, gradeSlide } from './glass.ts';
import { orderStains, stainOrderInput } from './orderStains.ts';

/** Recuts, stains and molecular tests, and how good the glass is. */
export function stainRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/stain-orders',
      summary: 'Order recuts, special stains, IHC, molecular tests',
      access: 'report.write',
      params: idParams,
      body: stainOrderInput,
      status: 201,
    },
    ({ actor, params, body }) => orderStains(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/stain-orders/:id/finish',
      summary: 'Read a stain, or withdraw its order',
      access: 'report.write',
      params: idParams,
      body: stainResultInput,
    },
    ({ actor, params, body }) => finishStain(ctx, actor, params.id, body).then(() => undefined),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/glass/:id/grade',
      summary: 'Grade the quality of a glass slide',
      access: 'report.write',
      params: idParams,
      body: gradeInput,
    },
    ({ actor, params, body }) => gradeSlide(ctx, actor, params.id, body).then(() => undefined),
  );
}
