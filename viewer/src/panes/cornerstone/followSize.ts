import { getEngine } from './engine.ts';

const sizes = new Map<Element, string>();
const sizeOf = (element: Element) => `${element.clientWidth} ${element.clientHeight}`;

/** Cornerstone clears a canvas that it sizes and draws in the next frame: between the two the picture was black. */
function drawAtNewSize(): void {
  const engine = getEngine();
  engine.resize(true, true);
  (engine as unknown as { _renderFlaggedViewports: () => void })._renderFlaggedViewports();
}

/** One for all viewports: sixteen that change at once are drawn once. */
let observer: ResizeObserver | undefined;

function watch(entries: ResizeObserverEntry[]): void {
  let changed = false;
  for (const { target } of entries) {
    if (target.clientWidth === 0 || target.clientHeight === 0 || sizes.get(target) === sizeOf(target))
      continue;
    sizes.set(target, sizeOf(target));
    changed = true;
  }
  if (changed) drawAtNewSize();
}

/** Keeps the pictures of a viewport, which was just enabled at this size, as large as its place. Returns how to stop. */
export function followSize(element: Element): () => void {
  observer ??= new ResizeObserver(watch);
  sizes.set(element, sizeOf(element));
  observer.observe(element);
  return () => {
    sizes.delete(element);
    observer?.unobserve(element);
  };
}
