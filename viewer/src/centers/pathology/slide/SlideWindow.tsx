import type OpenSeadragon from 'openseadragon';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed, Loading } from '../../../shell/states.tsx';
import type { Annotation, Point, SlideDescription } from '../types.ts';
import { AnnotationLayer, type Drawing, type Tool } from './AnnotationLayer.tsx';
import { ScaleBar } from './ScaleBar.tsx';
import type { SlideLook } from './tileSource.ts';
import { firstLook } from './tileSource.ts';
import { useAnnotations, useSlide } from './useSlides.ts';
import { useViewer } from './useViewer.ts';

export interface OpenWindow {
  slide: SlideDescription;
  viewer: OpenSeadragon.Viewer;
  look: SlideLook;
  setLook: (look: SlideLook) => void;
}

interface Props {
  slideId: string;
  known?: SlideDescription | undefined;
  title: string;
  active: boolean;
  tool: Tool;
  field: { center: Point; radius: number } | null;
  marks: Point[];
  chosen: string | null;
  minimap: boolean;
  onActivate: () => void;
  onOpen: (window: OpenWindow | null) => void;
  onDraw: (drawing: Drawing) => void;
}

/** One slide in its window: tissue, annotations, scale, minimap. */
export function SlideWindow(props: Props) {
  const slide = useSlide(props.slideId, props.known);
  if (slide.isPending) return <Loading rows={6} />;
  if (slide.isError) return <Failed error={slide.error} retry={() => void slide.refetch()} />;
  return <OpenedWindow key={slide.data.id} {...props} slide={slide.data} />;
}

function OpenedWindow({
  slide,
  title,
  active,
  tool,
  field,
  marks,
  chosen,
  minimap,
  onActivate,
  onOpen,
  onDraw,
}: Props & { slide: SlideDescription }) {
  const { t } = useTranslation('pathology');
  const [look, setLook] = useState(() => firstLook(slide));
  const { element, viewer, failed } = useViewer(slide, minimap, look);
  const { items } = useAnnotations(slide.id);
  const [shownTitle] = useState(title);
  const shown = useMemo<Annotation[]>(() => items.filter(({ kind }) => kind !== 'position'), [items]);
  useEffect(() => {
    onOpen(viewer ? { slide, viewer, look, setLook } : null);
    return () => onOpen(null);
  }, [viewer, slide, look]);
  return (
    <div
      className={active ? 'path-window path-window-active' : 'path-window'}
      onPointerDownCapture={onActivate}
    >
      <div
        ref={element}
        className="path-osd"
        role="img"
        aria-label={t('slide.tissueOf', { title: shownTitle })}
      />
      {viewer && (
        <>
          <AnnotationLayer
            viewer={viewer}
            annotations={shown}
            tool={active ? tool : 'pan'}
            field={active ? field : null}
            marks={active ? marks : []}
            chosen={chosen}
            onDraw={onDraw}
          />
          <ScaleBar viewer={viewer} slide={slide} />
        </>
      )}
      <div className="path-window-title">
        {title}
        {slide.synthetic && <span className="path-synthetic"> · {t('slide.synthetic')}</span>}
        {failed > 0 && (
          <span className="hub-tone-breach"> · {t('slide.tilesFailed', { count: failed })}</span>
        )}
      </div>
    </div>
  );
}
