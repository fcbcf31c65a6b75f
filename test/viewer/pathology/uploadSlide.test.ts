import type http from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { bodyOf, givePageDocument, givePageStorage, openServer, sendPathsTo } from '../browser/window.ts';

interface Uploading {
  uploadSlide(file: File, target: object, progress: (share: number) => void): Promise<string>;
}
const server = openServer();
sendPathsTo(server.base);
givePageDocument();
const kept = givePageStorage();
const source: string = '../../../viewer/src/centers/pathology/uploadSlide.ts';
const { uploadSlide } = (await import(source)) as Uploading;

const mebibyte = 1024 ** 2;
const file = (size = 20 * mebibyte, name = '切片.svs') =>
  new File([Buffer.alloc(size, 3)], name, { lastModified: 7 });

/** The hub's side of an upload, as far as it has come; faults come in the order given, one for each part. */
interface Upload {
  asked: string[];
  begun: unknown[];
  offset: number;
  state: string;
  faults: ('lost' | 'after' | number | undefined)[];
}
let upload: Upload;
const json = (response: http.ServerResponse, body: object, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

async function handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<unknown> {
  const { method = '', url = '' } = request;
  upload.asked.push(`${method} ${url}`);
  if (method === 'POST') {
    upload.begun.push(await bodyOf(request));
    return json(response, { id: 's1' }, 201);
  }
  if (method === 'HEAD') return response.writeHead(200, { 'upload-offset': String(upload.offset) }).end();
  if (method === 'GET')
    return json(response, { state: upload.state, offset: upload.offset, size: 20 * mebibyte });
  const fault = upload.faults.shift();
  if (fault === 'lost') return request.socket.destroy();
  let length = 0;
  for await (const chunk of request) length += (chunk as Buffer).length;
  if (typeof fault === 'number')
    return json(response, { type: 'urn:hub:problem/unreadable-slide', status: fault }, fault);
  if (Number(request.headers['upload-offset']) !== upload.offset)
    return json(response, { type: 'urn:hub:problem/wrong-offset', status: 409 }, 409);
  upload.offset += length;
  return fault === 'after' ? request.socket.destroy() : json(response, { id: 's1', offset: upload.offset });
}

beforeEach(() => {
  kept.clear();
  upload = { asked: [], begun: [], offset: 0, state: 'uploading', faults: [] };
  server.answer((request, response) => void handle(request, response));
});
const parts = () => upload.asked.filter((each) => each.startsWith('PATCH')).length;

describe('a slide that is uploaded', () => {
  test('goes in parts of 8 MiB, says how far it is, and leaves nothing behind', async () => {
    const shares: number[] = [];
    expect(await uploadSlide(file(), { orderId: 'o1' }, (share) => shares.push(share))).toBe('s1');
    expect(upload.begun).toEqual([{ fileName: '切片.svs', fileSize: 20 * mebibyte, orderId: 'o1' }]);
    expect([parts(), upload.offset]).toEqual([3, 20 * mebibyte]);
    expect(shares).toEqual([0, 0.4, 0.8, 1]);
    expect([...kept.keys()]).toEqual([]);
  });

  test('goes on after a line that was lost, also where the hub had the part but its answer did not come', async () => {
    upload.faults = [undefined, 'lost', 'after'];
    expect(await uploadSlide(file(), {}, () => undefined)).toBe('s1');
    expect(upload.offset).toBe(20 * mebibyte);
    expect(upload.asked.filter((each) => each.startsWith('HEAD'))).toHaveLength(2);
    expect(parts()).toBe(4); // the third part was there already when its answer was lost
  });

  test('that the hub refuses ends with its reason and does not begin where it was refused', async () => {
    upload.faults = [undefined, 422];
    await expect(uploadSlide(file(), {}, () => undefined)).rejects.toMatchObject({
      status: 422,
      code: 'unreadable-slide',
    });
    expect([parts(), [...kept.keys()]]).toEqual([2, []]);
    upload = { ...upload, asked: [], offset: 0, faults: [] };
    await uploadSlide(file(), {}, () => undefined);
    expect(upload.asked[0]).toBe('POST /api/pathology/slides');
  });
});

describe('a page that was closed half way', () => {
  const key = (target = ' ') => `hub.slide-upload 切片.svs ${20 * mebibyte} 7 ${target}`;

  test('goes on where the hub stands when the same file is chosen again', async () => {
    kept.set(key(), 's1');
    upload.offset = 16 * mebibyte;
    const shares: number[] = [];
    await uploadSlide(file(), {}, (share) => shares.push(share));
    expect(shares).toEqual([0.8, 1]);
    expect(upload.asked).toEqual(['GET /api/pathology/slides/s1', 'PATCH /api/pathology/slides/s1']);
  });

  test('begins anew for another order, another file, and where the hub waits no longer', async () => {
    kept.set(key(), 's1');
    await uploadSlide(file(), { orderId: 'o2' }, () => undefined);
    upload.offset = 0;
    await uploadSlide(file(mebibyte), {}, () => undefined);
    expect([upload.begun.length, kept.get(key())]).toEqual([2, 's1']);
    upload = { ...upload, offset: 0, state: 'ready' };
    await uploadSlide(file(), {}, () => undefined);
    expect([upload.begun.length, kept.has(key())]).toEqual([3, false]);
  });
});
