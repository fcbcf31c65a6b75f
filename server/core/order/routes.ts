import { sql } from 'kysely';
import type { Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../audit/recordAudit.ts';
import { recordRead } from '../audit/recordRead.ts';
import { can, requirePermission } from '../access/actor.ts';
import type { Context } from '../context.ts';
import { badRequest } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { brief } from '../report/routes.ts';
import { acceptOrder, assignOrder, cancelOrder, claimOrder, releaseOrder, returnOrder } from './acts.ts';
import { countWork } from './countWork.ts';
import { createRequest } from './createRequest.ts';
import { describeOrder } from './describeOrder.ts';
import { getVisibleOrder, type Order } from './order.ts';
import { CENTER_KINDS, requestInput } from './requestInput.ts';
import { codeReturn } from './returnReasons.ts';
import { readTimeline } from './timeline.ts';
import { listOrders } from './worklist.ts';
import { toWorklistQuery, worklistQuery } from './worklistQuery.ts';
import { orderBrief } from '../answers.ts';
import {
  catalogueAnswer,
  countsAnswer,
  orderAnswer,
  ordersAnswer,
  placedAnswer,
  timelineAnswer,
  worklistAnswer,
} from './answers.ts';

/** Draft IETF header `Idempotency-Key`: a request sent again with it is answered, not placed twice. */
function idempotencyKey(value: string | undefined): string | undefined {
  if (value !== undefined && !/^[\x21-\x7e]{1,100}$/.test(value))
    throw badRequest('Idempotency-Key is 1 to 100 visible characters');
  return value;
}
/** A request of several items says which number belongs to which. */
const placed = (order: Order) => ({ ...brief(order), itemName: order.itemName });
const reason = z.string().trim().min(1).max(500);

export function orderRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders',
      summary: 'Place a request: one or more orders',
      access: 'order.request',
      answer: placedAnswer,
      body: requestInput,
      status: 201,
    },
    async ({ actor, body, req }) => {
      const { requestId, orders, adopted, unanswered } = await createRequest(ctx, actor, body, {
        source: actor.kind === 'machine' ? 'api' : 'browser',
        idempotencyKey: idempotencyKey(req.get('Idempotency-Key')),
      });
      const [only] = orders;
      return orders.length === 1 && only
        ? { requestId, ...placed(only), adopted, unanswered }
        : { requestId, orders: orders.map(placed), adopted, unanswered };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders',
      summary: 'Orders the caller may see, newest first',
      access: 'order.read',
      answer: ordersAnswer,
      query: worklistQuery.extend({
        center: z.enum(CENTER_KINDS).optional(),
        placerOrderNumber: z.string().max(64).optional(),
        accessionNumber: z.string().max(16).optional(),
      }),
    },
    async ({ actor, query }) => {
      const page = await listOrders(ctx.db, actor, {
        ...(await toWorklistQuery(ctx, actor.id, query)),
        center: query.center,
        sort: query.sort ?? 'newest',
        accessionNumber: query.accessionNumber,
        placerOrderNumber: query.placerOrderNumber,
      });
      return { ...page, items: page.items.map((row) => ({ id: row.orderId, ...row })) };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/centers/:center/worklist',
      summary: 'Worklist of a centre, by due time',
      access: 'order.read',
      answer: worklistAnswer,
      params: z.object({ center: z.enum(CENTER_KINDS) }),
      query: worklistQuery,
    },
    async ({ actor, params, query }) => {
      const page = await listOrders(ctx.db, actor, {
        ...(await toWorklistQuery(ctx, actor.id, query)),
        center: params.center,
      });
      await recordAudit(ctx.db, actor, {
        action: 'worklist.view',
        subjectType: 'center',
        subjectId: params.center,
        detail: { query, rows: page.items.length },
      });
      return page;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id',
      summary: 'One order',
      access: 'order.read',
      answer: orderAnswer,
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      await recordRead(ctx, actor, {
        action: 'order.read',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
      });
      return describeOrder(
        ctx,
        order,
        can(actor, 'report.write', {
          institutionId: order.reportingInstitutionId,
          centerKind: order.centerKind,
        }),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/timeline',
      summary: 'Events and clocks of an order',
      access: 'order.read',
      answer: timelineAnswer,
      params: idParams,
    },
    async ({ actor, params }) => readTimeline(ctx.db, (await getVisibleOrder(ctx.db, actor, params.id)).id),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/cancel',
      summary: 'Withdraw an order',
      access: 'order.cancel',
      answer: orderBrief,
      params: idParams,
      body: z.object({ reason }),
    },
    async ({ actor, params, body }) => brief(await cancelOrder(ctx, actor, params.id, body.reason)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/return',
      summary: 'Return the input to the site',
      access: 'order.return',
      answer: orderBrief,
      params: idParams,
      body: z.object({ reason, note: z.string().max(1_000).optional() }),
    },
    async ({ actor, params, body }) =>
      brief(await returnOrder(ctx, actor, params.id, codeReturn(body.reason, body.note))),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/accept',
      summary: 'Accept the input (核收)',
      access: 'order.accept',
      answer: orderBrief,
      params: idParams,
    },
    async ({ actor, params }) => brief(await acceptOrder(ctx, actor, params.id)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/claim',
      summary: 'Claim a case',
      access: 'order.claim',
      answer: orderBrief,
      params: idParams,
    },
    async ({ actor, params }) => brief(await claimOrder(ctx, actor, params.id)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/release',
      summary: 'Put a claimed case back',
      access: ['order.claim', 'roster.edit'],
      answer: orderBrief,
      params: idParams,
    },
    async ({ actor, params }) => brief(await releaseOrder(ctx, actor, params.id)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/assign',
      summary: 'Assign a case to a person',
      access: 'order.claim',
      answer: orderBrief,
      params: idParams,
      body: z.object({ staffId: z.uuid() }),
    },
    async ({ actor, params, body }) => brief(await assignOrder(ctx, actor, params.id, body.staffId)),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/catalogue',
      summary: 'Items that can be ordered',
      access: 'signed-in',
      answer: catalogueAnswer,
      query: z.object({ center: z.enum(CENTER_KINDS).optional() }),
    },
    async ({ query }) => {
      const items = await ctx.db
        .selectFrom('catalogueItem')
        .selectAll()
        .where('active', '=', true)
        .where(sql<boolean>`settings->>'orderable' is distinct from 'false'`)
        .$if(query.center !== undefined, (qb) => qb.where('centerKind', '=', query.center ?? 'imaging'))
        .orderBy('centerKind')
        .orderBy('code')
        .limit(2_000)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/worklist-counts',
      summary: 'Waiting and overdue per centre',
      access: 'order.read',
      answer: countsAnswer,
    },
    async ({ actor }) => {
      requirePermission(actor, 'order.read');
      return { items: await countWork(ctx, actor) };
    },
  );
}
