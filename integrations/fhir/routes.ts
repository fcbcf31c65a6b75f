import { Router, type NextFunction, type Request, type Response } from 'express';
import { PUBLIC, requirePermission, type Actor } from '../../server/core/access/actor.ts';
import { recordAudit } from '../../server/core/audit/recordAudit.ts';
import type { Context } from '../../server/core/context.ts';
import { notFound } from '../../server/core/errors.ts';
import { toProblem } from '../../server/core/http.ts';
import { capabilityStatement } from './capability.ts';
import { searchDirectory } from './directory.ts';
import { loadOrders, orderOfSigned } from './loadRows.ts';
import { search, SEARCHED, type ResourceType } from './search.ts';

const MEDIA = 'application/fhir+json; charset=utf-8';
const UUID = /^[0-9a-f-]{36}$/;

/** FHIR R4, read side, below /fhir: what the caller may see by role, site and treatment relation, nothing more. */
export function fhirRoutes(ctx: Context): Router {
  const router = Router();
  router.get('/metadata', (_req, res) => send(res, 200, capabilityStatement(ctx.clock.now().toISOString())));
  router.use((req, _res, next) => {
    requirePermission(req.actor ?? PUBLIC, 'order.read');
    next();
  });
  for (const type of ['Organization', 'Practitioner'] as const) {
    router.get(`/${type}`, async (req, res) => {
      const resources = await searchDirectory(ctx.db, type, queryOf(req));
      send(res, 200, bundle(req, { resources, included: [], next: undefined }));
    });
    router.get(`/${type}/:id`, async (req, res) => {
      const [resource] = await searchDirectory(ctx.db, type, { _id: req.params.id });
      if (!resource) throw notFound(type, req.params.id);
      send(res, 200, resource);
    });
  }
  router.get('/Binary/:id', (req, res) => binary(ctx, req, res));
  for (const type of SEARCHED) {
    router.get(`/${type}`, async (req, res) => {
      const found = await search(ctx, actorOf(req), type, queryOf(req));
      await audit(ctx, req, type, undefined, found.resources.length);
      send(res, 200, bundle(req, found));
    });
    router.get(`/${type}/:id`, async (req, res) => {
      const found = await search(ctx, actorOf(req), type as ResourceType, { _id: req.params.id });
      const [resource] = found.resources;
      if (!resource) throw notFound(type, req.params.id);
      await audit(ctx, req, type, req.params.id, 1);
      const version = (resource.meta as { versionId?: string } | undefined)?.versionId;
      if (version) res.setHeader('ETag', `W/"${version}"`);
      send(res, 200, resource);
    });
  }
  router.use((req, _res, next) => next(notFound('FHIR resource', req.path)));
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const problem = toProblem(error);
    if (problem.status >= 500) ctx.log.error({ err: error }, 'FHIR request failed');
    const code =
      problem.status === 404
        ? 'not-found'
        : problem.status === 401
          ? 'login'
          : problem.status === 403
            ? 'forbidden'
            : problem.status < 500
              ? 'invalid'
              : 'exception';
    send(res, problem.status, {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code, diagnostics: problem.message }],
    });
  });
  return router;
}

const queryOf = (req: Request): Record<string, string> =>
  Object.fromEntries(Object.entries(req.query).map(([name, value]) => [name, String(value)]));
const actorOf = (req: Request): Actor => req.actor ?? PUBLIC;
const send = (res: Response, status: number, body: unknown) =>
  void res.status(status).setHeader('Content-Type', MEDIA).end(JSON.stringify(body));

function bundle(req: Request, found: Awaited<ReturnType<typeof search>>) {
  const self = `${req.protocol}://${req.get('host')}${req.originalUrl}`;
  const base = `${req.protocol}://${req.get('host')}${req.baseUrl}`;
  const next = found.next ? new URL(self) : undefined;
  next?.searchParams.set('cursor', found.next ?? '');
  const entry = (mode: string) => (resource: { resourceType: string; id: string }) => ({
    fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
    resource,
    search: { mode },
  });
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: self }, ...(next ? [{ relation: 'next', url: next.href }] : [])],
    entry: [...found.resources.map(entry('match')), ...found.included.map(entry('include'))],
  };
}

async function audit(
  ctx: Context,
  req: Request,
  type: string,
  id: string | undefined,
  rows: number,
): Promise<void> {
  await recordAudit(ctx.db, actorOf(req), {
    action: `fhir.${id ? 'read' : 'search'}`,
    subjectType: type,
    ...(id && { subjectId: id }),
    detail: { rows },
  });
}

/** The signed PDF of a version. */
async function binary(ctx: Context, req: Request, res: Response): Promise<void> {
  const id = String(req.params.id);
  const orderId = UUID.test(id) ? await orderOfSigned(ctx.db, id) : undefined;
  const [order] = orderId ? await loadOrders(ctx.db, actorOf(req), { id: orderId, limit: 1 }) : [];
  const signed =
    order &&
    (await ctx.db
      .selectFrom('signedReport')
      .select(['pdfAddress', 'number'])
      .where('id', '=', id)
      .executeTakeFirst());
  if (!signed?.pdfAddress) throw notFound('Binary', id);
  await audit(ctx, req, 'Binary', id, 1);
  res.setHeader('Content-Type', 'application/pdf');
  res.end(await ctx.objects.read(signed.pdfAddress));
}
