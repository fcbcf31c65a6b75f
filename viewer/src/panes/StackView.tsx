import { useEffect, useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { core, getEngine } from './cornerstone/engine.ts';
import { prefetchStack } from './cornerstone/prefetchStack.ts';
import { registerMetadata } from './cornerstone/registerMetadata.ts';
import { addViewport, removeViewport } from './cornerstone/toolGroup.ts';
import { StackOverlay, type StackFacts } from './StackOverlay.tsx';
import type { DisplaySet } from './study/displaySets.ts';

interface Props {
  viewportId: string;
  set: DisplaySet;
  active: boolean;
  overlay: boolean;
  /** A prior study is marked so that nobody takes it for today's. */
  prior?: string | undefined;
  onActivate: () => void;
  onToggleSingle: () => void;
  onDropSet: (setId: string) => void;
  onSlice?: (index: number) => void;
  /** Where each display set was left: image and window survive a change of layout. */
  left: Map<string, { index: number; voi: core.Types.VOIRange | undefined }>;
}

type Viewport = core.StackViewport;

function factsOf(viewport: Viewport, set: DisplaySet): StackFacts {
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
  };
}

/** Screen pixels of one millimetre in the image plane, for the scale bar. */
function pixelsPerMm(viewport: Viewport): number | null {
  const image = viewport.getCornerstoneImage() as core.Types.IImage | undefined;
  if (!image?.columnPixelSpacing || !image.rowPixelSpacing) return null;
  const a = viewport.canvasToWorld([0, 0]);
  const b = viewport.canvasToWorld([100, 0]);
  const mm = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  return mm > 0 ? 100 / mm : null;
}

/** One viewport with a stack of images. */
export function StackView(props: Props) {
  const { viewportId, set, active, overlay, prior, onActivate, onToggleSingle, onDropSet, onSlice, left } =
    props;
  const { t } = useTranslation('imaging');
  const place = useRef<HTMLDivElement>(null);
  const [facts, setFacts] = useState<StackFacts | null>(null);
  const [loaded, setLoaded] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  const slice = useRef(onSlice);
  useEffect(() => {
    slice.current = onSlice;
  });

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const engine = getEngine();
    engine.enableElement({
      viewportId,
      element,
      type: core.Enums.ViewportType.STACK,
      defaultOptions: { background: [0, 0, 0] },
    });
    addViewport(viewportId);
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientHeight > 0) engine.resize(true, true);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      removeViewport(viewportId);
      engine.disableElement(viewportId);
    };
  }, [viewportId]);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const viewport = getEngine().getViewport(viewportId) as Viewport;
    let gone = false;
    let frame = 0;
    setFacts(null);
    setFailure(null);
    setLoaded(0);
    registerMetadata(set);
    const update = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (!gone && viewport.getImageIds().length > 0) setFacts(factsOf(viewport, set));
      });
    };
    const onImage = () => {
      update();
      slice.current?.(viewport.getCurrentImageIdIndex());
    };
    const { IMAGE_RENDERED, STACK_NEW_IMAGE, IMAGE_LOAD_ERROR } = core.Enums.Events;
    element.addEventListener(IMAGE_RENDERED, update);
    element.addEventListener(STACK_NEW_IMAGE, onImage);
    const onError = (event: Event) => {
      const detail = (event as CustomEvent<{ imageId: string; error?: unknown }>).detail;
      if (set.imageIds.includes(detail.imageId)) setFailure(String(detail.error ?? ''));
    };
    core.eventTarget.addEventListener(IMAGE_LOAD_ERROR, onError);
    let stopPrefetch = () => {};
    const before = left.get(set.id);

    viewport
      .setStack(set.imageIds, Math.min(before?.index ?? 0, set.imageIds.length - 1))
      .then(() => {
        if (gone) return;
        if (before?.voi) viewport.setProperties({ voiRange: before.voi });

        viewport.resetCamera();
        viewport.render();
        performance.mark(`hub-first-image-${viewportId}`);
        element.dataset.state = 'shown';
        stopPrefetch = prefetchStack(
          set.imageIds,
          () => viewport.getCurrentImageIdIndex(),
          (count) => !gone && setLoaded(count),
        );
      })
      .catch((error: unknown) => {
        if (!gone) setFailure(error instanceof Error ? error.message : String(error));
      });
    return () => {
      gone = true;
      cancelAnimationFrame(frame);
      if (element.dataset.state === 'shown')
        left.set(set.id, {
          index: viewport.getCurrentImageIdIndex(),
          voi: viewport.getProperties().voiRange,
        });
      stopPrefetch();
      delete element.dataset.state;
      element.removeEventListener(IMAGE_RENDERED, update);
      element.removeEventListener(STACK_NEW_IMAGE, onImage);
      core.eventTarget.removeEventListener(IMAGE_LOAD_ERROR, onError);
    };
  }, [viewportId, set]);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    const id = event.dataTransfer.getData('application/x-display-set');
    if (id) onDropSet(id);
  };
  return (
    <div
      className={`hub-viewport ${active ? 'is-active' : ''}`}
      data-viewport={viewportId}
      onPointerDownCapture={onActivate}
      onDoubleClick={onToggleSingle}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <div
        ref={place}
        className="hub-viewport-canvas"
        onContextMenu={(event) => event.preventDefault()}
        role="img"
        aria-label={t('viewport', { what: `${set.modality} ${set.description}` })}
      />
      {overlay && facts && <StackOverlay set={set} facts={facts} prior={prior} />}
      {!facts && !failure && <div className="hub-viewport-note">{t('loading')}</div>}
      {failure && (
        <div className="hub-viewport-note" role="alert">
          {t('imageFailed')} <small>{failure}</small>
        </div>
      )}
      {facts && set.imageIds.length > 1 && loaded < set.imageIds.length && (
        <div className="hub-viewport-progress" role="status">
          {t('loadedOf', { n: loaded, total: set.imageIds.length })}
        </div>
      )}
    </div>
  );
}
