import { useEffect, useRef, useState, type DragEvent, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { truePlaces } from './cornerstone/truePlaces.ts';
import { currentRendering, core, getEngine } from './cornerstone/engine.ts';
import { followSize } from './cornerstone/followSize.ts';
import { keepWindow } from './cornerstone/keepWindow.ts';
import { zoomInDevicePixels } from './cornerstone/zoomInDevicePixels.ts';
import {
  imageRefined,
  imageRefused,
  isDamaged,
  isPreview,
  previewAfterFirst,
} from './cornerstone/frameLoader.ts';
import { onImageLine } from './cornerstone/frameStore.ts';
import { prefetchStack } from './cornerstone/prefetchStack.ts';
import { refine } from './cornerstone/refine.ts';
import { registerMetadata } from './cornerstone/registerMetadata.ts';
import { activeTool, addViewport, measuring, removeViewport } from './cornerstone/toolGroup.ts';
import { hasPlanes, OverlayPlanes } from './OverlayPlanes.tsx';
import { StackOverlay, type StackFacts } from './StackOverlay.tsx';
import { factsOf, markAt } from './stackFacts.ts';
import { frameOf, type DisplaySet } from './study/displaySets.ts';
import './panes.css';

interface Props {
  viewportId: string;
  set: DisplaySet;
  active: boolean;
  overlay: boolean;
  /** False where the line is a phone's: only what is looked at is fetched in full. */
  ahead?: boolean;
  /** Whether overlay planes (60xx) lie over the picture. */
  planes: boolean;
  /** A prior study is marked so that nobody takes it for today's. */
  prior?: string | undefined;
  onActivate: () => void;
  onToggleSingle: () => void;
  onDropSet: (setId: string) => void;
  onSlice?: (index: number) => void;
  /** An image is on the screen at full quality. */
  onFullImage?: (imageId: string) => void;
  /** How good what is shown is; null when the viewport goes. */
  onQuality?: (shown: 'loading' | 'preview' | 'full' | 'failed' | null) => void;
  /** A place in the patient to mark, where this stack shares its frame of reference. */
  point?: { world: [number, number, number]; frameOfReferenceUid: string } | null;
  /** While given, a click tells its place in the patient. */
  onPoint?: ((world: [number, number, number]) => void) | undefined;
  /** Where each display set was left: image and window survive a change of layout. */
  left: Map<string, { index: number; imageId?: string; voi: core.Types.VOIRange | undefined }>;
}

type Viewport = core.StackViewport;

const reason = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault ?? ''));

/** One viewport with a stack of images. */
export function StackView(props: Props) {
  const {
    viewportId,
    set,
    active,
    overlay,
    planes,
    prior,
    onActivate,
    onToggleSingle,
    onDropSet,
    onSlice,
    left,
  } = props;
  const { onQuality, onFullImage, ahead = true } = props;
  const { t } = useTranslation(['imaging', 'images']);
  const { point, onPoint } = props;
  const place = useRef<HTMLDivElement>(null);
  const [facts, setFacts] = useState<StackFacts | null>(null);
  const [loaded, setLoaded] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  /** Null while nothing is shown yet. */
  const [quality, setQuality] = useState<'preview' | 'full' | 'damaged' | null>(null);
  const [refused, setRefused] = useState(false);
  const [lineLost, setLineLost] = useState(false);
  const slice = useRef(onSlice);
  const tellQuality = useRef(onQuality);
  const tellImage = useRef(onFullImage);
  useEffect(() => {
    slice.current = onSlice;
    tellQuality.current = onQuality;
    tellImage.current = onFullImage;
  });
  useEffect(() => onImageLine(setLineLost), []);
  useEffect(() => {
    tellQuality.current?.(failure !== null || quality === 'damaged' ? 'failed' : (quality ?? 'loading'));
    if (quality !== 'preview') setRefused(false);
  }, [quality, failure]);
  useEffect(() => () => tellQuality.current?.(null), []);

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
    if (currentRendering()?.mode !== 'gpu') {
      const drawn = engine.getViewport(viewportId) as Viewport;
      truePlaces(drawn);
      keepWindow(drawn);
      zoomInDevicePixels(drawn);
    }
    const unfollow = followSize(element);
    return () => {
      unfollow();
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
    setQuality(null);
    registerMetadata(set);
    /** Frames of this stack that the hub cannot give: the reader learns it when he comes to one. */
    const missing = new Map<string, string>();
    const look = () => {
      const image = viewport.getCornerstoneImage() as core.Types.IImage | undefined;
      const shown = image?.imageId === viewport.getCurrentImageId();
      if (image)
        setQuality(!shown || isPreview(image) ? 'preview' : isDamaged(image.imageId) ? 'damaged' : 'full');
      if (!shown) return;
      if (!isPreview(image)) {
        missing.delete(image.imageId);
        tellImage.current?.(image.imageId);
      }
      setFailure(missing.get(image.imageId) ?? null);
    };
    const update = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (!gone && viewport.getImageIds().length > 0) setFacts(factsOf(viewport, set));
      });
    };
    const onImage = () => {
      update();
      look();
      prefetch?.moved();
      slice.current?.(viewport.getCurrentImageIdIndex());
    };
    const onRefined = (event: Event) => {
      const { imageId, image } = (event as CustomEvent<{ imageId: string; image: core.Types.IImage }>).detail;
      if (gone || viewport.getCurrentImageId() !== imageId) return;
      refine(viewport, image);
      look();
    };
    core.eventTarget.addEventListener(imageRefined, onRefined);
    const { IMAGE_RENDERED, STACK_NEW_IMAGE, IMAGE_LOAD_ERROR } = core.Enums.Events;
    element.addEventListener(IMAGE_RENDERED, update);
    element.addEventListener(STACK_NEW_IMAGE, onImage);
    const onError = (event: Event) => {
      const detail = (event as CustomEvent<{ imageId: string; error?: unknown }>).detail;
      if (!set.imageIds.includes(detail.imageId)) return;
      missing.set(detail.imageId, reason(detail.error));
      if (viewport.getCurrentImageId() === detail.imageId) setFailure(reason(detail.error));
    };
    core.eventTarget.addEventListener(IMAGE_LOAD_ERROR, onError);
    core.eventTarget.addEventListener(imageRefused, onError);
    let prefetch: ReturnType<typeof prefetchStack> | null = null;
    const before = left.get(set.id);

    // In a stack that has grown the same image stands at another place.
    const same = before?.imageId ? set.imageIds.indexOf(before.imageId) : -1;
    const start = same >= 0 ? same : Math.min(before?.index ?? 0, set.imageIds.length - 1);
    previewAfterFirst(set.imageIds, set.imageIds[start] ?? '');
    viewport
      .setStack(set.imageIds, start)
      .then(() => {
        if (gone) return;
        addViewport(viewportId);
        if (before?.voi) viewport.setProperties({ voiRange: before.voi });
        viewport.resetCamera();
        viewport.render();
        look();
        performance.mark(`hub-first-image-${viewportId}`);
        element.dataset.state = 'shown';
        if (ahead)
          prefetch = prefetchStack(
            set.imageIds,
            () => viewport.getCurrentImageIdIndex(),
            (count) => !gone && setLoaded(count),
          );
      })
      .catch((error: unknown) => {
        if (gone) return;
        addViewport(viewportId); // the wheel leads to the images that can be had
        setFailure(reason(error));
      });
    return () => {
      gone = true;
      cancelAnimationFrame(frame);
      if (element.dataset.state === 'shown')
        left.set(set.id, {
          index: viewport.getCurrentImageIdIndex(),
          imageId: viewport.getCurrentImageId(),
          voi: viewport.getProperties().voiRange,
        });
      prefetch?.stop();
      core.eventTarget.removeEventListener(imageRefined, onRefined);
      delete element.dataset.state;
      element.removeEventListener(IMAGE_RENDERED, update);
      element.removeEventListener(STACK_NEW_IMAGE, onImage);
      core.eventTarget.removeEventListener(IMAGE_LOAD_ERROR, onError);
      core.eventTarget.removeEventListener(imageRefused, onError);
    };
  }, [viewportId, set, ahead]);

  const onClick = (event: MouseEvent) => {
    const box = place.current?.getBoundingClientRect();
    if (!onPoint || !box || !facts) return;
    const viewport = getEngine().getViewport(viewportId) as Viewport;
    const world = viewport.canvasToWorld([event.clientX - box.left, event.clientY - box.top]);
    onPoint([world[0], world[1], world[2]]);
  };
  const under = facts && frameOf(set, facts.index);
  const mark = point && facts && markAt(viewportId, set, facts.index, point);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const id = event.dataTransfer.getData('application/x-display-set');
    if (id) onDropSet(id);
  };
  /** A measurement on a preview would be of blurred pixels. */
  const holdMeasuring = (event: { button?: number; stopPropagation: () => void }) => {
    if (quality !== 'preview' || (event.button ?? 0) !== 0 || !measuring.includes(activeTool())) return;
    event.stopPropagation();
    setRefused(true);
  };
  return (
    <div
      className={`hub-viewport ${active ? 'is-active' : ''}`}
      data-viewport={viewportId}
      data-quality={quality ?? undefined}
      onPointerDownCapture={onActivate}
      onMouseDownCapture={holdMeasuring}
      onTouchStartCapture={holdMeasuring}
      onClick={onClick}
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
      {planes && facts && under && hasPlanes(under.instance) && (
        <OverlayPlanes viewportId={viewportId} facts={facts} {...under} />
      )}
      {overlay && facts && <StackOverlay set={set} facts={facts} prior={prior} />}
      {mark && (
        <i className="hub-viewport-point" style={{ left: mark[0], top: mark[1] }} aria-hidden="true" />
      )}
      {!facts && !failure && <div className="hub-viewport-note">{t('loading')}</div>}
      {failure && (
        <div className="hub-viewport-note" role="alert">
          {t('imageFailed')} <small>{failure}</small>
        </div>
      )}
      {facts && (
        <div className="hub-viewport-quality" role="status">
          <b className={`is-${quality ?? 'preview'}`} title={t(`images:quality.${quality ?? 'preview'}Help`)}>
            {t(`images:quality.${quality ?? 'preview'}`)}
          </b>
          {ahead && set.imageIds.length > 1 && loaded < set.imageIds.length && (
            <span>{t('loadedOf', { n: loaded, total: set.imageIds.length })}</span>
          )}
          {lineLost && <span className="is-lost">{t('images:quality.lineLost')}</span>}
          {refused && quality === 'preview' && (
            <span className="is-lost">{t('images:quality.waitToMeasure')}</span>
          )}
        </div>
      )}
    </div>
  );
}
