import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { joinByPerson } from '../join/joinByPerson.ts';
import { splitRecording } from '../join/splitRecording.ts';
import { decideUnmatched, listUnmatched } from '../unmatched.ts';

/** Which case a recording belongs to, and what waits for a person to say so. */
export function joinRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/recordings/:id/join',
      summary: 'Join a recording to an order',
      access: 'order.join',
      params: idParams,
      body: z.object({ orderId: z.uuid() }),
    },
    async ({ actor, params, body }) => {
      const order = await joinByPerson(ctx, actor, params.id, body.orderId);
      return { orderId: order.id, status: order.status };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/recordings/:id/split',
      summary: 'Take a recording off an order; a signed report is voided',
      access: ['order.join', 'report.verify'],
      params: idParams,
      body: z.object({
        orderId: z.uuid(),
        reason: z.string().trim().min(1).max(500),
        toOrderId: z.uuid().optional(),
        pin: z.string().max(32).optional(),
      }),
    },
    async ({ actor, params, body }) => {
      const order = await splitRecording(ctx, actor, params.id, body.orderId, body);
      return { orderId: order.id, status: order.status };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/unmatched',
      summary: 'Recordings and files that wait for a person',
      access: 'unmatched.decide',
      query: z.object({
        state: z.enum(['open', 'resolved', 'discarded']).default('open'),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    async ({ query }) => ({ items: await listUnmatched(ctx, query.state, query.limit), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/unmatched/:id/decide',
      summary: 'Join, confirm or discard what waits',
      access: 'unmatched.decide',
      params: idParams,
      body: z.discriminatedUnion('decision', [
        z.object({ decision: z.literal('join'), orderId: z.uuid() }),
        z.object({ decision: z.literal('confirm') }),
        z.object({ decision: z.literal('discard'), reason: z.string().trim().min(1).max(500) }),
      ]),
    },
    async ({ actor, params, body }) => decideUnmatched(ctx, actor, params.id, body),
  );
}
