import { core, tools } from './engine.ts';

interface Measured {
  invalidated?: boolean;
  metadata?: { referencedImageId?: string };
  data: { cachedStats?: Record<string, unknown> };
}

/** Puts the full picture in the place of its preview: window, zoom and position stay as they are. */
export function refine(viewport: core.StackViewport, image: core.Types.IImage): void {
  const before = viewport.getProperties().voiRange;
  const preview = viewport.getCornerstoneImage() as core.Types.IImage | undefined;
  const guessed = preview && !hasOwnWindow(image.imageId) && sameRange(before, rangeOf(preview));
  viewport.renderImageObject(image);
  if (guessed) viewport.setProperties({ voiRange: rangeOf(image) });
  viewport.render();
  measureAgain(image.imageId, viewport);
}

/** Values that were computed from a preview are computed again from the full picture. */
function measureAgain(imageId: string, viewport: core.StackViewport): void {
  let found = false;
  for (const annotation of tools.annotation.state.getAllAnnotations() as Measured[]) {
    if (annotation.metadata?.referencedImageId !== imageId) continue;
    annotation.data.cachedStats = {};
    annotation.invalidated = true;
    found = true;
  }
  if (found) tools.utilities.triggerAnnotationRenderForViewportIds([viewport.id]);
}

/** Images without a window in the header get one from their values, and a preview has other extremes. */
function hasOwnWindow(imageId: string): boolean {
  const voi = core.metaData.get('voiLutModule', imageId) as { windowWidth?: unknown } | undefined;
  const width: unknown = Array.isArray(voi?.windowWidth) ? voi.windowWidth[0] : voi?.windowWidth;
  return typeof width === 'number' && width > 0;
}

function rangeOf(image: core.Types.IImage): core.Types.VOIRange {
  const first = (value: number | number[]) => (Array.isArray(value) ? (value[0] ?? 0) : value);
  return core.utilities.windowLevel.toLowHighRange(
    first(image.windowWidth),
    first(image.windowCenter),
    image.voiLUTFunction,
  );
}

const sameRange = (a: core.Types.VOIRange | undefined, b: core.Types.VOIRange): boolean =>
  a !== undefined && Math.abs(a.lower - b.lower) < 1 && Math.abs(a.upper - b.upper) < 1;
