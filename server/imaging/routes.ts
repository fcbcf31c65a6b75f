import express, { type Router } from 'express';
import { z } from 'zod';
import type { Context } from '../core/context.ts';
import { endpoint, idParams } from '../core/http.ts';
import { patientInput, CENTER_KINDS } from '../core/order/requestInput.ts';
import { joinByPerson } from './join/joinByPerson.ts';
import { splitStudy } from './join/splitStudy.ts';
import { deriveRoutes } from './derive/routes.ts';
import { monitorRoutes } from './monitor/routes.ts';
import { readingRoutes } from './reading/routes.ts';
import { decideUnmatched, type UnmatchedDecision } from './unmatched/decideUnmatched.ts';
import { listUnmatched } from './unmatched/listUnmatched.ts';
import { sendUnmatchedObject } from './unmatched/sendUnmatchedObject.ts';
import { orderBrief } from '../core/answers.ts';
import { brief } from '../core/report/routes.ts';

const uid = z
  .string()
  .max(64)
  .regex(/^\d+(\.\d+)*$/, 'a UID');
const reason = z.string().trim().min(1).max(500);

const decision = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('join'), orderId: z.uuid(), reason }),
  z.object({ decision: z.literal('provisional') }),
  z.object({ decision: z.literal('confirm'), patient: patientInput.optional() }),
  z.object({ decision: z.literal('keep-first'), reason }),
  z.object({ decision: z.literal('replace'), reason }),
  z.object({ decision: z.literal('discard'), reason }),
]);

/** Paths of the imaging centre below /api, and the queue of what could not be joined. */
export function imagingRoutes(ctx: Context, router: Router): void {
  router.use(
    ['/imaging', '/unmatched', '/orders/:id/join', '/orders/:id/split'],
    express.json({ limit: '2mb' }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/join',
      summary: 'Join a study to an order',
      access: 'order.join',
      answer: orderBrief,
      params: idParams,
      body: z.object({ studyInstanceUid: uid, reason }),
    },
    async ({ actor, params, body }) => brief(await joinByPerson(ctx, actor, params.id, body)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/split',
      summary: 'Take a study away from an order; a signed report is voided',
      access: ['order.join', 'report.verify'],
      answer: orderBrief,
      params: idParams,
      body: z.object({
        studyInstanceUid: uid,
        reason,
        toOrderId: z.uuid().optional(),
        pin: z.string().max(32).optional(),
      }),
    },
    async ({ actor, params, body }) => brief(await splitStudy(ctx, actor, params.id, body)),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/unmatched',
      summary: 'Input that waits for a person',
      access: ['unmatched.decide', 'input.upload'],
      query: z.object({
        center: z.enum(CENTER_KINDS).optional(),
        state: z.enum(['open', 'resolved', 'discarded']).optional(),
        kind: z.string().max(30).optional(),
        cursor: z.string().max(500).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
    },
    ({ actor, query }) => listUnmatched(ctx.db, actor, query),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/unmatched/:id/decide',
      summary: 'Decide about input that waits',
      access: 'unmatched.decide',
      params: idParams,
      body: decision,
    },
    ({ actor, params, body }) => decideUnmatched(ctx, actor, params.id, body as UnmatchedDecision),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/unmatched/:id/object',
      summary: 'The bytes of an object that is kept for a person',
      access: 'unmatched.decide',
      params: idParams,
    },
    async ({ actor, params, res }) => {
      await sendUnmatchedObject(ctx, actor, params.id, res);
      return undefined;
    },
  );
  readingRoutes(ctx, router);
  monitorRoutes(ctx, router);
  deriveRoutes(ctx, router);
}
