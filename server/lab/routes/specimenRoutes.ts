import type { Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import { describeLabOrder } from '../report/describeOrder.ts';
import { collectContainer, collectInput } from '../specimen/collectContainer.ts';
import { findContainer } from '../specimen/findContainer.ts';
import { labelsPdf, labelsZpl, loadLabels } from '../specimen/labels.ts';
import { listContainers, containerQuery } from '../specimen/listContainers.ts';
import { receiveContainer, rejectContainer } from '../specimen/receiveContainer.ts';
import { readWay } from '../specimen/readWay.ts';
import { separateContainer, separateInput } from '../specimen/separateContainer.ts';
import { discardContainers, discardInput, storeContainer, storeInput } from '../specimen/storeContainer.ts';
import {
  freePreprinted,
  issuePreprinted,
  listPreprinted,
  preprintedInput,
} from '../specimen/issuePreprinted.ts';

const barcodeParams = z.object({ barcode: z.string().min(4).max(30) });

/** Tubes: labels, collection, separation, reception, rejection, store. */
export function specimenRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/containers',
      summary: 'Tubes the caller has to do with',
      access: ['order.read', 'specimen.transport'],
      query: containerQuery,
    },
    ({ actor, query }) => listContainers(ctx.db, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/orders/:id/containers',
      summary: 'Tubes and tests of an order',
      access: 'order.read',
      params: idParams,
    },
    async ({ actor, params }) => describeLabOrder(ctx.db, await getVisibleOrder(ctx.db, actor, params.id)),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/orders/:id/labels',
      summary: 'Tube labels as PDF or ZPL',
      access: 'order.read',
      params: idParams,
      query: z.object({ format: z.enum(['pdf', 'zpl']).default('pdf') }),
    },
    async ({ actor, params, query, res }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      const labels = await loadLabels(ctx.db, order.id, ctx.clock.now());
      await recordAudit(ctx.db, actor, {
        action: 'label.print',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
        detail: { format: query.format, tubes: labels.length },
      });
      if (query.format === 'zpl') res.type('text/plain; charset=utf-8').send(labelsZpl(labels));
      else res.type('application/pdf').send(await labelsPdf(labels));
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/containers/:barcode',
      summary: 'One tube and its way',
      access: ['order.read', 'specimen.transport'],
      params: barcodeParams,
    },
    async ({ actor, params }) => {
      const container = await findContainer(ctx.db, actor, params.barcode);
      const order = await getVisibleOrder(ctx.db, actor, container.orderId);
      const tube = await ctx.db
        .selectFrom('labTubeType')
        .select(['name as tubeName', 'color', 'colorName'])
        .where('code', '=', container.tubeCode)
        .executeTakeFirstOrThrow();
      return {
        ...container,
        ...tube,
        accessionNumber: order.accessionNumber,
        patientName: order.patientName,
        itemName: order.itemName,
        priority: order.priority,
        orderStatus: order.status,
        ...(await readWay(ctx.db, container.id)),
      };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/collect',
      summary: 'Record a tube as drawn',
      access: 'specimen.collect',
      body: collectInput,
    },
    ({ actor, body }) => collectContainer(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/separate',
      summary: 'Record centrifugation and aliquots',
      access: 'specimen.collect',
      body: separateInput,
    },
    ({ actor, body }) => separateContainer(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/receive',
      summary: 'Accept a tube at the laboratory',
      access: 'specimen.receive',
      body: barcodeParams,
    },
    ({ actor, body }) => receiveContainer(ctx, actor, body.barcode),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/reject',
      summary: 'Reject a tube with a coded reason; makes a recollection order',
      access: 'specimen.receive',
      body: barcodeParams.extend({
        reason: z.string().max(40),
        note: z.string().max(500).optional(),
        recollect: z.boolean().optional(),
      }),
    },
    async ({ actor, body }) => {
      const { container, recollection } = await rejectContainer(ctx, actor, body.barcode, body);
      return {
        container,
        recollection: recollection
          ? { id: recollection.id, accessionNumber: recollection.accessionNumber }
          : null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/store',
      summary: 'Put a tube into the retained store',
      access: 'bench.work',
      body: storeInput,
    },
    ({ actor, body }) => storeContainer(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/discard',
      summary: 'Discard retained tubes, with a second person',
      access: 'bench.work',
      body: discardInput,
    },
    ({ actor, body }) => discardContainers(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/lab/preprinted-codes',
      summary: 'Issue pre-printed codes to a site',
      access: 'bench.work',
      body: preprintedInput,
    },
    ({ actor, body }) => issuePreprinted(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/preprinted-codes',
      summary: 'Issues of pre-printed codes with how many are used',
      access: 'bench.work',
    },
    () => listPreprinted(ctx.db),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/lab/preprinted-codes/labels',
      summary: 'Labels of the free codes of one issue',
      access: 'bench.work',
      query: z.object({
        institution: z.string().max(40),
        tubeCode: z.string().max(20),
        printedAt: z.iso.datetime({ offset: true }),
      }),
    },
    async ({ query, res }) => {
      const codes = await freePreprinted(ctx.db, query);
      const pdf = await labelsPdf(
        codes.map((code) => ({
          ...code,
          patientName: '预制条码',
          sex: '',
          birthDate: null,
          accessionNumber: '',
          tests: '采集时绑定申请',
          priority: 'routine',
          printedAt: ctx.clock.now(),
        })),
      );
      res.type('application/pdf').send(pdf);
      return undefined;
    },
  );
  endpoint(
    router,
    { method: 'get', path: '/lab/rejection-reasons', summary: 'Coded reasons', access: 'order.read' },
    async () => ({
      items: await ctx.db
        .selectFrom('labRejectionReason')
        .select(['code', 'name', 'nameEn'])
        .where('active', '=', true)
        .orderBy('position')
        .execute(),
      nextCursor: null,
    }),
  );
}
