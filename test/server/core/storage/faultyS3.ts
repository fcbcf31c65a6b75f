import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { S3Settings } from '../../../../server/core/storage/s3Store.ts';

/** What a request is answered instead of what it asks: a status with an S3 code, or a connection cut in its middle. */
export type Fault = { status: number; code: string } | 'cut';

export interface FaultyS3 {
  settings: S3Settings;
  /** Objects by key, and uploads that are not completed. */
  objects: Map<string, Buffer>;
  uploads: Map<string, { key: string; parts: Buffer[] }>;
  /** Requests as they came: `PUT ab/…`, `POST incoming/…?uploads`. */
  asked: string[];
  /** Decides each request; undefined lets it be. */
  fault: ((request: string) => Fault | undefined) | undefined;
  close(): Promise<void>;
}

const xml = (name: string, body = '') => `<?xml version="1.0"?><${name}>${body}</${name}>`;

/** The other side of the wire: as much of S3 as the store asks for, with faults on demand. */
export async function startFaultyS3(buckets: string[] = ['hub']): Promise<FaultyS3> {
  const known = new Set(buckets);
  const state = {
    objects: new Map(),
    uploads: new Map(),
    asked: [],
    fault: undefined,
  } as unknown as FaultyS3;
  const server = http.createServer((req, res) => void answer(req, res));
  const answer = async (req: http.IncomingMessage, res: http.ServerResponse) => {
    const url = new URL(req.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const request = `${req.method} ${key}${url.search}`;
    state.asked.push(request);
    const fault = state.fault?.(request);
    if (fault === 'cut' && req.method !== 'GET') return req.socket.destroy();
    const body = await buffer(req).catch(() => Buffer.alloc(0));
    if (fault && fault !== 'cut') return send(fault.status, xml('Error', `<Code>${fault.code}</Code>`));
    if (!known.has(bucket) && key) return send(404, xml('Error', '<Code>NoSuchBucket</Code>'));
    const upload = url.searchParams.get('uploadId');
    const stored = state.objects.get(key);
    switch (req.method) {
      case 'HEAD':
        if (!key) return send(known.has(bucket) ? 200 : 404);
        return stored ? give(stored) : send(404);
      case 'GET': {
        if (url.searchParams.has('uploads')) return send(200, xml('ListMultipartUploadsResult', `<Bucket>${bucket}</Bucket>${listed()}`));
        if (url.searchParams.has('location')) return send(200, xml('LocationConstraint'));
        if (!stored) return send(404, xml('Error', '<Code>NoSuchKey</Code>'));
        const [, from, to] = /bytes=(\d+)-(\d+)/.exec(req.headers.range ?? '') ?? [];
        const part = from ? stored.subarray(Number(from), Number(to) + 1) : stored;
        if (fault !== 'cut') return give(part, from ? 206 : 200);
        res.writeHead(200, { 'content-length': part.length, etag: '"e"' });
        res.write(part.subarray(0, part.length / 2), () => req.socket.destroy());
        return undefined;
      }
      case 'PUT': {
        if (!key) known.add(bucket);
        const source = req.headers['x-amz-copy-source'];
        const copied = source ? state.objects.get(decodeURIComponent(String(source)).replace(/^\/?[^/]+\//, '')) : undefined;
        if (upload) state.uploads.get(upload)?.parts.push(body);
        else if (key) state.objects.set(key, copied ?? body);
        res.setHeader('etag', `"${createHash('md5').update(body).digest('hex')}"`);
        return send(200, source ? xml('CopyObjectResult', '<ETag>"e"</ETag>') : '');
      }
      case 'POST': {
        if (upload) {
          state.objects.set(key, Buffer.concat(state.uploads.get(upload)?.parts ?? []));
          state.uploads.delete(upload);
          return send(200, xml('CompleteMultipartUploadResult', `<Location>x</Location><Bucket>${bucket}</Bucket><Key>${key}</Key><ETag>"e"</ETag>`));
        }
        const id = randomUUID();
        state.uploads.set(id, { key, parts: [] });
        return send(200, xml('InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`));
      }
      default:
        if (upload) state.uploads.delete(upload);
        else state.objects.delete(key);
        return send(204);
    }
    function send(status: number, text = '') {
      res.writeHead(status, { 'content-type': 'application/xml' });
      res.end(text);
    }
    function give(bytes: Buffer, status = 200) {
      res.writeHead(status, { 'content-length': bytes.length, etag: '"e"', 'last-modified': new Date(0).toUTCString() });
      res.end(req.method === 'HEAD' ? undefined : bytes);
    }
    function listed() {
      return [...state.uploads].map(([id, upload]) => `<Upload><Key>${upload.key}</Key><UploadId>${id}</UploadId></Upload>`).join('');
    }
  }; // prettier-ignore
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  state.settings = {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: 'hub',
    accessKey: 'a'.repeat(8),
    secretKey: 'b'.repeat(8),
    region: 'us-east-1',
  };
  state.close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return state;
}
