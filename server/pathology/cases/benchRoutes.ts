import type { Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { requestBody } from '../../core/requestBody.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import { brief } from './brief.ts';
import { describeCase } from './describeCase.ts';
import { addSmears, smearInput } from './glass.ts';
import { grossCase, grossInput } from './grossCase.ts';
import { addPhoto, readPhoto } from './photos.ts';
import { receiveCase, receptionInput } from './receiveCase.ts';
import { stepCase, stepInput } from './stepCase.ts';

/** Reception, grossing, glass and photographs: what the laboratory does with a case. */
export function benchRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/cases/:id',
      summary: 'Specimens, blocks, slides and orders of a case',
      access: 'order.read',
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      await recordAudit(ctx.db, actor, {
        action: 'pathology.case',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
      });
      return describeCase(ctx.db, order);
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/reception',
      summary: 'Accept, accept with reservation or reject the specimens',
      access: ['order.accept', 'order.return'],
      params: idParams,
      body: receptionInput,
    },
    async ({ actor, params, body }) => brief(await receiveCase(ctx, actor, params.id, body)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/gross',
      summary: 'Macroscopic description and block map',
      access: 'bench.work',
      params: idParams,
      body: grossInput,
      status: 201,
    },
    ({ actor, params, body }) => grossCase(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/smears',
      summary: 'Slides without a block: smears, frozen sections',
      access: 'bench.work',
      params: idParams,
      body: smearInput,
      status: 201,
    },
    ({ actor, params, body }) => addSmears(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/steps',
      summary: 'Scan at a station: embed, cut, stain',
      access: 'bench.work',
      body: stepInput,
    },
    ({ actor, body }) => stepCase(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/photos',
      summary: 'Add a macroscopic photograph (the body is the picture)',
      access: 'bench.work',
      bodyMedia: ['image/jpeg', 'image/png', 'image/webp'],
      params: idParams,
      query: z.object({ specimen: z.string().max(2).optional(), caption: z.string().max(200).optional() }),
      status: 201,
    },
    ({ actor, params, query, req }) => addPhoto(ctx, actor, params.id, requestBody(req), query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/photos/:id',
      summary: 'A macroscopic photograph',
      access: 'input.read',
      answerMedia: ['image/jpeg', 'image/png', 'image/webp'],
      params: idParams,
    },
    async ({ actor, params, res }) => {
      const { bytes, contentType } = await readPhoto(ctx, actor, params.id);
      res.setHeader('Content-Type', contentType).setHeader('Cache-Control', 'private, no-store').end(bytes);
      return undefined;
    },
  );
}
