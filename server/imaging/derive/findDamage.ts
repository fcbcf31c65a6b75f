import type { Context } from '../../core/context.ts';
import { transferSyntaxes as ts } from '../../standards/dicom/index.ts';
import { UndecodablePixels } from '../pixels/frame.ts';
import { loadFrame } from '../pixels/pixelSource.ts';
import { isDamagedInWorker } from '../pixels/pool.ts';
import type { ResolvedInstance } from '../query/resolveImages.ts';
import { readStoredHeader } from '../storedObject.ts';

/** Codings that decode although their bytes are damaged or end early, and whose decoders tell. */
const TELLING: ReadonlySet<string> = new Set([
  ts.jpeg2000,
  ts.jpeg2000Lossless,
  ts.jpegLossless,
  ts.jpegLosslessFirstOrder,
  ts.rleLossless,
]);

/**
 * Finds frames whose bytes are damaged although they decode, once for each instance, and records them: such a picture
 * looks like a blurred one (JPEG 2000), or like one with black below. Frames that do not decode at all say so by themselves.
 */
export async function findDamage(
  ctx: Pick<Context, 'db' | 'objects' | 'log' | 'clock'>,
  instance: ResolvedInstance,
): Promise<void> {
  if (!TELLING.has(instance.transferSyntax) || instance.pixelOffset === null) return;
  if (instance.damagedFrames !== null) return;
  const header = await readStoredHeader(ctx, instance);
  const frames: number[] = [];
  for (let number = 1; number <= instance.numberOfFrames; number++) {
    const { frame } = await loadFrame(ctx, instance, number, header);
    const damaged = await isDamagedInWorker(frame).catch((fault: unknown) => {
      if (fault instanceof UndecodablePixels) return false;
      throw fault;
    });
    if (damaged) frames.push(number);
  }
  if (frames.length > 0) ctx.log.warn({ sopInstanceUid: instance.sopInstanceUid, frames }, 'damaged frames');
  await ctx.db
    .insertInto('frameCheck')
    .values({ instanceId: instance.instanceId, damaged: frames, checkedAt: ctx.clock.now() })
    .onConflict((oc) => oc.doNothing())
    .execute();
}
