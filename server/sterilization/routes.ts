import express, { type Router } from 'express';
import { z } from 'zod';
import type { Context } from '../core/context.ts';
import { badRequest, notFound } from '../core/errors.ts';
import { endpoint, idParams } from '../core/http.ts';
import { centerOf, RIGHTS } from './access.ts';
import { labelPdf, labelZpl, readLabel } from './flow/label.ts';
import { inventoryRoutes } from './inventoryRoutes.ts';
import { documentRoutes } from './documentRoutes.ts';
import { listLoads, listLoadsQuery, readLoad } from './lists/listLoads.ts';
import { listPacks, listPacksQuery } from './lists/listPacks.ts';
import { listRecallNotices } from './lists/listRecallNotices.ts';
import { listRecalls, readRecall } from './lists/listRecalls.ts';
import { readBoard } from './lists/readBoard.ts';
import { readCatalogue } from './lists/readCatalogue.ts';
import { readMachines } from './lists/readMachines.ts';
import { readPack } from './lists/readPack.ts';
import {
  listOpenRequests,
  listReturns,
  listReturnsQuery,
  readSiteStock,
  siteQuery,
} from './lists/siteLists.ts';
import { OPERATIONS } from './operations.ts';
import { readFigures, readFiguresQuery } from './records/figures.ts';
import { takeOverScans, takeOverScansInput } from './station/takeOverScans.ts';
import { issueTicket } from './station/stationTicket.ts';
import { findTracedPatients, findTracedPatientsQuery } from './trace/findTracedPatients.ts';
import { traceCode, tracePatient } from './trace/trace.ts';

const read = [RIGHTS.read, 'figures.read'] as const;
const codeParams = z.object({ code: z.string().min(1).max(400) });

/** `/api/sterilization/…`: one POST per operation, lists and documents. */
export function sterilizationRoutes(ctx: Context, router: Router): void {
  router.use('/sterilization', express.json({ limit: '2mb' }));
  for (const [name, act] of Object.entries(OPERATIONS))
    endpoint(
      router,
      {
        method: 'post',
        path: `/sterilization/${name}`,
        summary: act.summary,
        access: act.access,
        body: act.schema,
      },
      ({ actor, body }) => act.run(ctx, actor, body),
    );
  endpoint(
    router,
    {
      method: 'post',
      path: '/sterilization/scans',
      summary: 'Take over what a station scanned offline',
      access: [RIGHTS.work, RIGHTS.site, RIGHTS.drive],
      body: takeOverScansInput,
    },
    ({ actor, body }) => takeOverScans(ctx, actor, body, OPERATIONS),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/station-ticket',
      summary: 'Proof of the signed-in person, kept beside scans made without a line',
      access: [RIGHTS.work, RIGHTS.site, RIGHTS.drive],
    },
    ({ actor }) => Promise.resolve(issueTicket(ctx, actor)),
  );
  lists(ctx, router);
  tracing(ctx, router);
  documentRoutes(ctx, router);
  inventoryRoutes(ctx, router);
}

function lists(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/machines',
      summary: 'Machines with blocks, trials and test runs',
      access: RIGHTS.read,
    },
    ({ actor }) => readMachines(ctx, actor),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/catalogue',
      summary: 'Set types, machines, materials, routes',
      access: 'signed-in',
    },
    () => readCatalogue(ctx.db),
  );
  endpoint(
    router,
    { method: 'get', path: '/sterilization/board', summary: 'Wall display of the centre', access: [...read] },
    ({ actor }) => readBoard(ctx, actor),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/packs',
      summary: 'Packs by state',
      access: RIGHTS.read,
      query: listPacksQuery,
    },
    ({ actor, query }) => listPacks(ctx, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/packs/:code',
      summary: 'A pack by any of its codes',
      access: RIGHTS.read,
      params: codeParams,
    },
    ({ actor, params }) => readPack(ctx, actor, params.code),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/loads',
      summary: 'Sterilization or wash loads',
      access: RIGHTS.read,
      query: listLoadsQuery,
    },
    ({ actor, query }) => listLoads(ctx, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/loads/:id',
      summary: 'A load with cycle, curve, indicators and release',
      access: RIGHTS.read,
      params: idParams,
    },
    ({ actor, params }) => readLoad(ctx, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/site',
      summary: 'Stock, sets away, incoming, requests and recalls of a site',
      access: RIGHTS.read,
      query: siteQuery,
    },
    ({ actor, query }) => readSiteStock(ctx, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/returns',
      summary: 'Declared returns',
      access: [RIGHTS.read, RIGHTS.drive],
      query: listReturnsQuery,
    },
    ({ actor, query }) => listReturns(ctx, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/requests',
      summary: 'Open requests of the sites',
      access: RIGHTS.read,
    },
    async ({ actor }) => listOpenRequests(ctx, await centerOf(ctx.db, actor, 'read')),
  );
  endpoint(
    router,
    { method: 'get', path: '/sterilization/recalls', summary: 'Recalls', access: RIGHTS.read },
    ({ actor }) => listRecalls(ctx, actor),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/recall-notices',
      summary: 'Recalls that a site has not confirmed',
      access: RIGHTS.read,
    },
    ({ actor }) => listRecallNotices(ctx, actor),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/recalls/:id',
      summary: 'A recall with packs, notices and patients',
      access: RIGHTS.read,
      params: idParams,
    },
    ({ actor, params }) => readRecall(ctx, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/figures',
      summary: 'Turnaround, pass rates, workload, cost, waste',
      access: [RIGHTS.read, 'figures.read', 'quality.read'],
      query: readFiguresQuery,
    },
    ({ actor, query }) => readFigures(ctx, actor, query),
  );
}

function tracing(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/trace/patient/:id',
      summary: 'From a patient backwards',
      access: RIGHTS.read,
      params: idParams,
    },
    ({ actor, params }) => tracePatient(ctx, actor, params.id),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/trace/patients',
      summary: 'Patients on whom packs were used, by name, identifier or visit',
      access: 'patient.read',
      query: findTracedPatientsQuery,
    },
    ({ actor, query }) => findTracedPatients(ctx, actor, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/trace',
      summary: 'From any code forwards',
      access: RIGHTS.read,
      query: z.object({ code: z.string().min(1).max(400) }),
    },
    ({ actor, query }) => traceCode(ctx, actor, query.code),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/packs/:code/label',
      summary: 'Label as PDF or ZPL',
      access: RIGHTS.work,
      params: codeParams,
      query: z.object({
        format: z.enum(['pdf', 'zpl']).default('pdf'),
        font: z
          .string()
          .regex(/^[A-Z]:[A-Z0-9_]{1,16}\.[A-Z]{3}$/)
          .optional(),
      }),
    },
    async ({ actor, params, query, res }) => {
      await centerOf(ctx.db, actor, 'work');
      const label = await readLabel(ctx.db, params.code, ctx.clock.now());
      if (query.format === 'zpl') res.type('text/plain; charset=utf-8').send(labelZpl(label, query.font));
      else res.type('application/pdf').send(await labelPdf(label));
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/conflicts',
      summary: 'Conflicts of offline stations',
      access: [RIGHTS.work, RIGHTS.site],
    },
    async ({ actor }) => {
      if (!actor.institutionId) throw badRequest('conflicts belong to an institution', 'name-site');
      const items = await ctx.db
        .selectFrom('cssdScan')
        .innerJoin('staff', 'staff.id', 'cssdScan.staffId')
        .innerJoin('staff as taker', 'taker.id', 'cssdScan.takenOverBy')
        .select([
          'cssdScan.id',
          'station',
          'clientSequence',
          'operation',
          'input',
          'deviceAt',
          'receivedAt',
          'skewMs',
          'problem',
          'staff.name as staff',
          'taker.name as takenOverBy',
        ])
        .where('cssdScan.institutionId', '=', actor.institutionId)
        .where('outcome', '=', 'conflict')
        .where('resolvedAt', 'is', null)
        .orderBy('cssdScan.id')
        .limit(200)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/sterilization/loads/:id/release.pdf',
      summary: 'Signed load release record',
      access: RIGHTS.read,
      params: idParams,
    },
    async ({ actor, params, res }) => {
      await centerOf(ctx.db, actor, 'read');
      const release = await ctx.db
        .selectFrom('cssdRelease')
        .select('documentSha256')
        .where('loadId', '=', params.id)
        .executeTakeFirst();
      if (!release) throw notFound('release', params.id);
      res.type('application/pdf').send(await ctx.objects.read(release.documentSha256));
      return undefined;
    },
  );
}
