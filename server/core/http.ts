import type { NextFunction, Request, Response, Router } from 'express';
import { z } from 'zod';
import { PUBLIC, requirePermission, type Actor } from './access/actor.ts';
import type { Permission } from './access/roles.ts';
import type { Context } from './context.ts';
import { badRequest, DomainError, tooLarge, unauthenticated } from './errors.ts';
import { fieldErrors } from './fieldErrors.ts';

declare module 'express-serve-static-core' {
  interface Request {
    actor?: Actor;
    requestId?: string;
  }
}

/** Who may call a path: everybody, anybody signed in, or holders of one of the permissions (the operation checks where). */
export type Access = 'public' | 'signed-in' | Permission | Permission[];

export interface EndpointDescription {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express 5 path below /api, e.g. `/orders/:id`. */
  path: string;
  summary: string;
  access: Access;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Media types of a body that is taken as raw bytes, beside or instead of JSON. */
  bodyMedia?: readonly string[];
  /** Shape of the JSON answer for OpenAPI; the tests hold every real answer against it. */
  answer?: z.ZodType;
  /** Media types of an answer that is no JSON: files and streams. */
  answerMedia?: readonly string[];
  /** Success status, 200 unless told. */
  status?: number;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface Call<D extends EndpointDescription> {
  actor: Actor;
  params: D['params'] extends z.ZodType ? z.output<D['params']> : Record<string, string>;
  query: Parsed<D['query']>;
  body: Parsed<D['body']>;
  req: Request;
  res: Response;
}

/** Every endpoint of the process, for OpenAPI and the route × role matrix. */
export const endpoints: EndpointDescription[] = [];

/**
 * Adds one endpoint: validates, checks that the caller holds the permission anywhere at all, calls `handler` and sends
 * what it returns as JSON. A handler that has answered by itself (streams, files) returns undefined.
 */
export function endpoint<const D extends EndpointDescription>(
  router: Router,
  description: D,
  handler: (call: Call<D>) => Promise<unknown>,
): void {
  if (!endpoints.some((known) => known.method === description.method && known.path === description.path))
    endpoints.push(description);
  router[description.method](description.path, async (req: Request, res: Response, next: NextFunction) => {
    try {
      const actor = req.actor ?? PUBLIC;
      checkAccess(actor, description.access);
      const params = parse(description.params, req.params, 'path');
      const query = parse(description.query, req.query, 'query');
      const body = parse(description.body, req.body, 'body');
      const answer = await handler({ actor, params, query, body, req, res } as Call<D>);
      if (answer === undefined) {
        if (!res.headersSent && !res.writableEnded) res.status(204).end();
        return;
      }
      // Patients' data stay on no office PC, and an answer from its cache would show a state that has passed.
      if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', 'no-store');
      res.status(description.status ?? 200).json(answer);
    } catch (error) {
      next(error);
    }
  });
}

function checkAccess(actor: Actor, access: Access): void {
  if (access === 'public') return;
  if (actor.kind === 'public') throw unauthenticated();
  if (access === 'signed-in') return;
  const wanted = Array.isArray(access) ? access : [access];
  let refusal: unknown;
  for (const permission of wanted) {
    try {
      requirePermission(actor, permission);
      return;
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return where === 'path' ? value : undefined;
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const errors = fieldErrors(result.error.issues);
  throw new DomainError(
    where === 'body' ? 422 : 400,
    'invalid',
    `the ${where} is not valid: ${errors.map((e) => `${e.path} ${e.message}`).join('; ')}`,
    { errors },
  );
}

/** Translates errors to application/problem+json (RFC 9457), once for all of HTTP. */
export function problemHandler(ctx: Pick<Context, 'log'>) {
  return (error: unknown, req: Request, res: Response, next: NextFunction): void => {
    if (res.headersSent) return next(error);
    const problem = toProblem(error);
    if (problem.status >= 500)
      ctx.log.error({ err: error, requestId: req.requestId, path: req.path }, 'request failed');
    res.status(problem.status).type('application/problem+json');
    if (problem.status === 503) res.setHeader('Retry-After', '2');
    const instance = req.requestId ? `urn:request:${req.requestId}` : req.originalUrl;
    res.send(JSON.stringify({ ...problemBody(problem), instance }));
  };
}

/** A refusal as RFC 9457 writes it; also inside the answer to an act on many, where one of them is refused. */
export const problemBody = (problem: DomainError) => ({
  ...publicExtra(problem.extra),
  type: problem.type,
  title: problem.type.replace(/-/g, ' '),
  status: problem.status,
  detail: problem.message,
  errors: problem.errors.map((fault) => ({ message: problem.message, ...fault })),
});

/** Members beside the standard ones; an order's status may not stand where RFC 9457 has the HTTP status. */
function publicExtra({ status, ...extra }: Record<string, unknown>): Record<string, unknown> {
  return status === undefined ? extra : { ...extra, orderStatus: status };
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '53300',
]);

/** What PostgreSQL says of a value that does not fit its type: the caller's fault. */
const BAD_VALUE_CODES = new Set(['22P02', '22P05', '22003', '22007', '22008', '22021']);

/** The limit that a body parser enforced, as people say it. */
function limitOf(error: Error): string | undefined {
  const bytes = 'limit' in error ? Number(error.limit) : NaN;
  return Number.isFinite(bytes) ? `${Number((bytes / 1024 ** 2).toFixed(1))} MB` : undefined;
}

/** Any error as a domain error; a lost database or store is 503, a client's broken body 4xx, the rest 500. */
export function toProblem(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof Error) {
    const code = 'code' in error ? String(error.code) : '';
    if (
      CONNECTION_CODES.has(code) ||
      /timeout exceeded when trying to connect|Connection terminated/.test(error.message)
    )
      return new DomainError(503, 'unavailable', 'the database cannot be reached; try again', {
        cause: error,
      });
    if (BAD_VALUE_CODES.has(code)) return badRequest('a value has the wrong form');
    if (code === '23503')
      return new DomainError(422, 'unknown-reference', 'something named here does not exist', {
        cause: error,
      });
    const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
    if (status === 413) return tooLarge(error.message, limitOf(error));
    if (status >= 400 && status < 500) return new DomainError(status, 'bad-request', error.message);
    return new DomainError(
      500,
      'internal',
      'something went wrong on the server; give the reference number to the administrator',
      { cause: error },
    );
  }
  return new DomainError(500, 'internal', 'something went wrong on the server', { cause: error });
}

export const idParams = z.object({ id: z.uuid() });
/** A page of a list: opaque cursor and a bounded limit. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** A change of some fields: each may be left out, not all of them. */
export const someOf = <T extends z.ZodRawShape>(fields: z.ZodObject<T>) =>
  fields.partial().refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'nothing to change',
    params: { code: 'nothing-to-change' },
  });

export const encodeCursor = (key: unknown[]): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');
export function decodeCursor(cursor: string | undefined, length: number): string[] | undefined {
  if (!cursor) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === length && key.every((part) => typeof part === 'string'))
      return key;
  } catch {
    // falls through: a cursor that is not ours
  }
  throw badRequest('the cursor is not one of this list; start again without it');
}
