import type { Request, Response } from 'express';
import type { Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { badRequest, DomainError, notFound } from '../../server/core/errors.ts';
import { UndecodablePixels } from '../../server/imaging/pixels/frame.ts';
import { loadFrame } from '../../server/imaging/pixels/pixelSource.ts';
import { decodeInWorker } from '../../server/imaging/pixels/pool.ts';
import { resolveImages, type ResolvedInstance } from '../../server/imaging/query/resolveImages.ts';
import { readFrameToSend } from '../../server/imaging/storedObject.ts';
import { isEncapsulated, transferSyntaxes } from '../../server/standards/dicom/index.ts';
import type { MediaRange } from './accept.ts';
import { typeFits } from './accept.ts';
import { frameMediaType, OCTETS } from './mediaTypes.ts';
import { MultipartWriter, PeerGone } from './multipartWriter.ts';
import { acceptOf, immutable, notAcceptable, pathOf } from './retrieve.ts';

const MOST_FRAMES = 2_000;

/** How a frame goes out: as stored, as the derived HTJ2K, or decoded. */
interface Choice {
  how: 'stored' | 'derived' | 'decoded';
  mediaType: string;
  transferSyntax: string;
  multipart: boolean;
}

/** WADO-RS frames (PS3.18 §10.4.1.1.6): as stored where that is accepted, else HTJ2K, else decoded. */
export async function retrieveFrames(ctx: Context, actor: Actor, req: Request, res: Response): Promise<void> {
  const [instance] = await resolveImages(ctx, actor, pathOf(req));
  if (!instance) throw notFound('instance');
  const numbers = readFrameList(String(req.params.frames), instance);
  const choice = choose(acceptOf(req), instance, numbers.length);
  const etag = `${instance.objectAddress.slice(0, 32)}-${choice.transferSyntax}-${numbers.join('.')}`.slice(
    0,
    200,
  );
  immutable(res, etag);
  if (req.header('if-none-match')?.includes(`"${etag}"`)) return void res.status(304).end();
  if (!choice.multipart && numbers.length === 1) {
    const bytes = await frameBytes(ctx, instance, numbers[0] ?? 1, choice);
    res.setHeader('Content-Type', `${choice.mediaType}; transfer-syntax=${choice.transferSyntax}`);
    return void res.end(bytes);
  }
  const writer = new MultipartWriter(res, choice.mediaType);
  try {
    for (const number of numbers) {
      const bytes = await frameBytes(ctx, instance, number, choice);
      await writer.part({
        'Content-Type': `${choice.mediaType}; transfer-syntax=${choice.transferSyntax}`,
        'Content-Length': String(bytes.length),
      });
      await writer.write(bytes);
    }
    writer.end();
  } catch (error) {
    if (!(error instanceof PeerGone)) throw error;
  }
}

/** Frame numbers of a path, `1,5,9`, each of them there. */
export function readFrameList(text: string, { numberOfFrames }: ResolvedInstance): number[] {
  const numbers = text.split(/,|%2C/i).map(Number);
  if (numbers.length > MOST_FRAMES || numbers.some((number) => !Number.isInteger(number) || number < 1))
    throw badRequest('frames are numbers from 1, separated by commas');
  for (const number of numbers) if (number > numberOfFrames) throw notFound('frame', String(number));
  return numbers;
}

function choose(ranges: readonly MediaRange[], instance: ResolvedInstance, count: number): Choice {
  const native = !isEncapsulated(instance.transferSyntax);
  // Native pixels go out little endian whatever the data set is coded in.
  const stored = {
    how: 'stored' as const,
    mediaType: frameMediaType(instance.transferSyntax),
    transferSyntax: native ? transferSyntaxes.explicitLittleEndian : instance.transferSyntax,
  };
  const options: Omit<Choice, 'multipart'>[] = [
    stored,
    ...(instance.rendition
      ? [
          {
            how: 'derived' as const,
            mediaType: frameMediaType(instance.rendition.transferSyntax),
            transferSyntax: instance.rendition.transferSyntax,
          },
        ]
      : []),
    ...(native
      ? []
      : [
          {
            how: 'decoded' as const,
            mediaType: OCTETS,
            transferSyntax: transferSyntaxes.explicitLittleEndian,
          },
        ]),
  ];
  for (const range of ranges) {
    if (!range.multipart && range.type !== '*/*' && count > 1) continue;
    for (const option of options) {
      // Viewers ask for octet-stream with transfer-syntax=* and take any coding under that name.
      const anySyntax = range.transferSyntax === '*';
      const fits = typeFits(range.type, option.mediaType) || (anySyntax && typeFits(range.type, OCTETS));
      if (!fits || (range.transferSyntax && !anySyntax && range.transferSyntax !== option.transferSyntax))
        continue;
      return {
        ...option,
        mediaType: typeFits(range.type, option.mediaType) ? option.mediaType : OCTETS,
        multipart: range.multipart || range.type === '*/*',
      };
    }
  }
  throw notAcceptable('the frame');
}

async function frameBytes(
  ctx: Context,
  instance: ResolvedInstance,
  number: number,
  choice: Choice,
): Promise<Buffer> {
  if (choice.how === 'derived') return derivedFrame(ctx, instance, number);
  if (choice.how === 'stored') return (await readFrameToSend(ctx, instance, number)).bytes;
  const { frame } = await loadFrame(ctx, instance, number);
  try {
    return Buffer.from((await decodeInWorker(frame)).bytes as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    if (cause instanceof UndecodablePixels)
      throw new DomainError(
        406,
        'not-acceptable',
        `the frame can only be sent as it is stored (${instance.transferSyntax})`,
        { cause },
      );
    throw cause;
  }
}

async function derivedFrame(ctx: Context, { rendition }: ResolvedInstance, number: number): Promise<Buffer> {
  const place = rendition?.frames[number - 1];
  if (!rendition || !place) throw notFound('frame', String(number));
  return ctx.objects.read(rendition.objectAddress, { start: place[0], end: place[0] + place[1] - 1 });
}
