import OpenSeadragon from 'openseadragon';
import type { Point, SlideDescription } from '../types.ts';
import { nativeMagnification } from './scale.ts';

type Viewer = OpenSeadragon.Viewer;

export interface View {
  /** centre in pixels of level 0 */
  x: number;
  y: number;
  /** pixels of level 0 across the window */
  width: number;
}

const item = (viewer: Viewer) => viewer.world.getItemAt(0);

export function viewOf(viewer: Viewer): View {
  const bounds = viewer.viewport.getBoundsNoRotate(true);
  const image = item(viewer).viewportToImageRectangle(bounds);
  return { x: image.x + image.width / 2, y: image.y + image.height / 2, width: image.width };
}

export function goTo(viewer: Viewer, view: Partial<View> & Point, immediately = false): void {
  const center = item(viewer).imageToViewportCoordinates(view.x, view.y);
  viewer.viewport.panTo(center, immediately);
  if (view.width) {
    const width = item(viewer).imageToViewportRectangle(0, 0, view.width, 1).width;
    viewer.viewport.zoomTo(1 / width, center, immediately);
  }
}

/** Pixels of level 0 on one pixel of the screen. */
export function imagePixelsPerScreenPixel(viewer: Viewer): number {
  return 1 / item(viewer).viewportToImageZoom(viewer.viewport.getZoom(true));
}

export function magnificationOf(viewer: Viewer, slide: SlideDescription): number | null {
  const native = nativeMagnification(slide);
  return native === null ? null : native / imagePixelsPerScreenPixel(viewer);
}

export function magnify(viewer: Viewer, slide: SlideDescription, magnification: number): void {
  const native = nativeMagnification(slide) ?? 40;
  viewer.viewport.zoomTo(item(viewer).imageToViewportZoom(magnification / native));
}

export function pan(viewer: Viewer, dx: number, dy: number): void {
  const bounds = viewer.viewport.getBoundsNoRotate(true);
  const step = new OpenSeadragon.Point(bounds.width * dx, bounds.height * dy).rotate(
    -viewer.viewport.getRotation(true),
  );
  viewer.viewport.panBy(step);
  viewer.viewport.applyConstraints();
}

export function rotate(viewer: Viewer, degrees: number): void {
  viewer.viewport.setRotation((viewer.viewport.getRotation() + degrees + 360) % 360);
}

/** Place on the slide under a point of the window. */
export function imagePoint(viewer: Viewer, x: number, y: number): Point {
  const point = item(viewer).viewerElementToImageCoordinates(new OpenSeadragon.Point(x, y));
  return { x: point.x, y: point.y };
}

/** Matrix that carries pixels of level 0 into the window, rotation included. */
export function matrixOf(viewer: Viewer): [number, number, number, number, number, number] {
  const at = (x: number, y: number) =>
    item(viewer).imageToViewerElementCoordinates(new OpenSeadragon.Point(x, y));
  const origin = at(0, 0);
  const right = at(1000, 0);
  const down = at(0, 1000);
  return [
    (right.x - origin.x) / 1000,
    (right.y - origin.y) / 1000,
    (down.x - origin.x) / 1000,
    (down.y - origin.y) / 1000,
    origin.x,
    origin.y,
  ];
}
