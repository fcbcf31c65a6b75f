import { core, getEngine } from './cornerstone/engine.ts';
import { currentSpacing } from './cornerstone/registerMetadata.ts';
import type { StackFacts } from './StackOverlay.tsx';
import { number, tag, text } from './study/dicomJson.ts';
import type { DisplaySet } from './study/displaySets.ts';
import { acrossPlane } from './study/nearestSlice.ts';

/** What the corners of a picture say. */
export function factsOf(viewport: core.StackViewport, set: DisplaySet): StackFacts {
  const properties = viewport.getProperties();
  const range = properties.voiRange;
  const window = range ? core.utilities.windowLevel.toWindowLevel(range.lower, range.upper) : null;
  const camera = viewport.getCamera();
  const index = viewport.getCurrentImageIdIndex();
  return {
    index,
    total: set.imageIds.length,
    width: window?.windowWidth ?? null,
    center: window?.windowCenter ?? null,
    zoom: viewport.getZoom(),
    rotation: viewport.getRotation(),
    flipHorizontal: camera.flipHorizontal ?? false,
    flipVertical: camera.flipVertical ?? false,
    invert: properties.invert ?? false,
    pixelsPerMm: pixelsPerMm(viewport),
    spacing: currentSpacing(viewport.getCurrentImageId())?.source ?? 'none',
  };
}

/** Screen pixels of one millimetre in the image plane, for the scale bar; null where a pixel has no size. */
function pixelsPerMm(viewport: core.StackViewport): number | null {
  const image = viewport.getCornerstoneImage() as core.Types.IImage | undefined;
  const spacing = currentSpacing(viewport.getCurrentImageId());
  if (!image || !spacing?.mm) return null;
  const a = viewport.canvasToWorld([0, 0]);
  const b = viewport.canvasToWorld([100, 0]);
  const distance = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  // Ultrasound regions stand beside the geometry: there a unit of the plane is one pixel.
  const mm = spacing.source === 'region' ? distance * spacing.mm[1] : distance;
  return mm > 0 ? 100 / mm : null;
}

/** Where a place of the patient lies on the screen; null on a slice that it is not in, or of another patient position. */
export function markAt(
  viewportId: string,
  set: DisplaySet,
  index: number,
  point: { world: [number, number, number]; frameOfReferenceUid: string },
): [number, number] | null {
  const instance = set.instances[index];
  if (!instance || text(instance, tag.frameOfReference) !== point.frameOfReferenceUid) return null;
  const distance = acrossPlane(instance, point.world);
  if (distance === null || Math.abs(distance) > Math.max(1, number(instance, tag.sliceThickness) ?? 1))
    return null;
  const viewport = getEngine().getViewport(viewportId) as core.StackViewport;
  const [x, y] = viewport.worldToCanvas(point.world);
  return [x, y];
}
