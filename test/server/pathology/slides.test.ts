import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import bwipjs from 'bwip-js/node';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machineActor } from '../../../server/core/access/actor.ts';
import { importSlide } from '../../../server/pathology/slides/importSlide.ts';
import { makeSlide } from '../../../server/pathology/synthetic/makeSlide.ts';
import type { Client, TestHub } from '../../helpers/hub.ts';
import { startHub } from '../../helpers/hub.ts';
import { orderCase } from './caseOrder.ts';
import { fixture } from './fixtures.ts';
import { writeDicomSlide } from './writeDicomSlide.ts';

let hub: TestHub;
let doctor: Client, reader: Client, senior: Client, nurse: Client, quality: Client;
let svs: Buffer;
beforeAll(async () => {
  hub = await startHub();
  [doctor, reader, senior, nurse, quality] = (await Promise.all(
    ['doctor1', 'pathologist1', 'pathologist2', 'nurse1', 'qa1'].map((name) => hub.as(name)),
  )) as [Client, Client, Client, Client, Client];
  svs = await makeSlide({ width: 1200, height: 900, stain: 'HE', seed: 4 });
});
afterAll(() => hub.close());

interface Sent {
  status: number;
  headers: Headers;
  bytes: Buffer;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers freely
  body: any;
}
async function send(
  client: Client,
  method: string,
  path: string,
  body?: Buffer,
  headers: Record<string, string> = {},
): Promise<Sent> {
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
const octets = { 'content-type': 'application/octet-stream' };
const whole = (client: Client, bytes: Buffer, fileName: string, more = '') =>
  send(
    client,
    'POST',
    `/api/pathology/slides?fileName=${encodeURIComponent(fileName)}${more}`,
    bytes,
    octets,
  );

describe('upload', () => {
  test('the file as the body', async () => {
    const { status, body } = await whole(reader, svs, 'a.svs');
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: 'ready', width: 1200, height: 900, orderId: null });
  });

  test('tus 1.0: create with metadata, ask, patch', async () => {
    const metadata = `filename ${Buffer.from('片 1.svs').toString('base64')}`;
    const created = await send(reader, 'POST', '/api/pathology/slides', undefined, {
      'tus-resumable': '1.0.0',
      'upload-length': String(svs.length),
      'upload-metadata': metadata,
    });
    expect(created.status).toBe(201);
    const location = created.headers.get('location')!;
    const patch = (offset: number, bytes: Buffer, client = reader) =>
      send(client, 'PATCH', location, bytes, {
        'tus-resumable': '1.0.0',
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      });
    expect((await patch(0, svs.subarray(0, 1000))).status).toBe(204);
    expect((await send(reader, 'HEAD', location)).headers.get('upload-offset')).toBe('1000');
    expect((await patch(500, svs.subarray(500))).status).toBe(409);
    expect((await patch(1000, Buffer.concat([svs.subarray(1000), Buffer.alloc(10)]))).status).toBe(413);
    expect((await patch(1000, svs.subarray(1000), senior)).status).toBe(403);
    const last = await patch(1000, svs.subarray(1000));
    expect(last.status).toBe(204);
    expect((await reader.get(location)).body).toMatchObject({ state: 'ready', fileName: '片 1.svs' });
    expect((await patch(svs.length, Buffer.alloc(1))).body.type).toBe('upload-ended');
  });

  test('a line that breaks keeps what was durable', async () => {
    const { body } = await reader.post('/api/pathology/slides', {
      fileName: 'b.svs',
      fileSize: 40 * 1024 * 1024,
    });
    const request = http.request(`${hub.url}/api/pathology/slides/${body.id}`, {
      method: 'PATCH',
      headers: {
        cookie: reader.cookie,
        origin: hub.url,
        'upload-offset': '0',
        'content-length': 40 * 1024 * 1024,
        ...octets,
      },
    });
    request.on('error', () => undefined);
    await new Promise((resolve) => request.write(Buffer.alloc(20 * 1024 * 1024), resolve));
    const offset = async () =>
      Number((await send(reader, 'HEAD', `/api/pathology/slides/${body.id}`)).headers.get('upload-offset'));
    await expect.poll(offset, { timeout: 120_000 }).toBeGreaterThanOrEqual(16 * 1024 * 1024);
    request.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await offset()).toBeLessThan(20 * 1024 * 1024);
  });

  test('closed formats are refused by name before a byte is sent, and by their first bytes', async () => {
    const named = await reader.post('/api/pathology/slides', {
      fileName: '切片.KFB',
      fileSize: 3_000_000_000,
    });
    expect(named).toMatchObject({ status: 422, body: { type: 'unreadable-slide', reason: 'closed-format' } });
    expect(named.body.detail).toContain('SVS');
    expect((await whole(reader, Buffer.from('TMAP0000'), 'x.bin')).body.reason).toBe('closed-format');
  });

  test('what cannot be shown is kept as refused and never opens', async () => {
    for (const [bytes, reason] of [
      [svs.subarray(0, svs.length - 5000), 'truncated'],
      [Buffer.from('no slide at all'), 'not-a-slide'],
      [
        await sharp({ create: { width: 300, height: 300, channels: 3, background: 'red' } })
          .tiff()
          .toBuffer(),
        'not-tiled',
      ],
    ] as const) {
      const answer = await whole(reader, Buffer.from(bytes), 'x.tif');
      expect(answer).toMatchObject({ status: 422, body: { type: 'unreadable-slide', reason } });
      const row = await hub.ctx.db
        .selectFrom('slideImage')
        .select(['id', 'state'])
        .where('refusedReason', '=', reason)
        .executeTakeFirstOrThrow();
      expect(row.state).toBe('refused');
      expect((await reader.get(`/api/pathology/slides/${row.id}/tiles/0/0/0`)).status).toBe(409);
    }
  });

  const unreadable = fixture('wsi/unreadable.svs');
  test.skipIf(unreadable.missing)('unreadable.svs is refused at arrival', async () => {
    expect((await whole(reader, await readFile(unreadable.path), 'unreadable.svs')).body).toMatchObject({
      reason: 'corrupt-tile',
    });
  });

  test('nobody uploads into a case he does not see, or without the right', async () => {
    const order = await orderCase(doctor);
    const radiologist = await hub.as('radiologist1');
    expect((await whole(radiologist, svs, 'x.svs', `&orderId=${order.id}`)).status).toBe(404);
    expect((await whole(quality, svs, 'x.svs')).status).toBe(403);
    expect((await whole(reader, svs, 'x.svs', '&orderId=00000000-0000-7000-8000-000000000000')).status).toBe(
      404,
    );
  });
});

test('upper levels that a slide came without are made beside it, the original untouched', async () => {
  const plain = await sharp(
    Buffer.from(
      `<svg width="5000" height="2300"><rect width="100%" height="100%" fill="#b04080"/><circle cx="4600" cy="400" r="300" fill="#40b060"/></svg>`,
    ),
  )
    .removeAlpha()
    .tiff({ tile: true, tileWidth: 256, tileHeight: 256, compression: 'jpeg', quality: 90 })
    .toBuffer();
  const { body } = await whole(reader, plain, 'one-level.tif');
  expect(body.levels).toHaveLength(1);
  const levels = async () => (await reader.get(`/api/pathology/slides/${body.id}`)).body.levels;
  await expect.poll(async () => (await levels()).length, { timeout: 120_000 }).toBe(2);
  expect((await levels())[1]).toMatchObject({ width: 1250, height: 575, downsample: 4 });
  const tile = await send(reader, 'GET', `/api/pathology/slides/${body.id}/tiles/1/4/0`);
  const { data, info } = await sharp(tile.bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  expect(at(126, 100)[1]).toBeGreaterThan(150); // the circle, centred at 1150, 100 of this level
  expect(at(10, 250)[0]).toBeGreaterThan(150);
});

describe('DICOM', () => {
  const level = async (width: number, height: number, color: string, more = {}) => {
    const frame = await sharp({ create: { width: 64, height: 64, channels: 3, background: color } })
      .jpeg({ quality: 95 })
      .toBuffer();
    const count = Math.ceil(width / 64) * Math.ceil(height / 64);
    return writeDicomSlide({
      transferSyntax: '1.2.840.10008.1.2.4.50',
      photometric: 'YBR_FULL_422',
      width,
      height,
      tile: 64,
      frames: Array.from({ length: count }, () => frame),
      ...more,
    });
  };

  test('the instances of a series become one slide, sent in any order and twice', async () => {
    const small = await whole(reader, await level(150, 100, '#40b060'), '2.dcm');
    expect(small.body).toMatchObject({ format: 'dicom-wsm', width: 150, micrometrePerPixel: 0.25 });
    const { id } = small.body;
    const large = await whole(reader, await level(300, 200, '#b04080', { offsetTable: 'none' }), '1.dcm');
    expect(large.body).toMatchObject({
      id,
      width: 300,
      levels: [{ width: 300 }, { width: 150, downsample: 2 }],
    });
    const again = await whole(reader, await level(300, 200, '#b04080', { offsetTable: 'none' }), '1.dcm');
    expect(again.body).toMatchObject({ id, levels: [{ width: 300 }, { width: 150 }] });
    const tile = await send(reader, 'GET', `/api/pathology/slides/${id}/tiles/1/0/0`);
    const [red, green] = await sharp(tile.bytes).raw().toBuffer();
    expect(green! - red!).toBeGreaterThan(80);
  });
});

describe('from the scanner', () => {
  test('an instance stored by STOW is shown to pathology as a slide', async () => {
    const frame = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#b04080' } })
      .jpeg()
      .toBuffer();
    const instance = writeDicomSlide({
      transferSyntax: '1.2.840.10008.1.2.4.50',
      photometric: 'YBR_FULL_422',
      width: 128,
      height: 64,
      tile: 64,
      frames: [frame, frame],
      uids: '1.2.826.0.1.99',
    });
    const boundary = 'a-boundary-that-is-long-and-random-5f1c2';
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
      instance,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const tech = await hub.as('tech1');
    const stored = await send(tech, 'POST', '/dicom-web/studies', body, {
      'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
      accept: 'application/dicom+json',
    });
    expect([200, 202]).toContain(stored.status);
    const find = () =>
      hub.ctx.db
        .selectFrom('slideImage')
        .select(['id', 'state', 'width'])
        .where('seriesInstanceUid', '=', '1.2.826.0.1.99.2')
        .executeTakeFirst();
    await expect
      .poll(find, { timeout: 120_000, interval: 300 })
      .toMatchObject({ state: 'ready', width: 128 });
    const { id } = (await find())!;
    expect((await reader.get(`/api/pathology/slides/${id}/tiles/0/1/0`)).status).toBe(200);
  });

  test('hub import takes a folder of slides and says what to export instead of a closed format', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'scanner-'));
    const bytes = await makeSlide({ width: 700, height: 500, stain: 'HE', seed: 12 });
    const county = await hub.ctx.db
      .selectFrom('institution')
      .select('id')
      .where('code', '=', 'LIUHE')
      .executeTakeFirstOrThrow();
    const machine = machineActor('import LIUHE', 'import', county.id, ['input.upload', 'order.read']);
    const file = path.join(folder, 'x.svs');
    await writeFile(file, bytes);
    const head = bytes.subarray(0, 4096);
    expect(await importSlide(hub.ctx, machine, { path: file, head })).toMatchObject({ outcome: 'stored' });
    expect(await importSlide(hub.ctx, machine, { path: file, head })).toMatchObject({ outcome: 'duplicate' });
    const closed = path.join(folder, 'y.kfb');
    await writeFile(closed, 'KFB');
    const refused = await importSlide(hub.ctx, machine, { path: closed, head: Buffer.from('KFB') });
    expect(refused).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('SVS') });
    await rm(folder, { recursive: true });
  });
});

describe('who sees what', () => {
  let slideId: string;
  let orderId: string;
  beforeAll(async () => {
    orderId = (await orderCase(doctor)).id;
    await reader.post(`/api/pathology/cases/${orderId}/reception`, { outcome: 'accepted' });
    await reader.post(`/api/pathology/cases/${orderId}/smears`, { specimen: 'A', stain: 'HE' });
  });

  test('the barcode of the label proposes the case; a person joins and splits', async () => {
    const [glass] = (await reader.get(`/api/pathology/cases/${orderId}`)).body.glass;
    const bytes = await makeSlide({ width: 600, height: 500, stain: 'HE', seed: 8, barcode: glass.barcode });
    const { body } = await whole(reader, bytes, 'scan.svs');
    slideId = body.id;
    expect(body).toMatchObject({ orderId: null, proposedOrderId: orderId });
    expect(
      (await reader.get('/api/pathology/slides?unjoined=true')).body.items.map(
        ({ id }: { id: string }) => id,
      ),
    ).toContain(slideId);
    const joined = await reader.post(`/api/pathology/slides/${slideId}/join`, { orderId });
    expect(joined.body).toMatchObject({ orderId, stain: 'HE' });
    expect((await reader.get(`/api/pathology/cases/${orderId}`)).body.glass[0].state).toBe('scanned');
    expect((await reader.post(`/api/pathology/slides/${slideId}/split`, { reason: '归错病例' })).status).toBe(
      204,
    );
    // the glass waits for the scanner again, until its picture is back
    expect((await reader.get(`/api/pathology/cases/${orderId}`)).body.glass[0].state).not.toBe('scanned');
    await reader.post(`/api/pathology/slides/${slideId}/join`, { orderId });
  });

  test('a slide whose label says another case does not enter the case it was sent to', async () => {
    const [glass] = (await reader.get(`/api/pathology/cases/${orderId}`)).body.glass;
    const bytes = await makeSlide({ width: 600, height: 500, stain: 'HE', seed: 9, barcode: glass.barcode });
    const other = await orderCase(doctor);
    await reader.post(`/api/pathology/cases/${other.id}/reception`, { outcome: 'accepted' });
    const begun = await reader.post('/api/pathology/slides', {
      fileName: 'A1-1.svs',
      fileSize: bytes.length,
      orderId: other.id,
    });
    const path = `/api/pathology/slides/${begun.body.id}`;
    await send(reader, 'PATCH', path, bytes, {
      'content-type': 'application/offset+octet-stream',
      'upload-offset': '0',
    });
    expect((await reader.get(path)).body).toMatchObject({ orderId: null, proposedOrderId: orderId });
    const joined = await reader.post(`${path}/join`, { orderId: other.id });
    expect(joined.body.type).toBe('barcode-disagrees');
    const reason = '标签打印错误,玻片已核对';
    expect((await reader.post(`${path}/join`, { orderId: other.id, reason })).body.orderId).toBe(other.id);
    // a picture taken of it does not leave in the report once it was taken out of the case
    const snapshot = await reader.post(`${path}/snapshots`, { x: 10, y: 10, width: 100, height: 80 });
    await reader.post(`${path}/split`, { reason: '归错病例' });
    await reader.post(`/api/orders/${other.id}/claim`);
    const content = { impression: '慢性炎症', images: [{ snapshotId: snapshot.body.id }] };
    await reader.put(`/api/orders/${other.id}/report`, content, { 'if-match': '"0"' });
    const submitted = await reader.post(`/api/orders/${other.id}/report/submit`);
    expect(submitted.body.errors).toMatchObject([{ code: 'picture' }]);
  });

  test.each(['qrcode', 'datamatrix', 'code128'])('the %s in the picture of the label proposes the case', async (bcid) => {
    const [glass] = (await reader.get(`/api/pathology/cases/${orderId}`)).body.glass;
    const codeOnLabel = await bwipjs.toBuffer({ bcid, text: glass.barcode, scale: 4, paddingwidth: 4, paddingheight: 4, backgroundcolor: 'ffffff' });
    const bytes = await makeSlide({ width: 600, height: 500, stain: 'HE', seed: 12, codeOnLabel });
    const { body } = await whole(reader, bytes, `scan-${bcid}.svs`);
    const { items } = (await send(reader, 'GET', '/api/pathology/slides?unjoined=true')).body;
    expect(items.find((each: { id: string }) => each.id === body.id)).toMatchObject({ barcode: glass.barcode, barcodeSource: 'label' });
    expect((await send(reader, 'GET', `/api/pathology/slides/${body.id}`)).body.proposedOrderId).toBe(orderId);
  }); // prettier-ignore

  test('a file named by the barcode of a glass slide proposes its case', async () => {
    const [glass] = (await reader.get(`/api/pathology/cases/${orderId}`)).body.glass;
    const bytes = await makeSlide({ width: 600, height: 500, stain: 'HE', seed: 10 });
    const { body } = await whole(reader, bytes, `${glass.barcode}_20261129.svs`);
    expect(body).toMatchObject({ orderId: null, proposedOrderId: orderId });
  });

  test('another site and another centre find nothing under a guessed address', async () => {
    const strangers = await Promise.all([hub.as('cardiologist1'), hub.as('lab1'), hub.as('clinician1')]);
    for (const stranger of strangers) {
      for (const path of [
        '',
        '/tiles/0/0/0',
        '/images/label',
        '/images/macro',
        '/images/thumbnail',
        '/annotations',
      ]) {
        expect((await stranger.get(`/api/pathology/slides/${slideId}${path}`)).status, path).toBe(404);
      }
    }
    const nobody = await fetch(`${hub.url}/api/pathology/slides/${slideId}/tiles/0/0/0`);
    expect(nobody.status).toBe(401);
    const denied = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('action')
      .where('subjectId', '=', slideId)
      .where('outcome', '=', 'denied')
      .execute();
    expect(denied.length).toBeGreaterThan(0);
  });

  test('each look at a label is audited; a teaching slide shows no label to those who do not see its case', async () => {
    await reader.get(`/api/pathology/slides/${slideId}/images/label`);
    const looks = await hub.ctx.db
      .selectFrom('auditEvent')
      .select('actorName')
      .where('action', '=', 'slide.label')
      .where('outcome', '=', 'done')
      .execute();
    expect(looks).toMatchObject([{ actorName: '唐若水' }]);
    expect((await nurse.get(`/api/pathology/slides/${slideId}/tiles/0/0/0`)).status).toBe(200);
    expect(
      (await reader.post(`/api/pathology/slides/${slideId}/teaching`, { teaching: true, note: '典型' }))
        .status,
    ).toBe(204);
  });

  test('annotations stand with their authors, are removed by them only, and stay in the record', async () => {
    const path = `/api/pathology/slides/${slideId}/annotations`;
    const { body } = await reader.post(path, {
      kind: 'length',
      name: '长径',
      points: [
        { x: 10, y: 10 },
        { x: 200, y: 90 },
      ],
      measure: { words: '51 µm' },
    });
    expect((await senior.get(path)).body.items).toMatchObject([{ name: '长径', author: '唐若水' }]);
    expect((await senior.delete(`${path}/${body.id}`)).status).toBe(403);
    expect((await reader.delete(`${path}/${body.id}`)).status).toBe(204);
    expect((await senior.get(path)).body.items).toEqual([]);
    expect(await hub.ctx.db.selectFrom('slideAnnotation').select('removedAt').execute()).toHaveLength(1);
    expect((await doctor.post(path, { kind: 'point', name: 'x', points: [{ x: 1, y: 1 }] })).status).toBe(
      403,
    );
  });

  test('a snapshot is drawn by the hub in the colours of the slide', async () => {
    const { body } = await reader.post(`/api/pathology/slides/${slideId}/snapshots`, {
      x: 100,
      y: 100,
      width: 400,
      height: 300,
    });
    const picture = await reader.get(`/api/pathology/snapshots/${body.id}`);
    const { channels } = await sharp(picture.body).stats();
    const [red, green, blue] = channels.map(({ mean }) => mean) as [number, number, number];
    expect(red).toBeGreaterThan(green + 15); // eosin and haematoxylin: green is lowest
    expect(blue).toBeGreaterThan(green);
    expect(
      (
        await reader.post(`/api/pathology/slides/${slideId}/snapshots`, {
          x: 1e6,
          y: 1e6,
          width: 10,
          height: 10,
        })
      ).status,
    ).toBe(400);
  });
});
