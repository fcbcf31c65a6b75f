import { fullImage } from '../cornerstone/frameLoader.ts';
import { registerMetadata } from '../cornerstone/registerMetadata.ts';
import type { DisplaySet } from '../study/displaySets.ts';
import { emptyVolume, fillSlice, type Volume } from './volume.ts';

/** Loads every slice and puts it into a volume; rejects when one cannot be loaded, so that no plane shows a gap as anatomy. */
export async function loadVolume(
  set: DisplaySet,
  onCount: (done: number) => void,
  signal: AbortSignal,
): Promise<Volume> {
  registerMetadata(set);
  const volume = emptyVolume(set);
  let next = 0;
  let done = 0;
  const lane = async () => {
    for (;;) {
      const index = next;
      next += 1;
      const imageId = set.imageIds[index];
      if (imageId === undefined || signal.aborted) return;
      const image = await fullImage(imageId);
      fillSlice(volume, index, image.getPixelData());
      done += 1;
      onCount(done);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return volume;
}
