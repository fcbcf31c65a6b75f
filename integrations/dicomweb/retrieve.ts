import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { DomainError } from '../../server/core/errors.ts';
import {
  auditRead,
  resolveImages,
  type ImagePath,
  type ResolvedInstance,
} from '../../server/imaging/query/resolveImages.ts';
import { builtMetadata, metadataArray, plainMetadata } from '../../server/imaging/seriesMetadata.ts';
import type { DicomJson } from '../../server/standards/dicom/index.ts';
import { readAccept, typeFits, type MediaRange } from './accept.ts';
import { modelOf, sendNativeModel } from './modelAnswer.ts';
import { MultipartWriter, PeerGone } from './multipartWriter.ts';

export const pathOf = (req: Request): ImagePath => ({
  study: String(req.params.study),
  series: req.params.series === undefined ? undefined : String(req.params.series),
  instance: req.params.instance === undefined ? undefined : String(req.params.instance),
});

/** Express reads the query anew each time it is asked for: who has it gives it. */
export const acceptOf = (req: Request, query = req.query): readonly MediaRange[] =>
  readAccept(typeof query.accept === 'string' ? query.accept : req.header('accept'));

/** Bytes that never change under their address; every user asks with his own credentials. */
export function immutable(res: Response, etag: string): void {
  res.setHeader('ETag', `"${etag}"`);
  res.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
  res.setHeader('Vary', 'Accept, Cookie, Authorization');
}

export const notAcceptable = (what: string): DomainError =>
  new DomainError(406, 'not-acceptable', `${what} is not available in an accepted media type`);

/** WADO-RS metadata (PS3.18 §10.4.1.1.2): the gzipped JSON that was built when the series settled, or built now; as XML on demand. */
export async function retrieveMetadata(
  ctx: Context,
  actor: Actor,
  req: Request,
  res: Response,
): Promise<void> {
  const path = pathOf(req);
  const model = modelOf(acceptOf(req));
  if (!model) throw notAcceptable('metadata');
  let gzipped =
    path.series !== undefined && path.instance === undefined
      ? await builtMetadata(ctx, actor, path.study, path.series)
      : undefined;
  if (gzipped) await auditRead(ctx, actor, path.study, 'study.read');
  else gzipped = (await metadataArray(ctx, await resolveImages(ctx, actor, path))).gzipped;
  res.setHeader('Cache-Control', 'private, no-cache');
  res.setHeader('Vary', 'Accept, Accept-Encoding');
  if (model === 'xml')
    return sendNativeModel(res, JSON.parse(plainMetadata(gzipped).toString()) as DicomJson[]);
  res.setHeader('Content-Type', 'application/dicom+json');
  const etag = `W/"${createHash('sha1').update(gzipped).digest('base64url')}"`;
  res.setHeader('ETag', etag);
  if (req.header('if-none-match')?.includes(etag)) return void res.status(304).end();
  if (/\bgzip\b/.test(req.header('accept-encoding') ?? '')) {
    res.setHeader('Content-Encoding', 'gzip');
    res.end(gzipped);
  } else res.end(plainMetadata(gzipped));
}

/** WADO-RS study, series or instance as files, byte-exact (PS3.18 §10.4.1.1.1). */
export async function retrieveObjects(
  ctx: Context,
  actor: Actor,
  req: Request,
  res: Response,
): Promise<void> {
  const ranges = acceptOf(req);
  const instances = await resolveImages(ctx, actor, pathOf(req));
  const [only] = instances;
  const multipart = ranges.find((range) => range.multipart && typeFits(range.type, 'application/dicom'));
  const single = ranges.find(
    (range) => !range.multipart && range.type !== '*/*' && typeFits(range.type, 'application/dicom'),
  );
  if (single && !multipart && instances.length === 1 && only) return sendFile(ctx, req, res, only);
  if (!multipart && !ranges.some((range) => range.type === '*/*')) throw notAcceptable('the object');
  checkSyntax(multipart, instances);
  const writer = new MultipartWriter(res, 'application/dicom');
  try {
    for (const instance of instances) {
      await writer.part({
        'Content-Type': `application/dicom; transfer-syntax=${instance.transferSyntax}`,
        'Content-Length': String(instance.objectSize),
      });
      await writer.pipe(await ctx.objects.stream(instance.objectAddress));
    }
    writer.end();
  } catch (error) {
    if (!(error instanceof PeerGone)) throw error;
  }
}

function checkSyntax(range: MediaRange | undefined, instances: ResolvedInstance[]): void {
  const wanted = range?.transferSyntax;
  if (!wanted || wanted === '*') return;
  if (instances.some((instance) => instance.transferSyntax !== wanted))
    throw notAcceptable(`transfer syntax ${wanted}`);
}

/** One file with Range, ETag and If-None-Match (RFC 9110 §14, §13). */
async function sendFile(
  ctx: Context,
  req: Request,
  res: Response,
  instance: ResolvedInstance,
): Promise<void> {
  res.setHeader('Content-Type', `application/dicom; transfer-syntax=${instance.transferSyntax}`);
  await sendStored(ctx, req, res, {
    address: instance.objectAddress,
    etag: instance.objectAddress,
    size: instance.objectSize,
    start: 0,
  });
}

/** Sends `size` bytes of a stored object from `start` on, or the one byte range of them that was asked for. */
export async function sendStored(
  ctx: Context,
  req: Request,
  res: Response,
  { address, etag, size, start }: { address: string; etag: string; size: number; start: number },
): Promise<void> {
  immutable(res, etag);
  res.setHeader('Accept-Ranges', 'bytes');
  if (req.header('if-none-match')?.includes(`"${etag}"`)) return void res.status(304).end();
  const range = readRange(req.header('range'), size);
  if (range === 'unsatisfiable') {
    res.setHeader('Content-Range', `bytes */${size}`);
    return void res.status(416).end();
  }
  if (range) {
    res.status(206).setHeader('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
    res.setHeader('Content-Length', String(range.end - range.start + 1));
  } else res.setHeader('Content-Length', String(size));
  const stream = await ctx.objects.stream(address, {
    start: start + (range?.start ?? 0),
    end: start + (range?.end ?? size - 1),
  });
  res.on('close', () => stream.destroy());
  stream.on('error', () => res.destroy());
  stream.pipe(res);
}

/** A single byte range (RFC 9110 §14.1.2); several at once and other units are answered with everything. */
export function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (!parts || (!parts[1] && !parts[2])) return undefined;
  if (!parts[1]) {
    const last = Number(parts[2]);
    return last === 0 ? 'unsatisfiable' : { start: Math.max(0, size - last), end: size - 1 };
  }
  const start = Number(parts[1]);
  const end = parts[2] ? Math.min(Number(parts[2]), size - 1) : size - 1;
  return start >= size || start > end ? 'unsatisfiable' : { start, end };
}
