import type { Request, Response } from 'express';
import type { Context } from '../context.ts';

export const COOKIE = 'hub_session';

/** Gives the browser its session, or takes it back with `maxAgeMs` 0. */
export function setSessionCookie(
  ctx: Pick<Context, 'config'>,
  req: Request,
  res: Response,
  token: string,
  maxAgeMs?: number,
): void {
  res.cookie(COOKIE, token, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: isSecure(ctx, req),
    ...(maxAgeMs !== undefined && { maxAge: maxAgeMs }),
  });
}

/** Whether the browser speaks TLS with the hub or with the proxy in front of it. */
export const isSecure = (ctx: Pick<Context, 'config'>, req: Request): boolean =>
  Boolean(ctx.config.publicUrl?.startsWith('https:') || req.secure);

/** The value of a cookie of the request. */
export function readCookie(req: Request, name: string): string | undefined {
  for (const part of req.header('cookie')?.split(';') ?? []) {
    const [key, value] = part.trim().split('=');
    if (key === name && value) return value;
  }
  return undefined;
}
