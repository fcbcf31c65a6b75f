import { once } from 'node:events';
import type { Response } from 'express';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { badRequest, DomainError } from '../../core/errors.ts';
import { resolveImages, type ResolvedInstance } from '../query/resolveImages.ts';
import { tags, transferSyntaxes } from '../../standards/dicom/index.ts';
import type { PixelFormat } from '../pixels/frame.ts';
import { markAsRgb } from '../pixels/markAsRgb.ts';
import { needsPlain } from '../pixels/plainFrame.ts';
import { readFrameToSend, readStoredHeader } from '../storedObject.ts';
import { readPlainFrame } from './readPlainFrame.ts';

/** One frame that is asked for; `from` = bytes of its rendition that the caller has already (its preview prefix). */
export interface AskedFrame {
  sopInstanceUid: string;
  frame: number;
  from: number;
}

/** What stands before the bytes of each frame. `fault` says why there are none. */
export interface FrameHeader {
  sopInstanceUid: string;
  frame: number;
  transferSyntax: string;
  /** 0, or `from` where the bytes continue what the caller has. */
  from: number;
  length: number;
  /** Of the bytes as sent, where it is not what the header of the object says. */
  format?: Partial<Omit<PixelFormat, 'rows' | 'columns'>>;
  fault?: string;
  /** The bytes decode, but are not what was written: the picture is not to be relied on. */
  damaged?: true;
}

export const MOST_FRAMES = 64;
/** A stored coding this much smaller than the rendition is worth its slower decoder on a thin line. */
const WORTH = 0.95;

/** Reads `<SOP Instance UID>/<frame>/<from>`, separated by commas. Throws badRequest. */
export function readAskedFrames(text: string): AskedFrame[] {
  const asked = text.split(',').map((each) => {
    const [, sopInstanceUid = '', frame, from] = /^(\d[\d.]{0,63})\/(\d{1,6})\/(\d{1,10})$/.exec(each) ?? [];
    return { sopInstanceUid, frame: Number(frame), from: Number(from) };
  });
  if (asked.length > MOST_FRAMES) throw badRequest(`at most ${MOST_FRAMES} frames in one answer`);
  if (asked.some((each) => !each.sopInstanceUid || each.frame < 1))
    throw badRequest('frames are <SOP Instance UID>/<frame from 1>/<bytes known>, separated by commas');
  return asked;
}

/**
 * Sends several frames of a series in the asked order in one answer, each as `u32 length of header (little endian),
 * FrameHeader as JSON, bytes`: one access check and one round trip for many frames. A frame goes out as its HTJ2K
 * rendition (without the bytes that the caller has), or as stored where there is none, or where `small` is asked and that
 * is fewer bytes. A frame that cannot be read has a `fault` and no bytes; the others are sent all the same.
 */
export async function sendFrames(
  ctx: Context,
  actor: Actor,
  path: { study: string; series: string; asked: AskedFrame[]; small: boolean },
  res: Response,
): Promise<void> {
  const wanted = [...new Set(path.asked.map((each) => each.sopInstanceUid))];
  const found = await resolveImages(ctx, actor, {
    study: path.study,
    series: path.series,
    instances: wanted,
  });
  const instances = new Map(found.map((each) => [each.sopInstanceUid, each]));
  res.setHeader('Content-Type', 'application/octet-stream');
  res.setHeader('Cache-Control', 'private, no-store');
  for (const asked of path.asked) {
    if (res.destroyed) return; // the reader scrolled on
    const { header, bytes } = await readOne(ctx, instances.get(asked.sopInstanceUid), asked, path.small);
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    if (!res.write(Buffer.concat([length, json, bytes])) && !res.destroyed)
      await Promise.race([once(res, 'drain'), once(res, 'close')]);
  }
  res.end();
}

async function readOne(
  ctx: Context,
  instance: ResolvedInstance | undefined,
  { sopInstanceUid, frame, from }: AskedFrame,
  small: boolean,
): Promise<{ header: FrameHeader; bytes: Buffer }> {
  const answer = (transferSyntax: string, bytes: Buffer, more: Partial<FrameHeader> = {}) => ({
    header: {
      sopInstanceUid,
      frame,
      transferSyntax,
      from: 0,
      length: bytes.length,
      ...(instance?.damagedFrames?.includes(frame) && { damaged: true as const }),
      ...more,
    },
    bytes,
  });
  if (!instance) return answer('', Buffer.alloc(0), { fault: 'not found' });
  try {
    if (needsPlain(instance)) {
      const { bytes, format } = await readPlainFrame(ctx, instance, frame);
      return answer(transferSyntaxes.explicitLittleEndian, bytes, format && { format });
    }
    const { rendition } = instance;
    const place = rendition?.frames[frame - 1];
    if (rendition && place) {
      const [offset, size] = place;
      const known = from < size ? from : 0;
      const stored =
        instance.numberOfFrames === 1 ? instance.objectSize - (instance.pixelOffset ?? 0) : Infinity;
      if (!small || stored > (size - known) * WORTH)
        return answer(
          rendition.transferSyntax,
          await ctx.objects.read(rendition.objectAddress, { start: offset + known, end: offset + size - 1 }),
          { from: known, ...(instance.samplesPerPixel === 3 && { format: codedColour(instance) }) },
        );
    }
    const { transferSyntax, bytes } = await readFrameToSend(ctx, instance, frame);
    if (await lacksSign(ctx, instance, bytes)) {
      const plain = await readPlainFrame(ctx, instance, frame);
      return answer(transferSyntaxes.explicitLittleEndian, plain.bytes);
    }
    const rgb = transferSyntax === transferSyntaxes.jpegBaseline && instance.photometric === 'RGB';
    return answer(transferSyntax, rgb ? Buffer.from(markAsRgb(bytes)) : bytes);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return answer('', Buffer.alloc(0), { fault: error.message });
  }
}

/** A rendition of colour is always by pixel, whatever the planes of the object are. */
const codedColour = ({ photometric }: ResolvedInstance): NonNullable<FrameHeader['format']> => ({
  samplesPerPixel: 3,
  bitsAllocated: 8,
  bitsStored: 8,
  pixelRepresentation: 0,
  photometric: photometric ?? 'RGB',
  planarConfiguration: 0,
});

/** A JPEG 2000 stream of unsigned samples (ITU-T T.800 §A.5.1, Ssiz) below a header that says signed: browsers lose the sign. */
async function lacksSign(ctx: Context, instance: ResolvedInstance, bytes: Buffer): Promise<boolean> {
  const { transferSyntax, samplesPerPixel } = instance;
  if (transferSyntax !== transferSyntaxes.jpeg2000 && transferSyntax !== transferSyntaxes.jpeg2000Lossless)
    return false;
  const unsigned = bytes.length > 42 && bytes.readUInt32BE(0) === 0xff4fff51 && (bytes[42] ?? 0) < 0x80;
  if (samplesPerPixel !== 1 || !unsigned) return false;
  const { dataSet } = await readStoredHeader(ctx, instance);
  return dataSet.number(tags.pixelRepresentation) === 1;
}
