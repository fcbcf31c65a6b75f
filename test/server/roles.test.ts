import { once } from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../server/core/config.ts';
import { startRoles } from '../../server/roles.ts';
import { createContext, type TestContext } from '../helpers/hub.ts';

let context: TestContext;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-roles-'));
const file = (name: string) => path.join(folder, name);
beforeAll(async () => {
  context = await createContext();
});
afterAll(async () => {
  await context.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const start = (environment: Record<string, string>) => {
  const config = readConfig({ DATABASE_URL: 'postgres://in.use/by-helper', DATA_DIR: folder, PORT: '0', DIMSE_PORT: '0', MLLP_PORT: '0', ...environment }); // prettier-ignore
  return startRoles({ ...context.ctx, config });
};
const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve((socket.destroy(), true)));
    socket.once('error', () => resolve(false));
  });

describe('the roles of a process', () => {
  test.each([
    ['web', ['http']],
    ['worker', []],
    ['dimse', ['dimse']],
    ['hl7', ['mllp']],
    ['web,dimse,hl7,worker', ['dimse', 'http', 'mllp']],
  ])('%s open %j and nothing else; stopped, nothing listens', async (roles, services) => {
    const running = await start({ HUB_ROLES: roles });
    expect(Object.keys(running.addresses).sort()).toEqual(services);
    for (const port of Object.values(running.addresses)) expect(await listens(port)).toBe(true);
    await running.close();
    for (const port of Object.values(running.addresses)) expect(await listens(port)).toBe(false);
  });

  test('bring the services that were asked for by a port of their own', async () => {
    const running = await start({ HUB_ROLES: 'hl7', ASTM_PORT: '0', PRINTOUT_PORT: '0' });
    expect(Object.keys(running.addresses).sort()).toEqual(['astm', 'mllp', 'printOut']);
    await running.close();
  });

  test('whose port another program has are not started, and it is said which', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ HUB_ROLES: 'web', PORT: String(port) })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken: stop the other program or set PORT.`,
    );
    other.close();
  });

  test('end though a browser keeps its connection open', async () => {
    const running = await start({ HUB_ROLES: 'web' });
    const socket = net.connect(running.addresses.http ?? 0, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    const ended = once(socket, 'close');
    await running.close();
    await ended;
  });
});

describe.skipIf(spawnSync('openssl', ['version']).error !== undefined)('over TLS', () => {
  test('the pages are served by the certificate that was given', async () => {
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('key.pem'), '-out', file('cert.pem'), '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']); // prettier-ignore
    expect(made.status).toBe(0);
    const running = await start({ HUB_ROLES: 'web', TLS_CERT: file('cert.pem'), TLS_KEY: file('key.pem') });
    const answer = await new Promise<{ status: number | undefined; subject: string }>((resolve, reject) => {
      https
        .get({ host: '127.0.0.1', port: running.addresses.http, path: '/healthz', ca: fs.readFileSync(file('cert.pem')), agent: false }, (response) => {
          const { subject } = (response.socket as TLSSocket).getPeerCertificate();
          response.resume();
          response.on('end', () => resolve({ status: response.statusCode, subject: String(subject.CN) }));
        })
        .on('error', reject);
    }); // prettier-ignore
    expect(answer).toEqual({ status: 200, subject: 'localhost' });
    await running.close();
  });
});
