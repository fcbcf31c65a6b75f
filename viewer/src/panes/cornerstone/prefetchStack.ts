import { core } from './engine.ts';

/**
 * Loads the stack from the current image outward, so that the next scroll step is there first. Returns how to stop.
 * Frames leave the cache least recently used first; a stack larger than the cache is fetched around the reader only.
 */
export function prefetchStack(
  imageIds: readonly string[],
  current: () => number,
  onCount: (loaded: number) => void,
): () => void {
  let stopped = false;
  let running = 0;
  const wanted = new Set(imageIds.keys());
  const loaded = () => imageIds.length - wanted.size;
  const parallel = 4;

  const next = (): number | undefined => {
    const at = current();
    let best: number | undefined;
    for (const index of wanted) {
      if (best === undefined || Math.abs(index - at) < Math.abs(best - at)) best = index;
    }
    return best;
  };
  const pump = () => {
    while (!stopped && running < parallel) {
      const index = next();
      if (index === undefined) return;
      wanted.delete(index);
      const imageId = imageIds[index];
      if (imageId === undefined || core.cache.getImageLoadObject(imageId)) {
        onCount(loaded());
        continue;
      }
      running += 1;
      core.imageLoader
        .loadAndCacheImage(imageId, { priority: 0, requestType: core.Enums.RequestType.Prefetch })
        .catch(() => undefined)
        .finally(() => {
          running -= 1;
          if (stopped) return;
          onCount(loaded());
          pump();
        });
    }
  };
  pump();
  return () => {
    stopped = true;
  };
}
