import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import Provider from 'oidc-provider';

export interface PeerAccount {
  preferred_username: string;
  name: string;
  /** What the provider says it asked beside the password. */
  amr?: string[];
}

export interface Peer {
  issuer: string;
  /** Accounts by subject; the login page takes the subject. */
  accounts: Map<string, PeerAccount>;
  /** No answer to anybody, then back at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export const CLIENT = { id: 'county-hub', secret: 'a secret of this test & nobody else' };

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An OpenID provider that others wrote (oidc-provider, certified) on a loopback port, for the hub at `hubUrl`. */
export async function startIdentityProvider(hubUrl: string): Promise<Peer> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const accounts = new Map<string, PeerAccount>();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${hubUrl}/api/session/provider/callback`],
        post_logout_redirect_uris: [`${hubUrl}/login`],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'peer' }] },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    cookies: { keys: ['of a test'] },
    claims: { openid: ['sub', 'amr'], profile: ['preferred_username', 'name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    findAccount: (_: unknown, subject: string) =>
      accounts.has(subject) && {
        accountId: subject,
        claims: () => ({ sub: subject, ...accounts.get(subject), amr: undefined }),
      },
    // Consent is no matter of a hospital's staff.
    async loadExistingGrant(ctx: { oidc: { session: { accountId: string } } }) {
      const grant = new provider.Grant({ clientId: CLIENT.id, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  const listener: http.RequestListener = (req, res) => {
    if (!req.url?.startsWith('/interaction/')) return answer(req, res);
    if (req.method === 'GET')
      return res
        .setHeader('content-type', 'text/html')
        .end('<form method="post"><input name="login" autofocus><button>Sign in</button></form>');
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    req.on('end', () => {
      const accountId = new URLSearchParams(body).get('login') ?? '';
      const amr = accounts.get(accountId)?.amr;
      const result = accounts.has(accountId)
        ? { login: { accountId, ...(amr && { amr }) } }
        : { error: 'access_denied', error_description: 'no such account' };
      provider.interactionFinished(req, res, result).catch((error: unknown) => {
        res.statusCode = 500;
        res.end(String(error));
      });
    });
  };
  let server: http.Server | undefined;
  const peer: Peer = {
    issuer,
    accounts,
    async start() {
      server = http.createServer(listener).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async stop() {
      server?.closeAllConnections();
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
      server = undefined;
    },
  };
  await peer.start();
  return peer;
}
