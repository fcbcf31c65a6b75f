import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MllpClient } from '../../../integrations/hl7/outbound/client.ts';
import { startHl7, type Hl7Server } from '../../../integrations/hl7/start.ts';
import { frameMessage } from '../../../server/standards/hl7v2/frame.ts';
import { parseMessage } from '../../../server/standards/hl7v2/parse.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { code, orm, Peer, said } from './helpers.ts';

let folder: string;
let context: TestContext;
let hl7: Hl7Server;
const file = (name: string) => path.join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'hl7-tls-'));
  for (const name of ['hub', 'his', 'other'])
    execFileSync(
      'openssl',
      // prettier-ignore
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)],
      { stdio: 'ignore' },
    );
  context = await createContext({
    county: true,
    env: { TLS_CERT: file('hub.pem'), TLS_KEY: file('hub.key'), MLLP_TLS_PORT: '0' },
  });
  hl7 = await startHl7(context.ctx, { deliver: false });
});
afterAll(async () => {
  await hl7?.close();
  await context?.close();
  rmSync(folder, { recursive: true, force: true });
});

const line = (who?: string) =>
  Peer.over(
    tls.connect({
      port: hl7.tlsPort!,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ...(who && { cert: readFileSync(file(`${who}.pem`)), key: readFileSync(file(`${who}.key`)) }),
    }),
  );
const device = (sender: string) =>
  context.ctx.db.selectFrom('device').selectAll().where('hl7Sender', '=', sender).executeTakeFirstOrThrow();
const message = (placer: string) => orm({ sender: 'HIS|TLS', placer, items: ['ECG-12'] });

test('a sender that is admitted by its certificate is bound to it: no other certificate, no plain line', async () => {
  const his = await line('his');
  const first = await his.ask(message('TLS1'));
  expect(code(first)).toBe('AR');
  expect(said(first)).toMatch(/^MSH-3: sender HIS\|TLS/);
  const stranger = await device('HIS|TLS');
  expect(stranger.certificateFingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  const liuhe = await context.ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  await context.ctx.db
    .updateTable('device')
    .set({ state: 'admitted', institutionId: liuhe.id })
    .where('id', '=', stranger.id)
    .execute();
  await expect.poll(async () => code(await his.ask(message('TLS2'))), { timeout: 120_000 }).toBe('AA');
  his.close();

  for (const who of [undefined, 'other']) {
    const intruder = await line(who);
    expect(code(await intruder.ask(message('TLS3'))), who).toBe('AR');
    intruder.close();
  }
  const plain = await Peer.connect(hl7.port);
  expect(code(await plain.ask(message('TLS4')))).toBe('AR');
  plain.close();
  // As a person pastes it from a tool: lower case, no colons.
  await context.ctx.db
    .updateTable('device')
    .set({ certificateFingerprint: stranger.certificateFingerprint!.replaceAll(':', '').toLowerCase() })
    .where('id', '=', stranger.id)
    .execute();
  const again = await line('his');
  await expect.poll(async () => code(await again.ask(message('TLS5'))), { timeout: 120_000 }).toBe('AA');
  again.close();
  const orders = await context.ctx.db
    .selectFrom('orders')
    .select('placerOrderNumber')
    .where('placerOrderNumber', 'like', 'TLS%')
    .execute();
  expect(orders.map((row) => row.placerOrderNumber).sort()).toEqual(['TLS2', 'TLS5']);
});

test('openssl s_client speaks to it, and what is no TLS ends at the handshake', async () => {
  const client = spawn('openssl', [
    ...['s_client', '-quiet', '-connect', `127.0.0.1:${hl7.tlsPort!}`],
    ...['-cert', file('his.pem'), '-key', file('his.key')],
  ]);
  const answered = new Promise<string>((resolve) => {
    let heard = '';
    client.stdout.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.includes('\x1c\r')) resolve(heard);
    });
  });
  client.stdin.write(frameMessage(Buffer.from(message('TLS6'))));
  expect(await answered).toMatch(/\rMSA\|AA\|/);
  client.kill();

  const plain = await Peer.connect(hl7.tlsPort!);
  await expect(plain.ask(message('TLS7'))).rejects.toThrow('closed the connection');
});

test('the hub sends over TLS to a peer whose certificate is pinned, and to no other', async () => {
  const shown: string[] = [];
  const server = tls.createServer(
    {
      cert: readFileSync(file('his.pem')),
      key: readFileSync(file('his.key')),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket) => {
      shown.push(String(socket.getPeerCertificate().subject.CN));
      socket.on('data', () =>
        socket.write(frameMessage(Buffer.from('MSH|^~\\&|A|B|||2026||ACK|1|P|2.4\rMSA|AA|1\r'))),
      );
      socket.on('error', () => undefined);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const { fingerprint256 } = new (await import('node:crypto')).X509Certificate(readFileSync(file('his.pem')));
  const identity = { cert: readFileSync(file('hub.pem')), key: readFileSync(file('hub.key')) };
  const at = { host: '127.0.0.1', port, tls: true, timeoutMs: 10_000 };
  const pinned = new MllpClient({ ...at, pinned: fingerprint256, identity });
  const sending = await pinned.send(Buffer.from(message('OUT1')));
  expect(sending.kind === 'answered' && code(parseMessage(sending.bytes))).toBe('AA');
  expect(shown).toEqual(['hub']);
  pinned.close();
  const wrong = new MllpClient({ ...at, pinned: fingerprint256.replace(/^../, '00') });
  expect(await wrong.send(Buffer.from(message('OUT2')))).toMatchObject({ kind: 'unsent' });
  const unsigned = new MllpClient(at);
  expect(await unsigned.send(Buffer.from(message('OUT3')))).toMatchObject({ kind: 'unsent' });
  server.close();
});
