import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import { createContext, type TestContext } from '../helpers/hub.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createContext({ county: true });
});
afterAll(() => context.close());

/** The address that the hub keeps of a session that a proxy on this machine passed on. */
async function addressSeen(trustedProxies: string[]): Promise<string> {
  const { ctx } = context;
  const server = createServer(createApp({ ...ctx, config: { ...ctx.config, trustedProxies } }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' },
      body: JSON.stringify({ username: 'doctor1', password: 'Demo-2026!' }),
    });
    expect(answer.status).toBe(200);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  const { address } = await ctx.db
    .selectFrom('session')
    .select('address')
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return address ?? '';
}

test('who called is what a trusted proxy says, and the proxy itself where it is not trusted', async () => {
  expect(await addressSeen(context.ctx.config.trustedProxies)).toBe('203.0.113.9');
  expect(await addressSeen(['uniquelocal'])).toBe('127.0.0.1');
});
