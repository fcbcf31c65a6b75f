import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** A provider that answers whatever a test wants, also what none should. */
export interface ForgingProvider {
  issuer: string;
  /** What came to the token endpoint. */
  asked: { authorization: string | undefined; form: URLSearchParams }[];
  /** Members of the description, over those that it has. */
  described: Json;
  /** Answers the next code. */
  token: (form: URLSearchParams) => { status: number; body: Json | string } | 'hang up';
  userinfo: Json;
  /** Claims as a right answer has them. */
  claims(nonce: string, more?: Json): Json;
  /** An ID token signed by the provider's own key. */
  signed(claims: Json, header?: Json): string;
  forged(claims: Json): string;
  unsigned(claims: Json): string;
  bySecret(claims: Json, secret: string): string;
  close(): Promise<void>;
}

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [own, foreign] = [pair(), pair()];
const part = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startForgingProvider(clientId: string): Promise<ForgingProvider> {
  const by = (key: KeyObject, claims: Json, header: Json = {}): string => {
    const head = `${part({ alg: 'RS256', kid: 'k1', ...header })}.${part(claims)}`;
    return `${head}.${sign('sha256', Buffer.from(head), key).toString('base64url')}`;
  };
  const server = http.createServer((request, response) => {
    const send = (status: number, body: Json | string) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    };
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname } = new URL(request.url ?? '/', provider.issuer);
      if (pathname === '/.well-known/openid-configuration')
        return send(200, {
          issuer: provider.issuer,
          authorization_endpoint: `${provider.issuer}/authorize`,
          token_endpoint: `${provider.issuer}/token`,
          jwks_uri: `${provider.issuer}/jwks`,
          userinfo_endpoint: `${provider.issuer}/me`,
          end_session_endpoint: `${provider.issuer}/end`,
          response_types_supported: ['code'],
          id_token_signing_alg_values_supported: ['RS256'],
          ...provider.described,
        });
      if (pathname === '/jwks')
        return send(200, {
          keys: [{ ...own.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'k1' }],
        });
      if (pathname === '/me') return send(200, provider.userinfo);
      if (pathname !== '/token') return send(404, {});
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      provider.asked.push({ authorization: request.headers.authorization, form });
      const answer = provider.token(form);
      if (answer === 'hang up') return void request.socket.destroy();
      send(answer.status, answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: ForgingProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    described: {},
    token: () => ({ status: 500, body: {} }),
    userinfo: {},
    claims: (nonce, more = {}) => {
      const now = Math.floor(Date.now() / 1000);
      return { iss: provider.issuer, sub: 's1', aud: clientId, iat: now, exp: now + 300, nonce, preferred_username: 'doctor1', ...more }; // prettier-ignore
    },
    signed: (claims, header) => by(own.privateKey, claims, header),
    forged: (claims) => by(foreign.privateKey, claims),
    unsigned: (claims) => `${part({ alg: 'none' })}.${part(claims)}.`,
    bySecret: (claims, secret) => {
      const head = `${part({ alg: 'HS256' })}.${part(claims)}`;
      return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return provider;
}
