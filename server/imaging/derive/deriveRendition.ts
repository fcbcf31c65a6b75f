import type { Context } from '../../core/context.ts';
import { isEncapsulated, transferSyntaxes as ts } from '../../standards/dicom/index.ts';
import { UndecodablePixels } from '../pixels/frame.ts';
import { needsPlain } from '../pixels/plainFrame.ts';
import { loadFrame } from '../pixels/pixelSource.ts';
import { htj2kInWorker } from '../pixels/pool.ts';
import type { ResolvedInstance } from '../query/resolveImages.ts';
import { readStoredHeader } from '../storedObject.ts';

/** Lossless codings that decode slower than HTJ2K. Lossy ones are never coded again. */
const RECODED: ReadonlySet<string> = new Set([
  ts.jpegLossless,
  ts.jpegLosslessFirstOrder,
  ts.jpegLsLossless,
  ts.jpeg2000Lossless,
  ts.rleLossless,
]);

/** Whether an instance gains by an HTJ2K rendition: grey or RGB pixels of 8 or 16 bits, coded without loss. */
export function isDerivable(instance: ResolvedInstance): boolean {
  const lossless = !isEncapsulated(instance.transferSyntax) || RECODED.has(instance.transferSyntax);
  const format =
    (instance.bitsAllocated === 8 || instance.bitsAllocated === 16) && (instance.samplesPerPixel ?? 1) !== 4;
  return (
    lossless &&
    format &&
    instance.pixelOffset !== null &&
    (instance.rows ?? 0) >= 16 &&
    (instance.columns ?? 0) >= 16 &&
    !/_422|_420/.test(instance.photometric ?? '') &&
    !needsPlain(instance)
  );
}

/**
 * Codes all frames of an instance as HTJ2K lossless (RPCL) into one object and records where each lies and how long its
 * preview prefix is. Pixels that cannot be decoded are left as they are.
 */
export async function deriveRendition(
  ctx: Pick<Context, 'db' | 'objects' | 'log'>,
  instance: ResolvedInstance,
): Promise<void> {
  if (!isDerivable(instance)) return;
  const writer = await ctx.objects.open();
  const places: [number, number, number][] = [];
  try {
    const header = await readStoredHeader(ctx, instance);
    let offset = 0;
    for (let number = 1; number <= instance.numberOfFrames; number++) {
      const { frame } = await loadFrame(ctx, instance, number, header);
      const { codeStream, prefixLength } = await htj2kInWorker(frame);
      await writer.write(codeStream);
      places.push([offset, codeStream.length, prefixLength]);
      offset += codeStream.length;
    }
  } catch (error) {
    await writer.abort();
    if (!(error instanceof UndecodablePixels)) throw error;
    ctx.log.info({ sopInstanceUid: instance.sopInstanceUid, reason: error.message }, 'no HTJ2K rendition');
    return;
  }
  const stored = await writer.commit();
  await ctx.db
    .insertInto('rendition')
    .values({
      instanceId: instance.instanceId,
      kind: 'derived',
      transferSyntax: ts.htj2kLosslessRpcl,
      objectAddress: stored.address,
      objectSize: stored.size,
      frames: JSON.stringify(places),
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
}
