import type { Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Request, Router } from 'express';
import { z } from 'zod';
import { can } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { badRequest, invalid, tooLarge } from '../../core/errors.ts';
import { endpoint } from '../../core/http.ts';
import { boundaryOf, readMultipart } from '../../core/multipartReader.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import { requestBody } from '../../core/requestBody.ts';
import { gather } from '../../core/threads/gather.ts';
import type { NamedFile } from '../formats/wfdb.ts';
import { storeRecording } from '../storeRecording.ts';
import { uploadedAnswer } from '../answers.ts';

const mostBytes = 300 * 1024 * 1024;

const inflaters: Record<string, () => Duplex> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The body as it arrives, bounded after what the sender compressed is inflated. */
async function* bodyOf(req: Request): AsyncGenerator<Buffer> {
  const encoding = req.header('content-encoding') ?? 'identity';
  const inflater = inflaters[encoding];
  if (!inflater && encoding !== 'identity') throw badRequest(`content-encoding ${encoding} is not known`);
  let size = 0;
  for await (const chunk of inflater ? (req.pipe(inflater()) as AsyncIterable<Buffer>) : requestBody(req)) {
    size += chunk.byteLength;
    if (size > mostBytes) throw tooLarge('a recording is at most 300 MB', '300 MB');
    yield chunk;
  }
}

/** One body, or the files of a multipart form in their order. */
async function filesOfBody(req: Request): Promise<NamedFile[]> {
  const type = req.header('content-type') ?? '';
  if (!type.startsWith('multipart/')) {
    const parts: Buffer[] = [];
    for await (const chunk of bodyOf(req)) parts.push(chunk);
    if (parts.length === 0) throw invalid('the request holds no recording', 'no-file');
    return [{ name: fileName(req.header('x-file-name')), bytes: await gather(parts) }];
  }
  const boundary = boundaryOf(type);
  if (!boundary) throw badRequest('the multipart body names no boundary');
  const files: NamedFile[] = [];
  let name: string | undefined;
  let parts: Buffer[] = [];
  await readMultipart(bodyOf(req), boundary, {
    begin: (headers) => {
      name = fileNameOf(headers.get('content-disposition') ?? '');
      parts = [];
    },
    body: (bytes) => void (name !== undefined && parts.push(Buffer.from(bytes))),
    async end() {
      if (name !== undefined) files.push({ name, bytes: await gather(parts) });
    },
  });
  if (files.length === 0) throw badRequest('the multipart body holds no file', 'no-file');
  return files;
}

/** The file name of a part; undefined for a field that is no file. Browsers send its UTF-8 bytes, quotes as %22. */
function fileNameOf(disposition: string): string | undefined {
  const extended = /;\s*filename\*=utf-8''([^;]*)/i.exec(disposition)?.[1];
  if (extended) return fileName(extended.trim());
  const quoted = /;\s*filename="((?:\\.|[^"\\])*)"/i.exec(disposition)?.[1];
  const plain = quoted ?? /;\s*filename=([^;\s]+)/i.exec(disposition)?.[1];
  return plain === undefined ? undefined : fileName(Buffer.from(plain, 'latin1').toString('utf8'));
}

function fileName(header: string | undefined): string {
  try {
    return decodeURIComponent(header ?? '');
  } catch {
    return header ?? '';
  }
}

/** Where recordings come in over HTTP. */
export function uploadRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/recordings',
      summary: 'Upload a recording of any known format',
      access: 'input.upload',
      bodyMedia: ['application/octet-stream', 'application/zip', 'multipart/form-data'],
      answer: uploadedAnswer,
      query: z.object({ orderId: z.uuid().optional(), institution: z.string().max(40).optional() }),
      status: 201,
    },
    async ({ actor, query, req, res }) => {
      const order = query.orderId ? await getVisibleOrder(ctx.db, actor, query.orderId) : undefined;
      const site =
        order && can(actor, 'input.upload', { institutionId: order.requestingInstitutionId })
          ? order.requestingInstitutionId
          : actor.institutionId;
      if (!site) throw invalid('a recording comes from an institution', 'needs-institution');
      const outcome = await storeRecording(ctx, actor, {
        files: await filesOfBody(req),
        institutionId: site,
        source: actor.kind === 'machine' ? 'api' : 'browser',
        ...(query.orderId && { orderId: query.orderId }),
      });
      if (outcome.kind === 'quarantine') {
        res.status(202).json({
          status: 'quarantine',
          unmatchedId: outcome.unmatchedId,
          reason: outcome.reason,
          fault: outcome.fault,
          warningReason: outcome.reason,
        });
        return undefined;
      }
      const { format, samplingRateHz, durationMs, header } = outcome.facts;
      const answer = {
        id: outcome.id,
        status: outcome.kind,
        format,
        samplingRateHz,
        durationMs: Math.round(durationMs),
        leads: header.leads.map((lead) => lead.name),
        notes: header.notes,
        join: outcome.join ?? null,
      };
      if (outcome.kind === 'duplicate') {
        res.status(200).json(answer);
        return undefined;
      }
      return answer;
    },
  );
}
