import type { Request, Response } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  endJourney,
  keepJourney,
  readJourney,
  safePath,
} from '../../../../../server/core/access/provider/journey.ts';
import { createContext, type TestContext } from '../../../../helpers/hub.ts';

let hub: TestContext;
let other: TestContext;
beforeAll(async () => {
  [hub, other] = await Promise.all([
    createContext(),
    createContext({ env: { PUBLIC_URL: 'https://hub.example' } }),
  ]);
});
afterAll(() => Promise.all([hub?.close(), other?.close()]));

const departure = { state: 's', nonce: 'n', verifier: 'v' };
const account = { issuer: 'i', subject: 's', account: 'a', name: null, secondFactor: false };
interface Cookie {
  name: string;
  value: string;
  options: Record<string, unknown>;
}
/** The cookie that a browser would keep. */
function kept(work: (req: Request, res: Response) => void): Cookie {
  const cookies: Cookie[] = [];
  const res = { cookie: (name: string, value: string, options: object) => cookies.push({ name, value, options: { ...options } }) };
  work({ secure: false } as Request, res as unknown as Response);
  return cookies[0] as Cookie;
} // prettier-ignore
const away = (ctx = hub.ctx) =>
  kept((req, res) => keepJourney(ctx, req, res, { step: 'away', from: '/orders', departure }));
const read = (value: string, step: 'away' | 'second-factor' = 'away', ctx = hub.ctx) =>
  readJourney(ctx, { header: () => `hub_sign_in=${value}` } as unknown as Request, step);

describe('a journey to the provider', () => {
  test('stands sealed in a cookie for its own path, which no script reads; TLS only where there is TLS', () => {
    const { name, value, options } = away();
    expect([name, options]).toEqual([
      'hub_sign_in',
      { httpOnly: true, sameSite: 'lax', path: '/api/session/provider', secure: false, maxAge: 600_000 },
    ]);
    expect(Buffer.from(value, 'base64url').toString()).not.toContain('verifier');
    expect(away(other.ctx).options).toMatchObject({ secure: true });
  });

  test('is read as it was kept, at its own step', () => {
    const { value } = away();
    expect(read(value)).toMatchObject({ step: 'away', from: '/orders', departure });
    expect(read(value, 'second-factor'), 'the first step is not the second').toBeUndefined();
  });

  test('is none when altered, of another hub, empty, or over', () => {
    const { value } = away();
    const middle = Math.floor(value.length / 2);
    const altered = value.slice(0, middle) + (value[middle] === 'A' ? 'B' : 'A') + value.slice(middle + 1);
    for (const wrong of [altered, '', 'x', away(other.ctx).value]) expect(read(wrong), wrong).toBeUndefined();
    hub.clock.advance(9);
    expect(read(value)).toBeDefined();
    hub.clock.advance(2);
    expect(read(value), 'after ten minutes').toBeUndefined();
  });

  test('of other content, though sealed by this hub, is none', () => {
    for (const plain of ['no json', '7', '{}', '{"step":"away","until":9e15}', '{"step":"home"}'])
      expect(read(hub.ctx.keys.encrypt(plain)), plain).toBeUndefined();
  });

  test('ends: the browser is told to forget it', () => {
    const { value, options } = kept((req, res) => endJourney(hub.ctx, req, res));
    expect([value, options.maxAge, options.path]).toEqual(['', 0, '/api/session/provider']);
  });

  test('keeps the provider’s token while it fits into a cookie, and goes without where it does not', () => {
    const second = (idToken: string) =>
      kept((req, res) =>
        keepJourney(hub.ctx, req, res, { step: 'second-factor', account: { ...account, idToken } }),
      ).value;
    expect(read(second('t'.repeat(500)), 'second-factor')).toEqual(
      expect.objectContaining({ account: { ...account, idToken: 't'.repeat(500) } }),
    );
    const long = second('t'.repeat(5_000));
    expect(long.length).toBeLessThan(3_800);
    expect(read(long, 'second-factor')).toEqual(expect.objectContaining({ account }));
  });
});

test.each([
  [undefined, '/'],
  ['', '/'],
  ['/', '/'],
  ['/orders?status=final#top', '/orders?status=final#top'],
  ['/a/../b', '/b'],
  ['orders', '/'],
  ['https://evil.example/', '/'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['/\t/evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/%2F%2Fevil.example', '/%2F%2Fevil.example'],
])('after signing in %s leads to %s', (from, to) => {
  expect(safePath(from)).toBe(to);
});
