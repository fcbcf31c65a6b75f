import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { commentOnCase } from './commentOnCase.ts';
import { exportImages } from '../export/exportImages.ts';
import { PRIORITIES } from '../../core/order/requestInput.ts';
import { saveMeasurements } from '../measurement/saveMeasurements.ts';
import { listTeaching } from './listTeaching.ts';
import { markTeaching } from './markTeaching.ts';
import { requestSecondOpinion } from './requestSecondOpinion.ts';
import { printImages } from '../print/printImages.ts';
import { listOpinionCenters } from './opinionCenters.ts';
import { readOverlays } from './readOverlays.ts';
import { sendDerived } from './sendDerived.ts';
import { readAskedFrames, sendFrames } from './sendFrames.ts';
import { gradeImages, IMAGE_FAULTS } from './gradeImages.ts';
import { addKeyImage, listKeyImages, removeKeyImage } from './keyImages.ts';
import { listPriors } from './priors.ts';

const uid = z
  .string()
  .max(64)
  .regex(/^\d+(\.\d+)*$/, 'a UID');

/** What the reading room asks for beside DICOMweb. */
export function readingRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/imaging/orders/:id/priors',
      summary: 'Earlier studies of the patient',
      access: 'input.read',
      params: idParams,
    },
    ({ actor, params }) => listPriors(ctx.db, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/imaging/orders/:id/key-images',
      summary: 'Images chosen for the report',
      access: 'input.read',
      params: idParams,
    },
    ({ actor, params }) => listKeyImages(ctx.db, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/imaging/orders/:id/key-images',
      summary: 'Choose an image for the report',
      access: 'report.write',
      params: idParams,
      status: 201,
      body: z.object({
        sopInstanceUid: uid,
        frame: z.number().int().min(1).default(1),
        note: z.string().max(500).optional(),
        view: z.record(z.string().max(40), z.unknown()).optional(),
      }),
    },
    ({ actor, params, body }) => addKeyImage(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/imaging/orders/:id/key-images/:image',
      summary: 'Take an image out of the report',
      access: 'report.write',
      params: z.object({ id: z.uuid(), image: z.uuid() }),
    },
    async ({ actor, params }) => {
      await removeKeyImage(ctx, actor, params.id, params.image);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/imaging/orders/:id/measurement-report',
      summary: 'Save measurements as DICOM SR (TID 1500) beside the study',
      access: 'report.write',
      params: idParams,
      status: 201,
      body: z.object({ measurements: z.array(z.unknown()).max(500) }),
    },
    ({ actor, params, body }) => saveMeasurements(ctx, actor, params.id, body.measurements),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/imaging/orders/:id/grade',
      summary: 'Grade the images 甲乙丙',
      access: 'report.write',
      params: idParams,
      body: z
        .object({
          grade: z.enum(['A', 'B', 'C']),
          faults: z.array(z.enum(IMAGE_FAULTS)).max(10).default([]),
          note: z.string().max(500).optional(),
        })
        .refine((body) => body.grade === 'A' || body.faults.length > 0, {
          message: 'grade B or C names its faults',
          params: { code: 'required' },
          path: ['faults'],
        }),
    },
    async ({ actor, params, body }) => {
      const { id, accessionNumber, status } = await gradeImages(ctx, actor, params.id, body);
      return { id, accessionNumber, status };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/imaging/orders/:id/second-opinion',
      summary: 'Ask for a second opinion in the county (会诊)',
      access: 'report.write',
      params: idParams,
      status: 201,
      body: z.object({
        question: z.string().trim().min(1).max(2_000),
        institution: z.string().max(40).optional(),
        priority: z.enum(PRIORITIES).optional(),
      }),
    },
    async ({ actor, params, body }) => {
      const { id, accessionNumber, status } = await requestSecondOpinion(ctx, actor, params.id, body);
      return { id, accessionNumber, status };
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/imaging/orders/:id/teaching',
      summary: 'Mark a case for teaching',
      access: 'report.write',
      params: idParams,
      body: z.object({ on: z.boolean(), note: z.string().max(500).optional() }),
    },
    async ({ actor, params, body }) => {
      await markTeaching(ctx, actor, params.id, body);
      return { teaching: body.on };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/imaging/teaching',
      summary: 'Cases marked for teaching',
      access: 'report.write',
      query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(200) }),
    },
    ({ actor, query }) => listTeaching(ctx.db, actor, query),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/imaging/orders/:id/comment',
      summary: 'A remark of the centre on the timeline of the case',
      access: 'report.write',
      params: idParams,
      status: 201,
      body: z.object({ text: z.string().trim().min(1).max(500) }),
    },
    async ({ actor, params, body }) => {
      const { id, status } = await commentOnCase(ctx, actor, params.id, body.text);
      return { id, status };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/imaging/orders/:id/export',
      summary: 'Images as a zip with DICOMDIR, as received or anonymous',
      access: 'export',
      params: idParams,
      body: z.object({
        kind: z.enum(['dicom', 'anonymous']),
        reason: z.string().trim().min(2).max(500),
        picturesChecked: z.boolean().optional(),
      }),
    },
    async ({ actor, params, body, res }) => {
      await exportImages(ctx, actor, params.id, body, res);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/imaging/orders/:id/images.pdf',
      summary: 'Pages with chosen images, as seen and measured',
      access: 'input.read',
      params: idParams,
      body: z.object({
        images: z
          .array(
            z.object({
              sopInstanceUid: uid,
              frame: z.number().int().min(1).default(1),
              note: z.string().max(500).optional(),
              view: z.record(z.string().max(40), z.unknown()).optional(),
            }),
          )
          .min(1)
          .max(60),
        perPage: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(6)]).default(4),
      }),
    },
    async ({ actor, params, body, res }) => {
      const pdf = await printImages(ctx, actor, params.id, body);
      res.setHeader('Content-Type', 'application/pdf');
      res.setHeader('Cache-Control', 'no-store');
      res.end(pdf);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/imaging/opinion-centers',
      summary: 'Imaging centres that can be asked for a second opinion',
      access: 'report.write',
    },
    async () => ({ items: await listOpinionCenters(ctx.db) }),
  );
  for (const what of ['preview', 'thumbnail'] as const)
    endpoint(
      router,
      {
        method: 'get',
        path: `/imaging/series/:series/${what}`,
        summary:
          what === 'preview' ? 'Low-resolution prefixes of all frames of a series' : 'Thumbnail of a series',
        access: 'input.read',
        params: z.object({ series: uid }),
      },
      async ({ actor, params, req, res }) => {
        await sendDerived(ctx, actor, params.series, what, req, res);
        return undefined;
      },
    );
  endpoint(
    router,
    {
      method: 'get',
      path: '/imaging/studies/:study/series/:series/frames',
      summary: 'Many frames of a series in one answer, without the bytes that the caller has',
      access: 'input.read',
      params: z.object({ study: uid, series: uid }),
      query: z.object({ f: z.string().min(1).max(8_000), prefer: z.enum(['fast', 'small']).default('fast') }),
    },
    async ({ actor, params, query, res }) => {
      const asked = readAskedFrames(query.f);
      await sendFrames(ctx, actor, { ...params, asked, small: query.prefer === 'small' }, res);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/imaging/studies/:study/series/:series/instances/:instance/overlays',
      summary: 'Overlay planes (60xx) of one frame',
      access: 'input.read',
      params: z.object({ study: uid, series: uid, instance: uid }),
      query: z.object({ frame: z.coerce.number().int().min(1).max(1_000_000).default(1) }),
    },
    ({ actor, params, query }) => readOverlays(ctx, actor, { ...params, ...query }),
  );
}
