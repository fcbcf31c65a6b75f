import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSlide } from '../../../server/pathology/synthetic/makeSlide.ts';
import type { Client, TestHub } from '../../helpers/hub.ts';
import { startHub } from '../../helpers/hub.ts';
import { orderCase } from './caseOrder.ts';

let hub: TestHub;
let doctor: Client, nurse: Client, reader: Client, senior: Client, radiologist: Client;
beforeAll(async () => {
  hub = await startHub();
  [doctor, nurse, reader, senior, radiologist] = (await Promise.all(
    ['doctor1', 'nurse1', 'pathologist1', 'pathologist2', 'radiologist1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client, Client, Client];
});
afterAll(() => hub.close());

async function send(
  client: Client,
  path: string,
  method: string,
  body: Buffer | undefined,
  headers: Record<string, string>,
) {
  const response = await fetch(hub.url + path, {
    method,
    headers: { cookie: client.cookie, origin: hub.url, ...headers },
    ...(body ? { body: new Uint8Array(body) } : {}),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const json = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    body: json ? JSON.parse(bytes.toString()) : null,
  };
}

test('from the specimen jar to the signed synoptic report', async () => {
  const order = await orderCase(doctor, {
    clinicalInfo: '胃窦溃疡型肿物,胃癌根治术',
    specimens: [
      {
        site: '胃窦',
        laterality: 'none',
        procedure: '远端胃切除',
        fixationStartedAt: '2026-11-20T09:30:00+08:00',
        coldIschaemiaMinutes: 25,
      },
      { site: '第 6 组淋巴结', laterality: 'none' },
    ],
    clinical: { diagnosis: '胃癌' },
  });

  // reception: a jar of another case is noticed, then the case is accepted and numbered
  const wrong = await reader.post(`/api/pathology/cases/${order.id}/reception`, {
    outcome: 'accepted',
    containers: ['P2699999999A1'],
  });
  expect(wrong.status).toBe(422);
  const received = await reader.post(`/api/pathology/cases/${order.id}/reception`, { outcome: 'accepted' });
  expect(received.body).toMatchObject({ status: 'received' });
  expect(received.body.dueAt).toBeTruthy();
  const before = (await reader.get(`/api/pathology/cases/${order.id}`)).body;
  expect(before.pathologyNumber).toMatch(/^H\d{4}-00001$/);
  expect(before.specimens[1]).toMatchObject({
    letter: 'B',
    fixationStartedAt: null,
    coldIschaemiaMinutes: null,
  });
  expect(before.containers.every((jar: { holder: string }) => jar.holder === '唐若水')).toBe(true);

  // grossing, embedding, cutting, staining
  const gross = await reader.post(`/api/pathology/cases/${order.id}/gross`, {
    description: '远端胃切除标本,胃窦小弯见溃疡型肿物 4.5 cm × 3 cm。',
    blocks: [
      { specimen: 'A', tissue: '肿物最深处' },
      { specimen: 'A', tissue: '上切缘' },
      { specimen: 'B', tissue: '淋巴结 5 枚', pieces: 5 },
    ],
  });
  expect(gross.body.blocks.map(({ label }: { label: string }) => label)).toEqual(['A1', 'A2', 'B1']);
  const [a1] = gross.body.blocks;
  expect((await reader.post('/api/pathology/steps', { step: 'cut', barcodes: [a1.barcode] })).status).toBe(
    409,
  );
  const barcodes = gross.body.blocks.map(({ barcode }: { barcode: string }) => barcode);
  await reader.post('/api/pathology/steps', { step: 'embed', barcodes });
  const cut = await reader.post('/api/pathology/steps', { step: 'cut', barcodes: [a1.barcode] });
  const [glass] = cut.body.items[0].slides;
  expect(glass).toMatchObject({ label: 'A1-1', stain: 'HE' });
  await reader.post('/api/pathology/steps', { step: 'stain', barcodes: [glass.barcode] });
  const toScan = await reader.get('/api/pathology/lists/to-scan');
  expect(toScan.body.items).toMatchObject([{ barcode: glass.barcode, orderId: order.id }]);

  // the slide arrives in parts over a line that breaks
  const bytes = await makeSlide({
    width: 3000,
    height: 2000,
    stain: 'HE',
    seed: 5,
    label: 'A1-1',
    barcode: glass.barcode,
  });
  const begun = await reader.post('/api/pathology/slides', {
    fileName: 'A1-1.svs',
    fileSize: bytes.length,
    orderId: order.id,
  });
  expect(begun.status).toBe(201);
  const slidePath = `/api/pathology/slides/${begun.body.id}`;
  const half = Math.floor(bytes.length / 2);
  const part = (from: number, to: number) =>
    send(reader, slidePath, 'PATCH', bytes.subarray(from, to), {
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(from),
    });
  expect((await part(0, half)).body).toMatchObject({ offset: half, state: 'uploading' });
  expect(await part(0, half)).toMatchObject({ status: 409, body: { type: 'wrong-offset', offset: half } });
  expect((await send(reader, slidePath, 'HEAD', undefined, {})).headers.get('upload-offset')).toBe(
    String(half),
  );
  expect((await part(half, bytes.length)).body).toMatchObject({ state: 'ready' });
  const slide = (await reader.get(slidePath)).body;
  expect(slide).toMatchObject({
    width: 3000,
    height: 2000,
    micrometrePerPixel: 0.25,
    objectivePower: 40,
    stain: 'HE',
    synthetic: true,
  });
  expect(slide.levels[0]).toEqual({
    width: 3000,
    height: 2000,
    tileWidth: 256,
    tileHeight: 256,
    downsample: 1,
  });

  // tiles: right pixels, immutable, and only for those who see the case
  const tile = await send(reader, `${slidePath}/tiles/0/5/4`, 'GET', undefined, {});
  expect(tile.headers.get('cache-control')).toContain('immutable');
  expect((await sharp(tile.bytes).metadata()).width).toBe(256);
  const again = await send(reader, `${slidePath}/tiles/0/5/4`, 'GET', undefined, {
    'if-none-match': tile.headers.get('etag')!,
  });
  expect(again.status).toBe(304);
  expect((await reader.get(`${slidePath}/tiles/0/99/99`)).status).toBe(404);
  for (const path of [slidePath, `${slidePath}/tiles/0/5/4`, `${slidePath}/images/label`]) {
    expect((await radiologist.get(path)).status, path).toBe(404);
  }
  expect((await doctor.get(`${slidePath}/tiles/0/5/4`)).status).toBe(200);
  const label = await reader.get(`${slidePath}/images/label`);
  expect((await sharp(label.body).metadata()).width).toBe(400);
  const thumbnail = await reader.get(`${slidePath}/images/thumbnail`);
  expect((await sharp(thumbnail.body).metadata()).width).toBe(512);

  // the report: snapshot, immunohistochemistry, form; the form must be complete
  const snapshot = await reader.post(`${slidePath}/snapshots`, {
    x: 1200,
    y: 800,
    width: 800,
    height: 600,
    caption: '腺癌,HE ×20',
  });
  expect(snapshot.status).toBe(201);
  await reader.post(`/api/orders/${order.id}/claim`);
  const values = {
    procedure: 'distal',
    location: 'antrum',
    sizeCm: 4.5,
    histology: 'tubular',
    lauren: 'intestinal',
    grade: 'G2',
    invasion: 'T3',
    lymphovascular: 'present',
    perineural: 'absent',
    margins: 'negative',
    nodesExamined: 18,
    nodesPositive: 4,
    her2: '1',
  };
  const content = {
    findings: '肿瘤细胞呈腺管状排列,浸润至浆膜下。',
    impression: '(远端胃)中分化管状腺癌,浸润至浆膜下,淋巴结转移(4/18)。',
    positive: true,
    ihc: [{ marker: 'HER2', result: '1+', block: 'A1' }],
    images: [{ snapshotId: snapshot.body.id }],
    synoptic: { code: 'STOMACH', version: 1, values: { ...values, margins: '' } },
  };
  const saved = await reader.put(`/api/orders/${order.id}/report`, content, { 'if-match': '"0"' });
  expect(saved.status).toBe(200);
  const refused = await reader.post(`/api/orders/${order.id}/report/submit`);
  expect(refused.body).toMatchObject({ type: 'report-problems', errors: [{ code: 'synoptic-required' }] });
  await reader.put(
    `/api/orders/${order.id}/report`,
    { ...content, synoptic: { code: 'STOMACH', version: 1, values } },
    { 'if-match': '"1"' },
  );
  expect((await reader.post(`/api/orders/${order.id}/report/submit`)).body.status).toBe('preliminary');
  expect((await reader.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' })).status).toBe(403);
  const signed = await senior.post(`/api/orders/${order.id}/report/sign`, { pin: '246810' });
  expect(signed.body.status).toBe('final');
  const pdf = await doctor.get(`/api/orders/${order.id}/report.pdf`);
  expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-');
  expect((await doctor.post(`/api/orders/${order.id}/acknowledge`)).body.status).toBe('acknowledged');
  const manifest = (await hub.ctx.db.selectFrom('signedReport').select('manifest').executeTakeFirstOrThrow())
    .manifest as { inputs: { type: string; sha256?: string }[] };
  expect(manifest.inputs.find(({ type }) => type === 'slide-image')?.sha256).toMatch(/^[0-9a-f]{64}$/);

  // and it is found again by Chinese text
  // by its words, by a coded answer of the form (Lauren 肠型), by a stain
  for (const query of ['diagnosis=管状腺癌', 'site=胃窦', 'q=浆膜下', 'q=肠型', 'q=HER2 1+']) {
    expect(
      (await reader.get(`/api/pathology/archive?${query.replace('+', '%2B')}`)).body.items,
      query,
    ).toMatchObject([{ orderId: order.id }]);
  }
  expect((await reader.get('/api/pathology/archive?diagnosis=鳞状')).body.items).toEqual([]);
  expect((await nurse.get('/api/pathology/archive?q=浆膜下')).body.items).toHaveLength(1);
});
