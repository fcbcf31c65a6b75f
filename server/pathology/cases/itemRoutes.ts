import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { endpoint } from '../../core/http.ts';
import { itemsQuery, listItems, readItem } from './items.ts';
import { labelsQuery, printItemLabels } from './labels.ts';
import { moveInput, moveItem } from './moveItem.ts';

/** Where every jar, block and slide is, and the labels on them. */
export function itemRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/moves',
      summary: 'Move a jar, block or slide: archive, loan, return, loss',
      access: 'bench.work',
      body: moveInput,
    },
    ({ actor, body }) => moveItem(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/labels',
      summary: 'Labels of jars, blocks or slides as PDF, of a case or by barcode',
      access: 'order.read',
      query: labelsQuery,
    },
    async ({ actor, query, res }) => {
      res.type('application/pdf').send(await printItemLabels(ctx, actor, query));
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/items',
      summary: 'Jars, blocks and slides by place, holder, number or barcode',
      access: 'order.read',
      query: itemsQuery,
    },
    ({ actor, query }) => listItems(ctx.db, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/items/:barcode',
      summary: 'One jar, block or slide and everybody who held it',
      access: 'order.read',
      params: z.object({ barcode: z.string().trim().min(3).max(60) }),
    },
    ({ actor, params }) => readItem(ctx.db, actor, params.barcode),
  );
}
