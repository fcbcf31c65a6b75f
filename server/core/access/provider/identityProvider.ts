import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientAuth, Configuration } from 'openid-client';
import { baseUrl, isLoopback, type OidcConfig } from '../../config.ts';
import type { Context } from '../../context.ts';
import { DomainError, unavailable } from '../../errors.ts';

/** What the provider says of who signed in there. */
export interface ProviderAccount {
  issuer: string;
  subject: string;
  /** Account name by the configured claim. */
  account: string | null;
  name: string | null;
  /** The provider itself asked one of the configured second factors. */
  secondFactor: boolean;
  idToken?: string;
}

/** What a sign-in keeps in the browser between leaving for the provider and coming back. */
export interface Departure {
  state: string;
  nonce: string;
  verifier: string;
}

/** Older than this, what is known of the provider is asked anew before somebody is sent there. */
const FRESH_MS = 60_000;
const TIMEOUT_S = 5;
const CLOCK_TOLERANCE_S = 30;

/** Redirect address that the provider must know. */
export const callbackUrl = (ctx: Pick<Context, 'config'>): string =>
  `${baseUrl(ctx.config)}/api/session/provider/callback`;

/**
 * The county's identity provider, by OpenID Connect with authorization code and PKCE. Its description is fetched when
 * it is first needed, kept, and fetched anew before somebody is sent there, so that nobody is sent to a provider that
 * does not answer. Everything that fails for want of an answer throws 503 `unavailable`.
 */
export class IdentityProvider {
  private readonly ctx: Pick<Context, 'config' | 'log'>;
  private readonly settings: OidcConfig;
  private known: { configuration: Configuration; at: number } | undefined;
  private asking: Promise<Configuration> | undefined;

  constructor(ctx: Pick<Context, 'config' | 'log'>, settings: OidcConfig) {
    this.ctx = ctx;
    this.settings = settings;
  }

  /** Where to send the browser, and what it must bring back. `again` has the provider ask for the password anew. */
  async depart(options: { again: boolean }): Promise<{ url: URL; departure: Departure }> {
    const client = await import('openid-client');
    const configuration = await this.discover(FRESH_MS);
    const departure = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: callbackUrl(this.ctx),
      scope: this.settings.scopes.join(' '),
      state: departure.state,
      nonce: departure.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(departure.verifier),
      code_challenge_method: 'S256',
      ...(options.again && { prompt: 'login' }),
    });
    return { url, departure };
  }

  /**
   * Proves the answer with which a browser came back: state, issuer, code, signature, audience and nonce.
   * Throws 403 `provider-refused` (the provider or the person said no) and 403 `provider-not-proved`.
   */
  async arrive(query: string, departure: Departure): Promise<ProviderAccount> {
    const client = await import('openid-client');
    const configuration = await this.discover(Infinity);
    try {
      const tokens = await client.authorizationCodeGrant(
        configuration,
        new URL(callbackUrl(this.ctx) + query),
        {
          expectedState: departure.state,
          expectedNonce: departure.nonce,
          pkceCodeVerifier: departure.verifier,
          idTokenExpected: true,
        },
      );
      const claims = tokens.claims();
      if (!claims) throw new Error('no ID token');
      const more =
        claims[this.settings.accountClaim] === undefined && configuration.serverMetadata().userinfo_endpoint
          ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
          : {};
      const said: Record<string, unknown> = { ...more, ...claims };
      return {
        issuer: normalIssuer(claims.iss),
        subject: claims.sub,
        account: text(said[this.settings.accountClaim]),
        name: text(said.name),
        secondFactor: this.settings.secondFactor.some(
          (value) => claims.acr === value || (Array.isArray(claims.amr) && claims.amr.includes(value)),
        ),
        ...(tokens.id_token && { idToken: tokens.id_token }),
      };
    } catch (cause) {
      if (isAway(cause)) throw unavailable('the identity provider does not answer', cause);
      if (cause instanceof client.AuthorizationResponseError)
        throw new DomainError(403, 'provider-refused', `the identity provider refused: ${cause.error}`, {
          cause,
        });
      throw new DomainError(403, 'provider-not-proved', "the identity provider's answer is not proved", {
        cause,
      });
    }
  }

  /** Where the browser ends the session at the provider too; undefined when the provider has no such place. */
  async endSessionUrl(idToken: string | undefined): Promise<string | undefined> {
    const client = await import('openid-client');
    const configuration = await this.discover(FRESH_MS);
    if (!configuration.serverMetadata().end_session_endpoint) return undefined;
    return client.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: `${baseUrl(this.ctx.config)}/login`,
      ...(idToken && { id_token_hint: idToken }),
    }).href;
  }

  private async discover(maxAgeMs: number): Promise<Configuration> {
    if (this.known && performance.now() - this.known.at < maxAgeMs) return this.known.configuration;
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<Configuration> {
    for (let tries = 0; ; tries++) {
      try {
        const configuration = await describe(this.settings);
        this.known = { configuration, at: performance.now() };
        return configuration;
      } catch (cause) {
        if (tries > 0) {
          this.ctx.log.warn({ err: cause, issuer: this.settings.issuer }, 'identity provider');
          throw unavailable('the identity provider does not answer', cause);
        }
        await sleep(300);
      }
    }
  }
}

/** Reads the provider's description (OpenID Connect Discovery). */
async function describe({ issuer, clientId, clientSecret }: OidcConfig): Promise<Configuration> {
  const client = await import('openid-client');
  const server = new URL(issuer);
  // Without a word of the provider a client authenticates by client_secret_basic (OpenID Connect Discovery §3).
  const authenticate: ClientAuth = (metadata, ...rest) => {
    const methods = metadata.token_endpoint_auth_methods_supported;
    const by = !clientSecret
      ? client.None()
      : !methods || methods.includes('client_secret_basic')
        ? client.ClientSecretBasic(clientSecret)
        : client.ClientSecretPost(clientSecret);
    by(metadata, ...rest);
  };
  return client.discovery(
    server,
    clientId,
    {
      ...(clientSecret && { client_secret: clientSecret }),
      [client.clockTolerance]: CLOCK_TOLERANCE_S,
    },
    authenticate,
    {
      timeout: TIMEOUT_S,
      execute: [
        // The signature of the ID token is proved too, not only the connection that brought it.
        client.enableNonRepudiationChecks,
        ...(server.protocol === 'http:' && isLoopback(server.hostname) ? [client.allowInsecureRequests] : []),
      ],
    },
  );
}

/** Whether no answer came, or one of a server in trouble. */
function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  const answer = error.cause instanceof Response ? error.cause.status : 0;
  return (
    code === 'OAUTH_TIMEOUT' ||
    answer >= 500 ||
    (error instanceof TypeError && error.message === 'fetch failed')
  );
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : null;

/** Issuers are kept without a closing slash, which some configurations have and some have not. */
export const normalIssuer = (issuer: string): string => issuer.replace(/\/$/, '');
