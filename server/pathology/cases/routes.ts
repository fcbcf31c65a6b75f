import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { endpoint, idParams, pageQuery } from '../../core/http.ts';
import { getVisibleOrder, type Order } from '../../core/order/order.ts';
import { indicatorRules, listIndicatorCases, readIndicators } from '../indicators.ts';
import { listColleagues } from '../listColleagues.ts';
import { describeCase } from './describeCase.ts';
import { describeSpecimens, sendContainers, sendInput, specimensInput } from './describeSpecimens.ts';
import { comparisonInput, compareFrozen, phoneFrozen, phoneInput } from './frozen.ts';
import { addSmears, gradeInput, gradeSlide, smearInput } from './glass.ts';
import { grossCase, grossInput } from './grossCase.ts';
import { caseLists, listCases } from './lists.ts';
import { itemsQuery, listItems, readItem } from './items.ts';
import { labelsQuery, printItemLabels } from './labels.ts';
import { moveInput, moveItem } from './moveItem.ts';
import { askInput, askOpinion, giveOpinion, opinionInput } from './opinions.ts';
import { finishStain, orderStains, stainOrderInput, stainResultInput } from './orderStains.ts';
import { addPhoto, readPhoto } from './photos.ts';
import { receiveCase, receptionInput } from './receiveCase.ts';
import { drawInput, drawRechecks, listRechecks, readRecheck, recheckInput } from './rechecks.ts';
import { archiveQuery, searchArchive } from './searchArchive.ts';
import { stepCase, stepInput } from './stepCase.ts';

const brief = ({ id, accessionNumber, status, dueAt }: Order) => ({ id, accessionNumber, status, dueAt });

/** Reception, grossing, blocks, glass, stains: what the laboratory does with a case. */
function benchRoutes(ctx: Context, router: Router): void {
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
    ({ actor, params, query, req }) => addPhoto(ctx, actor, params.id, req, query),
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

/** Where every jar, block and slide is, and the labels on them. */
function itemRoutes(ctx: Context, router: Router): void {
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

const monthQuery = z.object({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/) });

function siteRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'put',
      path: '/pathology/cases/:id/specimens',
      summary: 'Describe the specimens before they are received',
      access: 'specimen.collect',
      params: idParams,
      body: specimensInput,
    },
    async ({ actor, params, body }) => brief(await describeSpecimens(ctx, actor, params.id, body)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/send',
      summary: 'The jars leave the site',
      access: 'specimen.transport',
      params: idParams,
      body: sendInput,
    },
    async ({ actor, params, body }) => brief(await sendContainers(ctx, actor, params.id, body)),
  );
}

function figureRoutes(ctx: Context, router: Router): void {
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
      path: '/pathology/colleagues',
      summary: 'Pathologists who may be asked',
      access: 'report.write',
    },
    ({ actor }) => listColleagues(ctx.db, actor),
  );
}

function readingRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/frozen/phone',
      summary: 'Frozen diagnosis told by phone, with its read-back',
      access: 'report.write',
      params: idParams,
      body: phoneInput,
    },
    async ({ actor, params, body }) => brief(await phoneFrozen(ctx, actor, params.id, body)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/frozen/comparison',
      summary: 'Frozen against paraffin',
      access: 'report.write',
      params: idParams,
      body: comparisonInput,
    },
    async ({ actor, params, body }) => brief(await compareFrozen(ctx, actor, params.id, body)),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/cases/:id/opinions',
      summary: 'Ask for an opinion',
      access: 'report.write',
      params: idParams,
      body: askInput,
      status: 201,
    },
    ({ actor, params, body }) => askOpinion(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/opinions/:id',
      summary: 'Give an opinion',
      access: 'report.write',
      params: idParams,
      body: opinionInput,
    },
    ({ actor, params, body }) => giveOpinion(ctx, actor, params.id, body).then(() => undefined),
  );
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
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/lists/:list',
      summary: 'What waits for whom in the laboratory',
      access: 'order.read',
      params: z.object({ list: z.enum(caseLists) }),
      query: pageQuery,
    },
    ({ actor, params, query }) => listCases(ctx.db, actor, params.list, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/archive',
      summary: 'Archive by diagnosis, site, code, free text',
      access: 'order.read',
      query: archiveQuery,
    },
    ({ actor, query }) => searchArchive(ctx.db, actor, query),
  );
}

export function caseRoutes(ctx: Context, router: Router): void {
  benchRoutes(ctx, router);
  itemRoutes(ctx, router);
  siteRoutes(ctx, router);
  readingRoutes(ctx, router);
  figureRoutes(ctx, router);
}
