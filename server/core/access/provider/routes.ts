import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { recordAudit } from '../../audit/recordAudit.ts';
import type { Context } from '../../context.ts';
import { baseUrl } from '../../config.ts';
import { DomainError, notFound } from '../../errors.ts';
import { endpoint } from '../../http.ts';
import { PUBLIC } from '../actor.ts';
import { methodsAnswer, sessionAnswer } from '../answers.ts';
import { describePerson } from '../describePerson.ts';
import { isIdledOut } from '../identify.ts';
import { COOKIE, readCookie, setSessionCookie } from '../sessionCookie.ts';
import type { IdentityProvider } from './identityProvider.ts';
import { endJourney, keepJourney, readJourney, safePath } from './journey.ts';
import { finishByCode, signInByProvider } from './signInByProvider.ts';

/** Why a sign-in at the provider came to nothing, as the sign-in page says it. */
const REASONS = new Map([
  ['unavailable', 'unreachable'],
  ['provider-refused', 'refused'],
  ['provider-not-proved', 'not-proved'],
  ['provider-unlinked', 'unlinked'],
  ['account-inactive', 'inactive'],
]);

/** Signing in at the county's identity provider: there, back, and the second factor where it is asked here. */
export function providerRoutes(ctx: Context, router: Router, provider: IdentityProvider | undefined): void {
  const configured = () => {
    if (!provider) throw notFound('identity provider');
    return provider;
  };
  endpoint(
    router,
    {
      method: 'get',
      path: '/session/methods',
      summary: 'How one can sign in beside the password',
      access: 'public',
      answer: methodsAnswer,
    },
    () =>
      Promise.resolve({
        provider: ctx.config.oidc
          ? { label: ctx.config.oidc.label ?? null, href: `${baseUrl(ctx.config)}/api/session/provider` }
          : null,
      }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/session/provider',
      summary: 'Go to the identity provider to sign in',
      access: 'public',
      query: z.object({ from: z.string().max(2000).optional() }),
      status: 303,
    },
    async ({ query, req, res }) => {
      const from = safePath(query.from);
      try {
        // At a PC whose session idled out, whoever sits there now is asked by the provider too.
        const again = await isIdledOut(ctx, readCookie(req, COOKIE));
        const { url, departure } = await configured().depart({ again });
        keepJourney(ctx, req, res, { step: 'away', from, departure });
        redirect(res, url.href);
      } catch (error) {
        toSignInPage(ctx, res, reasonOf(error), from);
      }
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/session/provider/callback',
      summary: 'Come back from the identity provider',
      access: 'public',
      status: 303,
    },
    async ({ req, res }) => {
      const home = configured();
      const journey = readJourney(ctx, req, 'away');
      endJourney(ctx, req, res);
      if (!journey) {
        await denied(ctx, req, 'expired');
        return toSignInPage(ctx, res, 'expired');
      }
      try {
        const account = await home.arrive(
          new URL(req.originalUrl, 'http://hub.invalid').search,
          journey.departure,
        );
        const opened = await signInByProvider(ctx, account, callerOf(req));
        if (opened === 'second-factor') {
          keepJourney(ctx, req, res, { step: 'second-factor', account });
          return toSignInPage(ctx, res, 'second-factor', journey.from);
        }
        setSessionCookie(ctx, req, res, opened.token);
        redirect(res, baseUrl(ctx.config) + journey.from);
      } catch (error) {
        const reason = reasonOf(error);
        if (reason !== 'unlinked' && reason !== 'inactive') await denied(ctx, req, reason, error);
        toSignInPage(ctx, res, reason, journey.from);
      }
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/session/provider',
      summary: 'The one-time code after the identity provider',
      access: 'public',
      answer: sessionAnswer,
      body: z.object({ otp: z.string().min(1).max(20) }),
    },
    async ({ body, req, res }) => {
      configured();
      const journey = readJourney(ctx, req, 'second-factor');
      if (!journey) throw new DomainError(401, 'sign-in-expired', 'begin at the identity provider again');
      const opened = await finishByCode(ctx, journey.account, body.otp, callerOf(req));
      endJourney(ctx, req, res);
      setSessionCookie(ctx, req, res, opened.token);
      return describePerson(ctx, opened.staffId, false);
    },
  );
}

const callerOf = (req: Request) => ({ address: req.ip ?? '', userAgent: req.header('user-agent') ?? '' });

function redirect(res: Response, url: string): void {
  res.setHeader('Cache-Control', 'no-store');
  res.redirect(303, url);
}

function toSignInPage(ctx: Pick<Context, 'config'>, res: Response, reason: string, from = '/'): void {
  const query = new URLSearchParams({ provider: reason, ...(from !== '/' && { from }) });
  redirect(res, `${baseUrl(ctx.config)}/login?${query.toString()}`);
}

function reasonOf(error: unknown): string {
  const reason = error instanceof DomainError ? REASONS.get(error.type) : undefined;
  if (reason === undefined) throw error;
  return reason;
}

/** A way back that proves nobody: without a person, but with its cause. */
async function denied(ctx: Context, req: Request, reason: string, error?: unknown): Promise<void> {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
  await recordAudit(
    ctx.db,
    { ...PUBLIC, address: req.ip ?? '', ...(req.requestId && { requestId: req.requestId }) },
    {
      action: 'session.open',
      outcome: 'denied',
      subjectType: 'session',
      detail: { method: 'provider', reason, ...(cause && { cause: cause.slice(0, 200) }) },
    },
  );
}
