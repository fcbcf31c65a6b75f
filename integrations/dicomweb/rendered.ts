import { once } from 'node:events';
import type { Request, Response } from 'express';
import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { badRequest, DomainError, notFound } from '../../server/core/errors.ts';
import { renderPicture, type PictureOptions } from '../../server/imaging/renderPicture.ts';
import { resolveImages, type ResolvedInstance } from '../../server/imaging/query/resolveImages.ts';
import { DicomError, isDeflated, tagOf, transferSyntaxes } from '../../server/standards/dicom/index.ts';
import { readFrameToSend, readStoredHeader } from '../../server/imaging/storedObject.ts';
import { typeFits } from './accept.ts';
import { readFrameList } from './frames.ts';
import { MultipartWriter, PeerGone } from './multipartWriter.ts';
import { acceptOf, immutable, notAcceptable, pathOf, sendStored } from './retrieve.ts';

const MOST_PICTURES = 2_000;

/**
 * WADO-RS rendered and thumbnail (PS3.18 §10.4.1.1.3, .4) with `window=center,width`, `viewport=width,height`. One JPEG or
 * PNG, of a study or series that in its middle; as multipart/related every image of it, each its own part.
 */
export async function retrieveRendered(
  ctx: Context,
  actor: Actor,
  req: Request,
  res: Response,
  thumbnail: boolean,
): Promise<void> {
  const instances = await resolveImages(ctx, actor, pathOf(req));
  const [only] = instances;
  if (
    instances.length === 1 &&
    only?.sopClassUid === ENCAPSULATED_PDF &&
    acceptOf(req).some(({ type }) => typeFits(type, 'application/pdf'))
  )
    return sendDocument(ctx, res, only);
  const range = acceptOf(req).find(({ type }) => PICTURES.some((one) => typeFits(type, one)));
  const type = PICTURES.find((one) => range && typeFits(range.type, one));
  if (!type) throw notAcceptable('a rendered image');
  const options = { type, ...readOptions(req, thumbnail) };
  if (range?.multipart) return sendPictures(ctx, req, res, instances, options);
  const instance = instances[Math.floor(instances.length / 2)];
  if (!instance) throw notFound('instance');
  const [number = Math.ceil(instance.numberOfFrames / 2), second] = framesOf(req, instance) ?? [];
  if (second !== undefined) throw notAcceptable('more than one image in one part');
  immutable(
    res,
    `${instance.objectAddress.slice(0, 32)}-${number}-${JSON.stringify(options).replace(/[^\w.-]/g, '')}`,
  );
  res.setHeader('Content-Type', type);
  res.end(await renderPicture(ctx, instance, number, options));
}

const ENCAPSULATED_PDF = '1.2.840.10008.5.1.4.1.1.104.1';
const ENCAPSULATED_DOCUMENT = 0x00420011;

/** A document that lies in an object is its own rendering (PS3.18 §8.7.4). */
async function sendDocument(ctx: Context, res: Response, instance: ResolvedInstance): Promise<void> {
  const { dataSet } = await readStoredHeader(ctx, instance);
  const bytes = dataSet.bytes(ENCAPSULATED_DOCUMENT);
  if (!bytes) throw notFound('document');
  immutable(res, `${instance.objectAddress.slice(0, 32)}-document`);
  res.setHeader('Content-Type', 'application/pdf');
  res.end(bytes);
}

const PICTURES = ['image/jpeg', 'image/png'] as const;

const framesOf = (req: Request, instance: ResolvedInstance): number[] | undefined =>
  req.params.frames === undefined ? undefined : readFrameList(String(req.params.frames), instance);

/** Images that cannot be drawn (a report, an unknown codec) are left out; when none can, the reason is the answer. */
async function sendPictures(
  ctx: Context,
  req: Request,
  res: Response,
  instances: ResolvedInstance[],
  options: PictureOptions,
): Promise<void> {
  const wanted = instances.flatMap((instance) =>
    (framesOf(req, instance) ?? Array.from({ length: instance.numberOfFrames }, (_, at) => at + 1)).map(
      (number) => ({ instance, number }),
    ),
  );
  if (wanted.length > MOST_PICTURES)
    throw badRequest(`at most ${MOST_PICTURES} images in one answer: ask by series or by frames`);
  const writer = new MultipartWriter(res, options.type);
  let left: Error = notFound('image');
  let sent = 0;
  try {
    for (const { instance, number } of wanted) {
      const picture = await renderPicture(ctx, instance, number, options).catch((reason: unknown) => {
        if (!(reason instanceof DomainError)) throw reason;
        left = reason;
        return undefined;
      });
      if (!picture) continue;
      const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = instance;
      await writer.part({
        'Content-Type': options.type,
        'Content-Length': String(picture.length),
        'Content-Location': `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}/frames/${number}/rendered`,
      });
      await writer.write(picture);
      sent++;
    }
  } catch (error) {
    if (error instanceof PeerGone) return;
    throw error;
  }
  if (sent === 0) throw left;
  writer.end();
}

function readOptions(req: Request, thumbnail: boolean): Omit<PictureOptions, 'type'> {
  const { window, viewport, quality } = req.query;
  const numbers = (text: unknown) => String(text).split(',').slice(0, 2).map(Number);
  const [center = Number.NaN, width = Number.NaN] = window === undefined ? [] : numbers(window);
  if (window !== undefined && !(Number.isFinite(center) && width >= 1))
    throw badRequest('window is center,width');
  const [across = Number.NaN, down = across] = viewport === undefined ? [] : numbers(viewport);
  if (viewport !== undefined && !(across >= 1 && across <= 8_192))
    throw badRequest('viewport is width,height');
  const region = viewport === undefined ? undefined : readRegion(String(viewport));
  return {
    ...(thumbnail && viewport === undefined && { maxSize: 160 }),
    ...(viewport !== undefined && { maxSize: Math.round(Math.max(across, down || 0)) }),
    ...(region && { region }),
    ...(window !== undefined && { window: { center, width } }),
    quality: Math.min(100, Math.max(1, Number(quality ?? (thumbnail ? 75 : 90)) || 90)),
  };
}

/** The part of the image that a viewport shows: `vw,vh,left,top,width,height` (PS3.18 §8.3.5.1.3). */
function readRegion(viewport: string): PictureOptions['region'] {
  const parts = viewport.split(',');
  if (parts.length <= 2) return undefined;
  const [left = 0, top = 0, width = Number.NaN, height = Number.NaN] = parts.slice(2).map(Number);
  if (parts.length !== 6 || !(left >= 0 && top >= 0 && width >= 1 && height >= 1))
    throw badRequest('viewport is width,height or width,height,left,top,width,height of the part shown');
  return { left, top, width, height };
}

/** WADO-RS bulk data (PS3.18 §10.4.1.1.5): the value at a path of tags and item numbers, or the pixel data. */
export async function retrieveBulkData(
  ctx: Context,
  actor: Actor,
  req: Request,
  res: Response,
): Promise<void> {
  const [instance] = await resolveImages(ctx, actor, pathOf(req));
  if (!instance) throw notFound('instance');
  const parts = ([] as string[]).concat(req.params.path ?? []);
  if (parts.length === 1 && parts[0] === '7FE00010') return sendPixels(ctx, req, res, instance);
  const header = await readStoredHeader(ctx, instance).catch((cause: unknown) => {
    throw cause instanceof DicomError
      ? new DomainError(422, 'unreadable-object', cause.message, { cause })
      : cause;
  });
  let dataSet = header.dataSet;
  for (let at = 0; at + 2 < parts.length; at += 2) {
    const next = dataSet.sequence(tagOf(parts[at] ?? '') ?? 0)[Number(parts[at + 1])];
    if (!next) throw notFound('bulk data', parts.join('/'));
    dataSet = next;
  }
  const bytes = dataSet.bytes(tagOf(parts.at(-1) ?? '') ?? 0);
  if (!bytes) throw notFound('bulk data', parts.join('/'));
  immutable(res, `${instance.objectAddress.slice(0, 32)}-${parts.join('.')}`);
  res.setHeader('Content-Type', 'application/octet-stream');
  res.end(bytes);
}

/** Native pixels as they stand in the object, or put in little endian order where they stand otherwise. */
async function sendPixels(
  ctx: Context,
  req: Request,
  res: Response,
  instance: ResolvedInstance,
): Promise<void> {
  const { pixelOffset, pixelLength, transferSyntax, objectAddress } = instance;
  if (pixelOffset === null || pixelLength === null)
    throw notFound('bulk data', 'of compressed pixels: ask for frames');
  res.setHeader('Content-Type', 'application/octet-stream');
  const etag = `${objectAddress}-bulk`;
  if (transferSyntax !== transferSyntaxes.explicitBigEndian && !isDeflated(transferSyntax))
    return sendStored(ctx, req, res, { address: objectAddress, etag, size: pixelLength, start: pixelOffset });
  immutable(res, etag);
  for (let number = 1; number <= instance.numberOfFrames && !res.destroyed; number++) {
    const { bytes } = await readFrameToSend(ctx, instance, number);
    if (!res.write(bytes)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
  }
  res.end();
}
