import express, { type Router } from 'express';
import { z } from 'zod';
import type { Context } from '../core/context.ts';
import { invalid } from '../core/errors.ts';
import { endpoint } from '../core/http.ts';
import { centerOf, RIGHTS } from './access.ts';
import { MAX_PICTURE_BYTES, readPicture, storePicture } from './catalogue/picture.ts';
import {
  inventoryQuery,
  listInstruments,
  listLoaners,
  listTrays,
  loanersQuery,
  readCode,
  readInstrument,
} from './lists/listInventory.ts';
import { listIncidents, listIncidentsQuery } from './records/listIncidents.ts';
import { readSetType, readSetup } from './lists/readSetup.ts';

const codeParams = z.object({ code: z.string().min(1).max(400) });

/** What the centre keeps and edits: set types by version, trays, instruments, vendor sets, machines, profiles, pictures. */
export function inventoryRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/setup',
      summary: 'Programmes, print-out profiles, sources, rates, materials, instrument types',
      access: RIGHTS.work,
    },
    ({ actor }) => readSetup(ctx, actor),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/set-types/:code',
      summary: 'A set type with all its versions',
      access: RIGHTS.read,
      params: codeParams,
    },
    ({ actor, params }) => readSetType(ctx, actor, params.code),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/trays',
      summary: 'Trays with their own code',
      access: RIGHTS.read,
      query: inventoryQuery,
    },
    ({ actor, query }) => listTrays(ctx, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/instruments',
      summary: 'Instruments with their own code',
      access: RIGHTS.read,
      query: inventoryQuery,
    },
    ({ actor, query }) => listInstruments(ctx, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/instruments/:code',
      summary: 'An instrument with uses and repairs',
      access: RIGHTS.read,
      params: codeParams,
    },
    ({ actor, params }) => readInstrument(ctx, actor, params.code),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/loaners',
      summary: 'Vendor sets received',
      access: RIGHTS.read,
      query: loanersQuery,
    },
    ({ actor, query }) => listLoaners(ctx, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/code',
      summary: 'What a scanned code says (GS1, UDI)',
      access: RIGHTS.read,
      query: z.object({ text: z.string().min(1).max(400) }),
    },
    ({ actor, query }) => readCode(ctx, actor, query.text),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/incidents',
      summary: 'Cases behind a figure: late, rejected, expired, missing, lost, overdue',
      access: [RIGHTS.read, 'quality.read'],
      query: listIncidentsQuery,
    },
    ({ actor, query }) => listIncidents(ctx, actor, query),
  );
  router.use('/sterilization/pictures', express.raw({ type: () => true, limit: MAX_PICTURE_BYTES }));
  endpoint(
    router,
    {
      method: 'post',
      path: '/sterilization/pictures',
      summary: 'Upload a picture of an instrument or a packed set',
      access: RIGHTS.catalogue,
      bodyMedia: ['image/jpeg', 'image/png', 'image/webp'],
      status: 201,
    },
    ({ actor, req }) => {
      if (!Buffer.isBuffer(req.body) || req.body.length === 0)
        throw invalid('send the bytes of the picture as the body', 'no-file');
      return storePicture(ctx, actor, req.body);
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/pictures/:sha256',
      summary: 'A picture of the catalogue',
      access: RIGHTS.read,
      answerMedia: ['image/jpeg'],
      params: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    },
    async ({ actor, params, res }) => {
      await centerOf(ctx.db, actor, 'read');
      const bytes = await readPicture(ctx, params.sha256);
      res.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
      res.type('image/jpeg').send(bytes);
      return undefined;
    },
  );
}
