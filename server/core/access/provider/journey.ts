import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { isSecure, readCookie } from '../sessionCookie.ts';

const JOURNEY = 'hub_sign_in';
const PATH = '/api/session/provider';
const MINUTES = 10;
/** Browsers keep no cookie above 4096 bytes. */
const MOST_BYTES = 3_800;

const journey = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('away'),
    until: z.number(),
    from: z.string(),
    departure: z.object({ state: z.string(), nonce: z.string(), verifier: z.string() }),
  }),
  z.object({
    step: z.literal('second-factor'),
    until: z.number(),
    account: z.object({
      issuer: z.string(),
      subject: z.string(),
      account: z.string().nullable(),
      name: z.string().nullable(),
      secondFactor: z.boolean(),
      idToken: z.string().exactOptional(),
    }),
  }),
]);
export type Journey = z.output<typeof journey>;
type Unfinished<J> = J extends unknown ? Omit<J, 'until'> : never;

/**
 * Where a sign-in by the provider stands, sealed in a cookie of this browser: who brings the provider's answer must be
 * who was sent there. It is lax because the browser comes back from another site; it opens nothing by itself.
 */
export function keepJourney(
  ctx: Pick<Context, 'config' | 'keys' | 'clock'>,
  req: Request,
  res: Response,
  state: Unfinished<Journey>,
): void {
  const until = ctx.clock.now().getTime() + MINUTES * 60_000;
  let sealed = ctx.keys.encrypt(JSON.stringify({ ...state, until }));
  // A long ID token is left out; the provider then asks at sign-out whose session is to end.
  if (sealed.length > MOST_BYTES && state.step === 'second-factor') {
    const { idToken: _, ...account } = state.account;
    sealed = ctx.keys.encrypt(JSON.stringify({ ...state, account, until }));
  }
  res.cookie(JOURNEY, sealed, { ...attributes(ctx, req), maxAge: MINUTES * 60_000 });
}

/** What stands at a step in this browser; undefined when it is over, another's, or was never begun. */
export function readJourney<S extends Journey['step']>(
  ctx: Pick<Context, 'keys' | 'clock'>,
  req: Request,
  step: S,
): Extract<Journey, { step: S }> | undefined {
  const sealed = readCookie(req, JOURNEY);
  if (!sealed) return undefined;
  let plain: unknown;
  try {
    plain = JSON.parse(ctx.keys.decrypt(sealed));
  } catch {
    return undefined; // altered, or sealed with a key that is gone: as good as none
  }
  const read = journey.safeParse(plain);
  if (!read.success || read.data.step !== step || read.data.until < ctx.clock.now().getTime())
    return undefined;
  return read.data as Extract<Journey, { step: S }>;
}

export function endJourney(ctx: Pick<Context, 'config'>, req: Request, res: Response): void {
  res.cookie(JOURNEY, '', { ...attributes(ctx, req), maxAge: 0 });
}

const attributes = (ctx: Pick<Context, 'config'>, req: Request) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  path: PATH,
  secure: isSecure(ctx, req),
});

/** A path of this site, whatever was asked for. */
export function safePath(from: string | undefined): string {
  if (!from?.startsWith('/')) return '/';
  const here = 'http://hub.invalid';
  try {
    const url = new URL(from, here);
    return url.origin === here ? url.pathname + url.search + url.hash : '/';
  } catch {
    return '/';
  }
}
