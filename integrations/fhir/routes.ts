import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { PUBLIC, type Actor } from '../../server/core/access/actor.ts';
import { recordAudit } from '../../server/core/audit/recordAudit.ts';
import type { Context } from '../../server/core/context.ts';
import { badRequest, notFound, unauthenticated } from '../../server/core/errors.ts';
import { toProblem } from '../../server/core/http.ts';
import { capabilityStatement, smartConfiguration } from './capability.ts';
import { createServiceRequest } from './createServiceRequest.ts';
import { searchDirectory } from './directory.ts';
import { historyBundle, reportVersions } from './history.ts';
import { loadOrders, orderOfSigned } from './loadRows.ts';
import type { FhirType } from './parameters.ts';
import type { Resource } from './resources.ts';
import { requireScope, withScopes, type Interaction } from './scopes.ts';
import { checkParameters, search, SEARCHED, type Found } from './search.ts';

const MEDIA = 'application/fhir+json; charset=utf-8';
const UUID = /^[0-9a-f-]{36}$/;

/** FHIR R4 below /fhir: what the caller may see by role, site and treatment relation, nothing more; requests may be placed. */
export function fhirRoutes(ctx: Context): Router {
  const router = Router();
  router.get('/metadata', (req, res) =>
    send(res, 200, capabilityStatement(baseOf(req), ctx.clock.now().toISOString())),
  );
  router.get('/.well-known/smart-configuration', (_req, res) => void res.json(smartConfiguration()));
  for (const type of ['Organization', 'Practitioner'] as const) {
    router.get(`/${type}`, allowed(type, 's'), async (req, res) => {
      const query = queryOf(req);
      checkParameters(type, query);
      if (query._include || query._revinclude) throw badRequest(`${type} offers no _include or _revinclude`);
      const resources = await searchDirectory(ctx.db, type, query);
      send(res, 200, bundle(req, { resources, included: [], next: undefined }));
    });
    router.get(`/${type}/:id`, allowed(type, 'r'), async (req, res) => {
      const [resource] = await searchDirectory(ctx.db, type, { _id: String(req.params.id) });
      if (!resource) throw notFound(type, String(req.params.id));
      send(res, 200, resource);
    });
  }
  router.get('/Binary/:id', allowed('Binary', 'r'), (req, res) => binary(ctx, req, res));
  for (const type of SEARCHED) {
    router.get(`/${type}`, allowed(type, 's'), async (req, res) => {
      const found = await search(ctx, actorOf(req), type, queryOf(req));
      await audit(ctx, req, type, undefined, found.resources.length);
      send(res, 200, bundle(req, found));
    });
    router.get(`/${type}/:id`, allowed(type, 'r'), async (req, res) => {
      const id = String(req.params.id);
      const [resource] = (await search(ctx, actorOf(req), type, { _id: id })).resources;
      if (!resource) throw notFound(type, id);
      await audit(ctx, req, type, id, 1);
      sendVersion(res, resource);
    });
  }
  router.get('/DiagnosticReport/:id/_history', allowed('DiagnosticReport', 'r'), async (req, res) => {
    const id = String(req.params.id);
    const versions = await reportVersions(ctx, actorOf(req), id);
    await audit(ctx, req, 'DiagnosticReport', id, versions.length);
    send(res, 200, historyBundle(baseOf(req), baseOf(req) + req.url, versions));
  });
  router.get('/DiagnosticReport/:id/_history/:version', allowed('DiagnosticReport', 'r'), async (req, res) => {
    const id = String(req.params.id);
    const versions = await reportVersions(ctx, actorOf(req), id);
    const version = versions.find(({ meta }) => (meta as { versionId: string }).versionId === req.params.version);
    if (!version) throw notFound('DiagnosticReport', `${id}/_history/${String(req.params.version)}`);
    await audit(ctx, req, 'DiagnosticReport', id, 1);
    sendVersion(res, version);
  }); // prettier-ignore
  router.post(
    '/ServiceRequest',
    express.json({ limit: '1mb', type: ['application/json', 'application/fhir+json'] }),
    async (req, res) => {
      const made = await createServiceRequest(ctx, actorOf(req), req.body);
      res.setHeader('Location', `${baseOf(req)}/ServiceRequest/${made.id}`);
      send(res, 201, made);
    },
  );
  router.use((req, _res, next) => {
    if (actorOf(req).kind === 'public') throw unauthenticated();
    next(notFound('FHIR resource', req.path));
  });
  router.use(outcome(ctx));
  return router;
}

const allowed =
  (type: FhirType, interaction: Interaction) => (req: Request, _res: Response, next: NextFunction) => {
    requireScope(actorOf(req), type, interaction);
    next();
  };
const queryOf = (req: Request): Record<string, string> =>
  Object.fromEntries(Object.entries(req.query).map(([name, value]) => [name, String(value)]));
const actorOf = (req: Request): Actor => withScopes(req.actor ?? PUBLIC);
const baseOf = (req: Request): string => `${req.protocol}://${req.get('host')}${req.baseUrl}`;
const send = (res: Response, status: number, body: unknown) =>
  void res.status(status).setHeader('Content-Type', MEDIA).end(JSON.stringify(body));

function sendVersion(res: Response, resource: Resource): void {
  const meta = resource.meta as { versionId?: string; lastUpdated?: string } | undefined;
  if (meta?.versionId) res.setHeader('ETag', `W/"${meta.versionId}"`);
  if (meta?.lastUpdated) res.setHeader('Last-Modified', new Date(meta.lastUpdated).toUTCString());
  send(res, 200, resource);
}

/** Errors as an OperationOutcome, with every fault of the input as an issue of its own. */
const outcome =
  (ctx: Context) =>
  (error: unknown, _req: Request, res: Response, _next: NextFunction): void => {
    const problem = toProblem(error);
    if (problem.status >= 500) ctx.log.error({ err: error }, 'FHIR request failed');
    const code = CODES[problem.status] ?? (problem.status < 500 ? 'invalid' : 'exception');
    const issues = problem.errors.map((each) => ({
      severity: 'error',
      code,
      diagnostics: `${each.path}: ${each.message ?? each.code}`,
    }));
    send(res, problem.status, {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code, diagnostics: problem.message }, ...issues],
    });
  };
const CODES: Record<number, string> = { 401: 'login', 403: 'forbidden', 404: 'not-found', 409: 'conflict', 422: 'processing' }; // prettier-ignore

function bundle(req: Request, found: Found) {
  const base = baseOf(req);
  const self = `${req.protocol}://${req.get('host')}${req.originalUrl}`;
  const next = found.next ? new URL(self) : undefined;
  next?.searchParams.set('cursor', found.next ?? '');
  const seen = new Set<string>(); // a resource stands once in a Bundle (bdl-7), as match before include
  const entry = (mode: string) => (resource: Resource) => {
    const fullUrl = `${base}/${resource.resourceType}/${resource.id}`;
    if (seen.has(fullUrl)) return [];
    seen.add(fullUrl);
    return [{ fullUrl, resource, search: { mode } }];
  };
  const entries = [...found.resources.flatMap(entry('match')), ...found.included.flatMap(entry('include'))];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: self }, ...(next ? [{ relation: 'next', url: next.href }] : [])],
    ...(entries.length > 0 && { entry: entries }), // FHIR knows no empty array
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
