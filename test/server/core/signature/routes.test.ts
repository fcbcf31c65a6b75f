import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSigner } from '../../../../server/core/signature/loadSigner.ts';
import { readRevocationList } from '../../../../server/core/signature/revocationList.ts';
import { signPdf } from '../../../../server/core/signature/signPdf.ts';
import { startHub } from '../../../helpers/hub.ts';
import type { TestHub } from '../../../helpers/hub.ts';
import { plainPdf } from './signingTools.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
});
afterAll(() => hub.close());

const staff = async (username: string) =>
  hub.ctx.db
    .selectFrom('staff')
    .select(['id', 'name', 'institutionId'])
    .where('username', '=', username)
    .executeTakeFirstOrThrow();

test('a reader sees his certificate, changes his PIN, and is not told anything of the key', async () => {
  const reader = await hub.as('radiologist2');
  const state = await reader.get('/api/signature/me');
  expect(state.body).toMatchObject({ enrolled: true, lockedUntil: null, revokedAt: null });
  expect(Object.keys(state.body as object)).not.toContain('sealedKey');
  expect((await reader.post('/api/signature/enrol', { pin: '246810' })).status).toBe(409);
  expect((await reader.post('/api/signature/pin', { pin: '135791', newPin: '900817' })).body).toMatchObject({
    type: 'wrong-pin',
    attemptsLeft: 4,
  });
  expect((await reader.post('/api/signature/pin', { pin: '246810', newPin: '900817' })).status).toBe(200);
  expect(
    (await reader.post('/api/signature/pin/reset', { password: 'Demo-2026!', newPin: '246810' })).status,
  ).toBe(200);
});

test('anybody may fetch the root certificate and the revocation lists', async () => {
  const root = new X509Certificate(
    Buffer.from(await (await fetch(`${hub.url}/api/signature/root.pem`)).arrayBuffer()),
  );
  expect(root.subject).toContain('青禾县人民医院');
  for (const name of ['issuing.crl', 'root.crl']) {
    const answer = await fetch(`${hub.url}/api/signature/lists/${name}`);
    expect(answer.headers.get('content-type')).toContain('application/pkix-crl');
    expect(readRevocationList(Buffer.from(await answer.arrayBuffer())).nextUpdate > new Date()).toBe(true);
  }
});

test('a file sent for verification is judged', async () => {
  const person = await staff('radiologist1');
  const signer = await loadSigner(hub.ctx, { kind: 'staff', ...person, roles: [], verbs: [] }, '246810');
  const pdf = await signPdf(await plainPdf(), signer, { signedAt: hub.clock.now() });
  const client = await hub.as('doctor1');
  const judge = async (body: Buffer) => {
    const answer = await fetch(`${hub.url}/api/signature/verify`, {
      method: 'POST',
      headers: { cookie: client.cookie, origin: hub.url, 'content-type': 'application/pdf' },
      body: new Uint8Array(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  expect(await judge(pdf)).toMatchObject({ valid: true, known: false, signer: { name: person.name } });
  expect(await judge(pdf.subarray(0, 2_000))).toMatchObject({ valid: false });
  expect(
    (await fetch(`${hub.url}/api/signature/verify`, { method: 'POST', headers: { origin: hub.url } })).status,
  ).toBe(401);
});

test('an administrator revokes the certificate of somebody who left; a reader may not', async () => {
  const { id } = await staff('cardiologist2');
  expect(
    (await (await hub.as('radiologist1')).post('/api/signature/revoke', { staffId: id, reason: 'left' }))
      .status,
  ).toBe(403);
  const admin = await hub.as('admin1');
  expect((await admin.post('/api/signature/revoke', { staffId: id, reason: 'left' })).body).toMatchObject({
    enrolled: false,
  });
  expect((await admin.post('/api/signature/revoke', { staffId: id, reason: 'left' })).status).toBe(404);
});
