import { afterAll, beforeAll, expect, test } from 'vitest';
import { verify } from '../../../../server/commands/verify.ts';
import { verifyReport } from '../../../../server/core/signature/verifyReport.ts';
import { startHub } from '../../../helpers/hub.ts';
import type { Client, TestHub } from '../../../helpers/hub.ts';
import { installed, run, write } from './signingTools.ts';

let hub: TestHub;
let writer: Client;
let verifier: Client;
let site: Client;
let orderId: string;
const pin = '246810';

beforeAll(async () => {
  hub = await startHub({ env: { HUB_ROLES: 'web' } });
  [writer, verifier, site] = [
    await hub.as('radiologist1'),
    await hub.as('radiologist2'),
    await hub.as('doctor1'),
  ];
  const made = await site.post('/api/orders', {
    center: 'imaging',
    items: [{ code: 'DR-CHEST' }],
    priority: 'routine',
    patient: {
      name: '陈𠮷玘',
      sex: 'M',
      birthDate: '1969-03-08',
      identifiers: [{ type: 'mrn', value: 'S1' }],
    },
    remoteConsent: { by: '陈𠮷玘', at: new Date().toISOString() },
    clinicalInfo: '咳嗽 2 周',
  });
  expect(made.status).toBe(201);
  orderId = (made.body as { id: string }).id;
  // Images arrive by DICOM elsewhere; here the case is simply there.
  await hub.ctx.db
    .updateTable('orders')
    .set({ status: 'received', receivedAt: hub.clock.now() })
    .where('id', '=', orderId)
    .execute();
  const saved = await writer.put(
    `/api/orders/${orderId}/report`,
    { findings: '右肺下野见斑片状密度增高影。', impression: '右肺下叶炎症可能。', positive: true },
    { 'if-match': '"0"' },
  );
  expect(saved.status).toBe(200);
  expect((await writer.post(`/api/orders/${orderId}/report/submit`)).status).toBe(200);
});
afterAll(() => hub.close());

const pdfOf = async (client: Client, number?: number): Promise<Buffer> => {
  const answer = await client.get(`/api/orders/${orderId}/report.pdf${number ? `?number=${number}` : ''}`);
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  return answer.body as Buffer;
};

test('a wrong PIN signs nothing', async () => {
  const answer = await verifier.post(`/api/orders/${orderId}/report/sign`, { pin: '135791' });
  expect(answer).toMatchObject({ status: 403, body: { type: 'wrong-pin' } });
  expect((await site.get(`/api/orders/${orderId}/report.pdf`)).status).toBe(404);
});

test('the second reader signs: the site gets a PDF that the hub, hub verify and pdfsig find valid', async () => {
  const signed = await verifier.post(`/api/orders/${orderId}/report/sign`, { pin });
  expect(signed).toMatchObject({ status: 200, body: { status: 'final' } });
  const pdf = await pdfOf(site);
  expect(await verifyReport(hub.ctx, pdf)).toMatchObject({
    valid: true,
    faults: [],
    known: true,
    state: 'valid',
  });
  const file = write('report.pdf', pdf);
  expect(await verify([file], { DATA_DIR: hub.ctx.config.dataDir }, () => undefined)).toBe(0);
  if (installed('pdfsig', '-v')) expect(run('pdfsig', file).output).toContain('Total document signed');
  if (installed('pdftotext', '-v')) {
    const text = run('pdftotext', '-layout', file, '-').output;
    for (const words of ['陈𠮷玘', '柳河镇卫生院', '青禾县人民医院', '右肺下叶炎症可能。'])
      expect(text).toContain(words);
  }
});

test('a correction is a new signed version; the old file stays valid as signed, its state is corrected', async () => {
  const old = await pdfOf(site);
  const corrected = await verifier.post(`/api/orders/${orderId}/report/correct`, {
    pin,
    reason: '左右误写',
    content: { findings: '左肺下野见斑片状密度增高影。', impression: '左肺下叶炎症可能。', positive: true },
  });
  expect(corrected.status).toBe(200);
  const fresh = await pdfOf(site);
  expect(fresh.equals(old)).toBe(false);
  expect(await verifyReport(hub.ctx, fresh)).toMatchObject({ valid: true, state: 'valid' });
  expect(await verifyReport(hub.ctx, old)).toMatchObject({ valid: true, known: true, state: 'corrected' });
});

test('the page behind the QR code tells issuer, state and hash, never a name', async () => {
  const rows = await hub.ctx.db
    .selectFrom('signedReport')
    .select(['verifyCode', 'pdfSha256', 'number'])
    .where('orderId', '=', orderId)
    .orderBy('number')
    .execute();
  const page = async (code: string) => (await fetch(`${hub.url}/verify/${code}`)).text();
  const [first, second] = [await page(rows[0]!.verifyCode), await page(rows[1]!.verifyCode)];
  expect(first).toContain('已更正');
  expect(second).toContain('有效');
  expect(second).toContain(rows[1]!.pdfSha256);
  expect(second).toContain('青禾县人民医院');
  expect(first + second).not.toContain('陈');
});

test('a void version is stamped and known as void', async () => {
  const answer = await verifier.post(`/api/orders/${orderId}/report/void`, { pin, reason: '患者错误' });
  expect(answer.status).toBe(200);
  const pdf = await pdfOf(site);
  expect(await verifyReport(hub.ctx, pdf)).toMatchObject({ valid: true, state: 'void' });
  if (installed('pdftotext', '-v'))
    expect(run('pdftotext', write('void.pdf', pdf), '-').output).toContain('作废');
});
