import compression from 'compression';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { browserApplication } from './browserApplication.ts';
import { dicomwebRoutes } from '../integrations/dicomweb/routes.ts';
import { hl7Routes } from '../integrations/hl7/routes.ts';
import { exchangeRoutes } from '../integrations/exchange/routes.ts';
import { fhirRoutes } from '../integrations/fhir/routes.ts';
import { PUBLIC } from './core/access/actor.ts';
import { actorOfSession, actorOfToken } from './core/access/identify.ts';
import { RecentActors } from './core/access/recentActors.ts';
import { COOKIE, readCookie } from './core/access/sessionCookie.ts';
import { sessionRoutes } from './core/access/sessionRoutes.ts';
import { adminRoutes } from './core/admin/routes.ts';
import { bulletinRoutes } from './core/bulletin/routes.ts';
import { algorithmRoutes } from './core/algorithm/routes.ts';
import { chargeRoutes } from './core/charge/routes.ts';
import { workRoutes } from './core/work/routes.ts';
import type { Context } from './core/context.ts';
import { criticalRoutes } from './core/critical/routes.ts';
import { DomainError, forbidden, notFound } from './core/errors.ts';
import { eventRoutes } from './core/events/routes.ts';
import { problemHandler } from './core/http.ts';
import { metricsHandler, observeRequests } from './core/metrics.ts';
import { openApiDocument } from './core/openapi.ts';
import { notifiableRoutes } from './core/notifiable/routes.ts';
import { orderRoutes } from './core/order/routes.ts';
import { qualityRoutes } from './core/quality/routes.ts';
import { recognitionPage } from './core/recognition/publicPage.ts';
import { recognitionRoutes } from './core/recognition/routes.ts';
import { reportRoutes } from './core/report/routes.ts';
import { verifyRoutes } from './core/report/verifyRoutes.ts';
import { referralRoutes } from './core/referral/routes.ts';
import { shareRoutes } from './core/share/routes.ts';
import { SHARE_COOKIE, shareOfToken } from './core/share/openShare.ts';
import { signatureRoutes } from './core/signature/routes.ts';
import { superviseRoutes } from './core/ticket/routes.ts';

/** The HTTP side of the hub, one line per area. */
export function createApp(ctx: Context): Express {
  const app = express();
  app.set('trust proxy', ctx.config.trustedProxies);
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.use(requestId, observeRequests(), securityHeaders());
  probes(ctx, app);
  app.use(compressed());
  app.use(['/api', '/dicom-web', '/fhir'], identify(ctx), requireOrigin(ctx), requireOwnPassword);

  app.use('/dicom-web', dicomwebRoutes(ctx));
  app.use('/api', apiRouter(ctx));
  app.use('/fhir', fhirRoutes(ctx));
  app.get('/metrics', metricsHandler(ctx));
  verifyRoutes(ctx, app);
  recognitionPage(ctx, app);
  browserApplication(app);
  app.use(problemHandler(ctx));
  return app;
}

function apiRouter(ctx: Context) {
  const api = express.Router();
  api.use(
    '/session',
    rateLimit({
      windowMs: 60_000,
      limit: 120,
      skip: (req) => req.method !== 'POST' && !req.path.startsWith('/provider'),
      standardHeaders: 'draft-8',
      legacyHeaders: false,
    }),
  );
  for (const center of ctx.centers) center.routes?.(ctx, api); // centres first: an upload reads its own body
  api.use(express.json({ limit: '2mb' }));
  sessionRoutes(ctx, api);
  orderRoutes(ctx, api);
  reportRoutes(ctx, api);
  signatureRoutes(ctx, api);
  criticalRoutes(ctx, api);
  notifiableRoutes(ctx, api);
  recognitionRoutes(ctx, api);
  qualityRoutes(ctx, api);
  superviseRoutes(ctx, api);
  bulletinRoutes(ctx, api);
  chargeRoutes(ctx, api);
  algorithmRoutes(ctx, api);
  workRoutes(ctx, api);
  referralRoutes(ctx, api);
  shareRoutes(ctx, api);
  exchangeRoutes(ctx, api);
  eventRoutes(ctx, api);
  hl7Routes(ctx, api);
  adminRoutes(ctx, api);
  api.get('/openapi.json', (_req, res) => void res.json(openApiDocument(ctx)));
  api.use((req, _res, next) => next(notFound('path', req.path)));
  return api;
}

/** Pixels and prepared metadata are compressed already; a stream of events must not wait in a buffer. */
function compressed() {
  const compress = compression({
    filter: (req, res) =>
      res.getHeader('Content-Type') !== 'text/event-stream; charset=utf-8' && compression.filter(req, res),
  });
  return (req: Request, res: Response, next: NextFunction): void => {
    if (req.path.startsWith('/dicom-web')) next();
    else void compress(req, res, next);
  };
}

function requestId(req: Request, res: Response, next: NextFunction): void {
  req.requestId = randomUUID();
  res.setHeader('X-Request-Id', req.requestId);
  next();
}

function securityHeaders() {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'", 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"], // antd writes its styles at run time
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'self'"],
        frameSrc: ["'self'", 'blob:'],
        frameAncestors: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    strictTransportSecurity: { maxAge: 31_536_000 },
  });
}

/** Who calls: bearer token or session cookie. Nobody stays PUBLIC and is refused by each endpoint. */
function identify(ctx: Context) {
  const recent = new RecentActors();
  return async (req: Request, _res: Response, next: NextFunction): Promise<void> => {
    const bearer = /^Bearer ([\w.~+/-]{10,200}=*)$/.exec(req.header('authorization') ?? '')?.[1];
    const cookie = readCookie(req, COOKIE);
    const address = req.ip ?? '';
    // An opened share reads its images, nowhere else does its cookie count.
    const shared =
      !bearer && !cookie && req.baseUrl === '/dicom-web' && req.method === 'GET'
        ? readCookie(req, SHARE_COOKIE)
        : undefined;
    const follows = req.method === 'GET' && FOLLOWING.test(req.originalUrl);
    const secret = bearer ?? cookie;
    const find = () =>
      bearer ? actorOfToken(ctx, bearer, address) : actorOfSession(ctx, cookie ?? '', address);
    const actor =
      secret !== undefined
        ? await recent.of(secret, follows, find)
        : shared
          ? (await shareOfToken(ctx, shared, address))?.actor
          : undefined;
    req.actor = {
      ...(actor ?? PUBLIC),
      address,
      userAgent: (req.header('user-agent') ?? '').slice(0, 300),
      ...(req.requestId && { requestId: req.requestId }),
      // A preload that a page's head asks for cannot carry a header.
      ...(req.method === 'GET' &&
        (req.header('purpose') ?? req.query.purpose) === 'prefetch' && { ahead: true }),
    };
    next();
  };
}

/** Hundreds of these follow each other while a reader moves over a slide or a series. */
const FOLLOWING = /^\/(dicom-web\/|api\/pathology\/slides\/[\w-]{36}\/tiles\/)/;

/** CSRF: a write by cookie must come from a page of this host. */
function requireOrigin(ctx: Context) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    const safe = req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS';
    const origin = req.header('origin');
    const bearer = req.actor?.kind === 'machine';
    // Without a cookie and without an Origin it is no browser: there is no session to be ridden on.
    if (safe || bearer || (!origin && !req.header('cookie'))) return next();
    const allowed = [`http://${req.header('host')}`, `https://${req.header('host')}`, ctx.config.publicUrl];
    if (!origin || !allowed.includes(origin))
      return next(forbidden('a write by cookie needs the Origin of this host', 'foreign-origin'));
    next();
  };
}

/** Until a password that somebody else gave out is replaced, its session opens nothing but that change. */
function requireOwnPassword(req: Request, _res: Response, next: NextFunction): void {
  if (!req.actor?.mustChangePassword || /^\/api\/session(\/password)?$/.test(req.baseUrl + req.path))
    return next();
  next(new DomainError(403, 'password-change-required', 'change the password that you were given first'));
}

function probes(ctx: Context, app: Express): void {
  app.get('/healthz', (_req, res) => void res.json({ status: 'ok' }));
  app.get('/readyz', async (_req, res) => {
    const [database, store] = await Promise.allSettled([sql`select 1`.execute(ctx.db), ctx.objects.check()]);
    const ready = database.status === 'fulfilled' && store.status === 'fulfilled';
    res.status(ready ? 200 : 503).json({
      status: ready ? 'ready' : 'not ready',
      database: database.status === 'fulfilled',
      store: store.status === 'fulfilled',
    });
  });
}
