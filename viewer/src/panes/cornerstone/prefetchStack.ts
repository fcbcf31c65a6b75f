import { fullImage, isPreview } from './frameLoader.ts';
import { core } from './engine.ts';
import { nearestFirst } from './nearestFirst.ts';
import { forgetWaiting } from './frameStore.ts';

/** Frames asked for ahead of the decoder: enough to fill the line, few enough to turn round at once. */
const ahead = 16;
/** Share of the picture cache that the stacks on the screen may fill around the reader, each the same part of it. */
const share = 0.8;
const shown = new Set<object>();

/**
 * Loads the stack at full quality from the current image outward, so that the next scroll step is there first, and not
 * more of it than the picture cache holds: what is further away would push out what is near. Returns how to stop and a
 * call for when the reader has scrolled on.
 */
export function prefetchStack(
  imageIds: readonly string[],
  current: () => number,
  onCount: (loaded: number) => void,
): { stop: () => void; moved: () => void } {
  let stopped = false;
  const running = new Set<string>();
  const failed = new Set<string>();
  const isFull = (imageId: string) => {
    const image = core.cache.getImage(imageId);
    return image !== undefined && !isPreview(image);
  };

  const count = () => onCount(imageIds.reduce((sum, imageId) => sum + Number(isFull(imageId)), 0));
  const reach = () => {
    const bytes = core.cache.getImage(imageIds[current()] ?? '')?.sizeInBytes ?? 1;
    return Math.max(1, Math.floor((core.cache.getMaxCacheSize() * share) / shown.size / bytes));
  };
  const next = (): string | undefined => {
    for (const index of nearestFirst(imageIds.length, current(), reach())) {
      const imageId = imageIds[index];
      if (imageId && !running.has(imageId) && !failed.has(imageId) && !isFull(imageId)) return imageId;
    }
    return undefined;
  };
  const pump = () => {
    while (!stopped && running.size < ahead) {
      const imageId = next();
      if (!imageId) break;
      running.add(imageId);
      fullImage(imageId)
        .catch((fault: unknown) => {
          if (!(fault instanceof DOMException)) failed.add(imageId);
        })
        .finally(() => {
          running.delete(imageId);
          if (stopped) return;
          count();
          pump();
        });
    }
  };
  shown.add(running);
  count();
  pump();
  return {
    stop: () => {
      stopped = true;
      shown.delete(running);
      forgetWaiting(running);
    },
    moved: pump,
  };
}
