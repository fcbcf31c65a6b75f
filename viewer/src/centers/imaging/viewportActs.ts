import { core, getEngine, tools } from '../../panes/cornerstone/engine.ts';
import { windowOfValues } from '../../panes/cornerstone/windowOfValues.ts';
import type { AnnotationExtra } from './measurements.ts';

type Stack = core.StackViewport;

/** The stack viewport with this id, if it shows images. */
export function stackOf(viewportId: string): Stack | null {
  const viewport = getEngine().getViewport(viewportId) as Stack | undefined;
  return viewport && viewport.type === core.Enums.ViewportType.STACK && viewport.getImageIds().length > 0
    ? viewport
    : null;
}

/** Which image of its stack a viewport shows, from 0; undefined while it shows none. */
export const sliceOf = (viewportId: string): number | undefined =>
  stackOf(viewportId)?.getCurrentImageIdIndex();

export function scrollBy(viewportId: string, delta: number): void {
  const viewport = stackOf(viewportId);
  if (!viewport) return;
  const last = viewport.getImageIds().length - 1;
  void viewport.setImageIdIndex(Math.max(0, Math.min(last, viewport.getCurrentImageIdIndex() + delta)));
}

export function scrollTo(viewportId: string, index: number): void {
  const viewport = stackOf(viewportId);
  if (!viewport) return;
  const last = viewport.getImageIds().length - 1;
  void viewport.setImageIdIndex(Math.max(0, Math.min(last, index < 0 ? last : index)));
}

export function setWindow(viewportId: string, width: number, center: number): void {
  const viewport = stackOf(viewportId);
  if (!viewport) return;
  viewport.setProperties({ voiRange: core.utilities.windowLevel.toLowHighRange(width, center) });
  viewport.render();
}

/** The window as it is. */
export function windowOf(viewportId: string): { width: number; center: number } | null {
  const range = stackOf(viewportId)?.getProperties().voiRange;
  if (!range) return null;
  const { windowWidth, windowCenter } = core.utilities.windowLevel.toWindowLevel(range.lower, range.upper);
  return { width: windowWidth, center: windowCenter };
}

/** The device's own window of the current image. */
function deviceWindow(viewport: Stack): { width: number; center: number } | null {
  const voi = core.metaData.get('voiLutModule', viewport.getCurrentImageId()) as
    { windowCenter?: number | number[]; windowWidth?: number | number[] } | undefined;
  const first = (value: number | number[] | undefined) => (Array.isArray(value) ? value[0] : value);
  const width = first(voi?.windowWidth);
  const center = first(voi?.windowCenter);
  return width !== undefined && center !== undefined ? { width, center } : null;
}

export function defaultWindow(viewportId: string): void {
  const viewport = stackOf(viewportId);
  if (!viewport) return;
  const own = deviceWindow(viewport);
  if (own) setWindow(viewportId, own.width, own.center);
  else fitWindow(viewportId);
}

/** A window given relative to the device's own: factor of its width, shift of its centre in widths. */
export function relativeWindow(
  viewportId: string,
  preset: { width: number; center: number },
): { width: number; center: number } | null {
  const viewport = stackOf(viewportId);
  const own = viewport && (deviceWindow(viewport) ?? windowOf(viewportId));
  return own && { width: own.width * preset.width, center: own.center + own.width * preset.center };
}

/** A window from the 1st to the 99th percentile of the current image's values. */
export function fitWindow(viewportId: string): void {
  const viewport = stackOf(viewportId);
  const image = viewport?.getCornerstoneImage() as core.Types.IImage | undefined;
  if (!viewport || !image || image.color) return;
  const pixels = image.getPixelData();
  const step = Math.max(1, Math.floor(pixels.length / 20_000));
  const sample: number[] = [];
  for (let i = 0; i < pixels.length; i += step) sample.push(Number(pixels[i]));
  viewport.setProperties({ voiRange: windowOfValues(sample) });
  viewport.render();
}

export function invert(viewportId: string): void {
  const viewport = stackOf(viewportId);
  if (!viewport) return;
  viewport.setProperties({ invert: !(viewport.getProperties().invert ?? false) });
  viewport.render();
}

export function flip(viewportId: string, axis: 'horizontal' | 'vertical'): void {
  const viewport = stackOf(viewportId);
  if (!viewport) return;
  const camera = viewport.getCamera();
  viewport.setCamera(
    axis === 'horizontal'
      ? { flipHorizontal: !camera.flipHorizontal }
      : { flipVertical: !camera.flipVertical },
  );
  viewport.render();
}

export function rotate(viewportId: string, degrees = 90): void {
  const viewport = stackOf(viewportId);
  if (!viewport) return;
  viewport.setViewPresentation({ rotation: (viewport.getRotation() + degrees + 360) % 360 });
  viewport.render();
}

/** One image pixel on one screen pixel. */
export function actualSize(viewportId: string): void {
  const viewport = stackOf(viewportId);
  if (!viewport) return;
  const image = viewport.getCornerstoneImage() as core.Types.IImage | undefined;
  const canvas = viewport.canvas;
  if (!image || !canvas) return;
  const fit = Math.min(canvas.clientWidth / image.columns, canvas.clientHeight / image.rows);
  viewport.setZoom(1 / fit);
  viewport.render();
}

/** Window, zoom, pan, flips and rotation as at first. Measurements stay. */
export function reset(viewportId: string): void {
  const viewport = stackOf(viewportId);
  if (!viewport) return;
  viewport.resetProperties();
  viewport.resetCamera({ resetPan: true, resetZoom: true, resetToCenter: true });
  viewport.setViewPresentation({ rotation: 0, flipHorizontal: false, flipVertical: false });
  viewport.render();
}

/** Shows these images again after their geometry changed; what is drawn on them stays. */
export function reloadImages(imageIds: readonly string[]): void {
  for (const viewport of getEngine().getViewports() as Stack[]) {
    if (viewport.type !== core.Enums.ViewportType.STACK) continue;
    const shown = viewport.getImageIds();
    if (!imageIds.some((id) => shown.includes(id))) continue;
    const { voiRange } = viewport.getProperties();
    void viewport.setStack(shown, viewport.getCurrentImageIdIndex()).then(() => {
      if (voiRange) viewport.setProperties({ voiRange });
      viewport.resetCamera();
      viewport.render();
    });
  }
}

export function undo(): void {
  core.utilities.HistoryMemo.DefaultHistoryMemo.undo();
}
export function redo(): void {
  core.utilities.HistoryMemo.DefaultHistoryMemo.redo();
}

/** Gives up what is being drawn: a new measurement goes, an old one that is being changed stays as it is by now. */
export function giveUpDrawing(viewportId: string): void {
  const element = stackOf(viewportId)?.element;
  if (!element) return;
  const drawn: string[] = [];
  const note = (event: Event) => {
    const { annotation } = (event as CustomEvent<{ annotation: tools.Types.Annotation }>).detail;
    drawn.push(annotation.annotationUID ?? '');
  };
  // Cornerstone completes a new measurement when it is told to cancel it.
  const completed = tools.Enums.Events.ANNOTATION_COMPLETED;
  core.eventTarget.addEventListener(completed, note);
  tools.cancelActiveManipulations(element);
  core.eventTarget.removeEventListener(completed, note);
  for (const uid of drawn) tools.annotation.state.removeAnnotation(uid);
  stackOf(viewportId)?.render();
}

/** Removes the reader's chosen measurements, or the last one drawn on the images of this viewport; undo brings them back. */
export function removeMeasurement(viewportId: string): void {
  const viewport = stackOf(viewportId);
  const { state, selection } = tools.annotation;
  const own = state.getAllAnnotations().filter((each) => !(each.data as AnnotationExtra).foreign);
  const selected = new Set(selection.getAnnotationsSelected());
  const chosen = own.filter((each) => selected.has(each.annotationUID ?? ''));
  const here = new Set(viewport?.getImageIds());
  const last = own.findLast((each) => here.has(each.metadata?.referencedImageId ?? ''));
  const gone = chosen.length > 0 ? chosen : last ? [last] : [];
  if (!viewport || gone.length === 0) return;
  let there = true;
  const toggle = () => {
    there = !there;
    for (const each of gone) {
      if (!there) state.removeAnnotation(each.annotationUID ?? '');
      else {
        state.addAnnotation(each, viewport.element);
        core.triggerEvent(core.eventTarget, tools.Enums.Events.ANNOTATION_COMPLETED, { annotation: each });
      }
    }
    viewport.render();
  };
  toggle();
  core.utilities.HistoryMemo.DefaultHistoryMemo.push({ restoreMemo: toggle });
}

export function play(viewportId: string, framesPerSecond: number): void {
  const element = stackOf(viewportId)?.element;
  if (element) tools.utilities.cine.playClip(element, { framesPerSecond, loop: true });
}

export function stop(viewportId: string): void {
  const element = stackOf(viewportId)?.element;
  if (element) tools.utilities.cine.stopClip(element);
}
