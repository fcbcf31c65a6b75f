import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams, pageQuery } from '../../core/http.ts';
import { requestBody } from '../../core/requestBody.ts';
import { addAnnotation, annotationInput, listAnnotations, removeAnnotation } from './annotations.ts';
import { appendUpload, partBytes, uploadState } from './appendUpload.ts';
import { beginUpload } from './beginUpload.ts';
import { describeSlide } from './describeSlide.ts';
import { finishUpload } from './finishUpload.ts';
import { joinSlide, splitSlide } from './joinSlide.ts';
import { listSlides } from './listSlides.ts';
import { markTeaching } from './markTeaching.ts';
import { listPositions, savePositions } from './positions.ts';
import { associatedKinds, readAssociated } from './readAssociated.ts';
import { readTile } from './readTile.ts';
import { requireVisibleSlide } from './slideAccess.ts';
import { readSnapshot, snapshotInput, takeSnapshot } from './takeSnapshot.ts';
import { readOffset, readUploadRequest } from './uploadRequest.ts';
import { partAnswer, slideAnswer, uploadAnswer } from './answers.ts';

const natural = z.coerce.number().int().min(0).max(4_000_000);
const immutable = 'private, max-age=31536000, immutable';

/** Uploading: announce by JSON or tus headers, then PATCH parts; or the whole file in one POST. See docs. */
function uploadRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/slides',
      summary:
        'Upload a whole slide: announce it (JSON or tus 1.0) and PATCH its parts, or send the file as the body',
      access: 'input.upload',
      status: 201,
      bodyMedia: [
        'application/json',
        'application/octet-stream',
        'image/tiff',
        'application/dicom',
        'application/offset+octet-stream',
      ],
      answer: uploadAnswer,
    },
    async ({ actor, req, res }) => {
      const { kind, input } = readUploadRequest(req);
      const { id } = await beginUpload(ctx, actor, input);
      res
        .setHeader('Tus-Resumable', '1.0.0')
        .setHeader('Location', `/api/pathology/slides/${id}`)
        .status(201);
      const offset = kind === 'json' ? 0 : await appendUpload(ctx, actor, id, 0, requestBody(req));
      res.setHeader('Upload-Offset', String(offset));
      if (offset === input.fileSize) {
        const finished = await finishUpload(ctx, actor, id);
        res.json(await describeSlide(ctx.db, actor, finished.id));
      } else {
        res.json({ id, state: 'uploading', offset, size: input.fileSize, partBytes });
      }
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'patch',
      path: '/pathology/slides/:id',
      summary: 'Send the next bytes of an upload, from Upload-Offset on',
      access: 'input.upload',
      bodyMedia: ['application/offset+octet-stream', 'application/octet-stream'],
      answer: partAnswer,
      params: idParams,
    },
    async ({ actor, params, req, res }) => {
      const offset = await appendUpload(ctx, actor, params.id, readOffset(req), requestBody(req));
      const { size, state } = await uploadState(ctx, actor, params.id);
      const finished = offset === size ? await finishUpload(ctx, actor, params.id) : undefined;
      res.setHeader('Tus-Resumable', '1.0.0').setHeader('Upload-Offset', String(offset));
      if (finished) res.setHeader('X-Slide-Id', finished.id);
      if (req.header('tus-resumable')) return undefined;
      return { id: finished?.id ?? params.id, offset, size, state: finished ? 'ready' : state };
    },
  );
}

function imageRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/slides/:id',
      summary: 'Levels, scale and state of a slide; HEAD tells how far an upload has come',
      access: 'input.read',
      answer: slideAnswer,
      params: idParams,
    },
    async ({ actor, params, req, res }) => {
      const { state, offset, size } = await uploadState(ctx, actor, params.id);
      res
        .setHeader('Tus-Resumable', '1.0.0')
        .setHeader('Upload-Offset', String(offset))
        .setHeader('Upload-Length', String(size));
      res.setHeader('Cache-Control', 'no-store');
      if (req.method === 'HEAD') {
        res.status(200).end();
        return undefined;
      }
      const slide = await describeSlide(ctx.db, actor, params.id);
      return state === 'uploading' ? { ...slide, offset, size } : slide;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/slides/:id/tiles/:level/:column/:row',
      summary:
        'One tile as JPEG, level 0 is the finest; of a focal plane, in the colours of the scanner or in sRGB',
      access: 'input.read',
      answerMedia: ['image/jpeg'],
      params: z.object({ id: z.uuid(), level: natural, column: natural, row: natural }),
      query: z.object({
        plane: z.coerce.number().int().min(0).max(99).optional(),
        color: z.enum(['srgb']).optional(),
      }),
    },
    async ({ actor, params, query, req, res }) => {
      await requireVisibleSlide(ctx.db, actor, params.id);
      const { plane, color } = query;
      const etag = `"${params.id}-${params.level}-${params.column}-${params.row}-${plane ?? 'm'}${color ?? ''}"`;
      res.setHeader('ETag', etag).setHeader('Cache-Control', immutable);
      if (req.header('if-none-match') === etag) {
        res.status(304).end();
        return undefined;
      }
      const tile = await readTile(ctx, params.id, { ...params, plane, corrected: color === 'srgb' }).catch(
        (error: unknown) => {
          res.removeHeader('ETag');
          res.setHeader('Cache-Control', 'no-store');
          throw error;
        },
      );
      res.setHeader('Content-Type', tile.contentType).setHeader('X-Tile-Original', tile.original ? '1' : '0');
      res.end(tile.bytes);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/slides/:id/images/:kind',
      summary: 'Label, macro or thumbnail; label and macro only for those who may see the name, audited',
      access: 'input.read',
      answerMedia: ['image/jpeg'],
      params: z.object({ id: z.uuid(), kind: z.enum(associatedKinds) }),
    },
    async ({ actor, params, res }) => {
      const bytes = await readAssociated(ctx, actor, params.id, params.kind);
      // a thumbnail shows tissue only and never changes; label and macro are fetched, and audited, at every look
      const keep = params.kind === 'thumbnail' ? immutable : 'private, no-store';
      res.setHeader('Content-Type', 'image/jpeg').setHeader('Cache-Control', keep).end(bytes);
      return undefined;
    },
  );
}

const flag = z.enum(['true', 'false']).optional();

function workRoutes(ctx: Context, router: Router): void {
  const slides = '/pathology/slides';
  endpoint(
    router,
    {
      method: 'get',
      path: slides,
      summary: 'Slides of a case, slides waiting for a case, teaching slides',
      access: 'input.read',
      query: pageQuery.extend({ orderId: z.uuid().optional(), unjoined: flag, teaching: flag }),
    },
    ({ actor, query }) =>
      listSlides(ctx.db, actor, {
        ...query,
        unjoined: query.unjoined === 'true',
        teaching: query.teaching === 'true',
      }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: `${slides}/:id/join`,
      summary: 'Tie a slide to a case',
      access: 'bench.work',
      params: idParams,
      body: z.object({
        orderId: z.uuid(),
        pathologySlideId: z.uuid().optional(),
        reason: z.string().trim().min(1).max(500).optional(),
      }),
    },
    async ({ actor, params, body }) => {
      await joinSlide(ctx, actor, params.id, body);
      return describeSlide(ctx.db, actor, params.id);
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: `${slides}/:id/split`,
      summary: 'Take a slide out of a case it does not belong to',
      access: 'bench.work',
      params: idParams,
      body: z.object({ reason: z.string().trim().min(1).max(500) }),
    },
    ({ actor, params, body }) => splitSlide(ctx, actor, params.id, body.reason).then(() => undefined),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: `${slides}/:id/teaching`,
      summary: 'Mark a slide for teaching (shown without name), or take the mark off',
      access: 'report.write',
      params: idParams,
      body: z.object({ teaching: z.boolean(), note: z.string().max(500).optional() }),
    },
    ({ actor, params, body }) => markTeaching(ctx, actor, params.id, body).then(() => undefined),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: `${slides}/:id/annotations`,
      summary: 'Annotations of a slide',
      access: 'input.read',
      params: idParams,
    },
    ({ actor, params }) => listAnnotations(ctx, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: `${slides}/:id/annotations`,
      summary: 'Save an annotation or measurement',
      access: 'report.write',
      params: idParams,
      body: annotationInput,
      status: 201,
    },
    ({ actor, params, body }) => addAnnotation(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: `${slides}/:id/annotations/:annotationId`,
      summary: 'Take an annotation off the slide',
      access: 'report.write',
      params: z.object({ id: z.uuid(), annotationId: z.uuid() }),
    },
    ({ actor, params }) => removeAnnotation(ctx, actor, params.id, params.annotationId).then(() => undefined),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: `${slides}/:id/snapshots`,
      summary: 'Take a picture of a region for the report',
      access: 'report.write',
      params: idParams,
      body: snapshotInput,
      status: 201,
    },
    ({ actor, params, body }) => takeSnapshot(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/snapshots/:id',
      summary: 'A snapshot as JPEG',
      access: 'input.read',
      answerMedia: ['image/jpeg'],
      params: idParams,
    },
    async ({ actor, params, res }) => {
      const bytes = await readSnapshot(ctx, actor, params.id);
      res.setHeader('Content-Type', 'image/jpeg').setHeader('Cache-Control', immutable).end(bytes);
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: `${slides}/:id/positions`,
      summary: 'Where I have been on a slide',
      access: 'input.read',
      params: idParams,
    },
    ({ actor, params }) => listPositions(ctx, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: `${slides}/:id/positions`,
      summary: 'Remember where I have been on a slide',
      access: 'input.read',
      params: idParams,
      body: z.object({
        positions: z
          .array(
            z.object({
              at: z.iso.datetime({ offset: true }),
              x: z.number(),
              y: z.number(),
              width: z.number().positive(),
            }),
          )
          .min(1)
          .max(200),
      }),
    },
    ({ actor, params, body }) => savePositions(ctx, actor, params.id, body.positions).then(() => undefined),
  );
}

export function slideRoutes(ctx: Context, router: Router): void {
  uploadRoutes(ctx, router);
  imageRoutes(ctx, router);
  workRoutes(ctx, router);
}
