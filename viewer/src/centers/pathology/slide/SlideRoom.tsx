import { App, Modal } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { errorText } from '../../../shell/states.tsx';
import { useKeys } from '../../../shell/useKeys.ts';
import type { Point, SlideDescription } from '../types.ts';
import { AnnotationList } from './AnnotationList.tsx';
import type { Drawing, Tool } from './AnnotationLayer.tsx';
import { measureWords } from './AnnotationList.tsx';
import type { OpenWindow } from './SlideWindow.tsx';
import { SlideWindow } from './SlideWindow.tsx';
import { SlideToolbar } from './SlideToolbar.tsx';
import { tie } from './sync.ts';
import { useAnnotations } from './useSlides.ts';
import { usePositions } from './usePositions.ts';
import { magnifications } from './scale.ts';
import { goTo, magnify, pan, rotate, viewOf } from './viewActs.ts';

/** Brings the other windows to the place and magnification of the first. */
function alignTo([first, ...others]: OpenWindow[]): void {
  if (!first) return;
  const view = viewOf(first.viewer);
  for (const { viewer, slide } of others) {
    const ratio = (first.slide.micrometrePerPixel ?? 1) / (slide.micrometrePerPixel ?? 1);
    goTo(viewer, { x: view.x * ratio, y: view.y * ratio, width: view.width * ratio }, true);
  }
}

export interface RoomSlide {
  id: string;
  title: string;
  known?: SlideDescription | undefined;
}

interface Props {
  slides: RoomSlide[];
  canWrite: boolean;
  onSnapshot?: (() => void) | undefined;
}

/** The reading room: slides of a case in one, two or four windows, tied or free, with tools and annotations. */
export function SlideRoom({ slides, canWrite, onSnapshot }: Props) {
  const { t } = useTranslation(['pathology', 'shell']);
  const { message } = App.useApp();
  const [count, setCount] = useState(1);
  const [shown, setShown] = useState<string[]>(() => slides.slice(0, 4).map(({ id }) => id));
  const [active, setActive] = useState(0);
  const [opened, setOpened] = useState<(OpenWindow | null)[]>([]);
  const [tool, setTool] = useState<Tool>('pan');
  const [tied, setTied] = useState(false);
  const [fieldArea, setFieldArea] = useState(2);
  const [field, setField] = useState<{ center: Point; radius: number } | null>(null);
  const [marks, setMarks] = useState<Point[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [label, setLabel] = useState(false);
  const open = opened[active] ?? null;
  const slideId = shown[active] ?? slides[0]?.id ?? '';
  /** new windows open on the field of the first one */
  const aligning = useRef(false);
  const leader = useRef<OpenWindow['viewer']>(undefined);
  useEffect(() => {
    leader.current = open?.viewer;
  }, [open]);
  const annotations = useAnnotations(slideId);
  const { history } = usePositions(open?.viewer, slideId);
  const titleOf = (id: string) => slides.find((slide) => slide.id === id)?.title ?? '';

  useEffect(() => {
    const windows = opened
      .slice(0, count)
      // one that is just being closed has no tissue any more; it comes again when it is open
      .filter((each): each is OpenWindow => each?.viewer.isOpen() === true);
    if (!tied || windows.length < 2) return;
    if (aligning.current && windows.length === count) {
      aligning.current = false;
      alignTo(windows);
    }
    return tie(
      windows.map(({ viewer, slide }) => ({ viewer, scale: slide.micrometrePerPixel ?? 1 })),
      () => leader.current,
    );
  }, [tied, opened, count]);

  const startCount = useCallback(() => {
    const scale = open?.slide.micrometrePerPixel;
    if (!open || !scale) {
      void message.warning(t('slide.noScale'));
      return;
    }
    const { x, y } = viewOf(open.viewer);
    setField({ center: { x, y }, radius: (Math.sqrt(fieldArea / Math.PI) * 1000) / scale });
    setMarks([]);
  }, [open, fieldArea, message, t]);
  const choose = (next: Tool) => {
    if (tool === 'mitosis' && next !== 'mitosis' && field && marks.length > 0) saveCount();
    setTool(next);
    if (next === 'mitosis') startCount();
    else setField(null);
  };
  const fail = (error: unknown) => void message.error(errorText(error, t));
  const saveCount = () => {
    if (!field) return;
    annotations.add.mutate(
      {
        kind: 'mitosis',
        name: t('tool.mitosis'),
        points: [field.center, ...marks],
        measure: {
          count: marks.length,
          areaMm2: fieldArea,
          perMm2: Math.round((marks.length / fieldArea) * 10) / 10,
        },
      },
      { onError: fail },
    );
    setMarks([]);
  };
  const draw = (drawing: Drawing) => {
    if (drawing.kind === 'mitosis') {
      const [mark] = drawing.points;
      if (!mark || !field) return;
      if (Math.hypot(mark.x - field.center.x, mark.y - field.center.y) > field.radius)
        void message.info(t('slide.outsideField'));
      else setMarks((before) => [...before, mark]);
      return;
    }
    const measure = measureWords({ ...drawing, measure: {} }, open?.slide.micrometrePerPixel ?? null);
    const number = annotations.items.filter(({ kind }) => kind === drawing.kind).length + 1;
    annotations.add.mutate(
      {
        kind: drawing.kind,
        name: `${t(`tool.${drawing.kind}`)} ${number}`,
        points: drawing.points,
        measure: measure ? { words: measure } : {},
      },
      { onError: fail, onSuccess: ({ id }) => setChosen(id) },
    );
    setTool('pan');
  };
  const snapshot = () => {
    if (!open) return;
    const { x, y, width } = viewOf(open.viewer);
    const size = open.viewer.viewport.getContainerSize();
    const height = (width * size.y) / size.x;
    post<{ id: string }>(`/api/pathology/slides/${open.slide.id}/snapshots`, {
      x: x - width / 2,
      y: y - height / 2,
      width,
      height,
      caption: titleOf(open.slide.id),
      ...(open.slide.focalPlanes > 1 && { plane: open.look.plane }),
      ...(open.look.corrected && { corrected: true }),
    }).then(() => {
      void message.success(t('slide.snapshotTaken'));
      onSnapshot?.();
    }, fail);
  };
  const step = (by: number) => {
    const at = slides.findIndex(({ id }) => id === shown[active]);
    const next = slides[Math.max(0, Math.min(slides.length - 1, at + by))];
    if (next) setShown((before) => Object.assign([...before], { [active]: next.id }));
  };
  const act = (name: string, run: (window: OpenWindow) => void) => ({
    label: t(`keys.${name}`),
    run: () => open && run(open),
  });
  useKeys({
    arrowleft: act('pan', ({ viewer }) => pan(viewer, -0.25, 0)),
    arrowright: act('pan', ({ viewer }) => pan(viewer, 0.25, 0)),
    arrowup: act('pan', ({ viewer }) => pan(viewer, 0, -0.25)),
    arrowdown: act('pan', ({ viewer }) => pan(viewer, 0, 0.25)),
    'shift+arrowleft': act('field', ({ viewer }) => pan(viewer, -0.9, 0)),
    'shift+arrowright': act('field', ({ viewer }) => pan(viewer, 0.9, 0)),
    'shift+arrowup': act('field', ({ viewer }) => pan(viewer, 0, -0.9)),
    'shift+arrowdown': act('field', ({ viewer }) => pan(viewer, 0, 0.9)),
    '+': act('zoomIn', ({ viewer }) => void viewer.viewport.zoomBy(1.5)),
    '=': act('zoomIn', ({ viewer }) => void viewer.viewport.zoomBy(1.5)),
    '-': act('zoomOut', ({ viewer }) => void viewer.viewport.zoomBy(1 / 1.5)),
    '0': act('whole', ({ viewer }) => void viewer.viewport.goHome()),
    ...Object.fromEntries(
      magnifications.map((each, n) => [
        String(n + 1),
        { label: `${each}×`, run: () => open && magnify(open.viewer, open.slide, each) },
      ]),
    ),
    r: act('rotate', ({ viewer }) => rotate(viewer, 15)),
    'shift+r': act('rotate', ({ viewer }) => rotate(viewer, -15)),
    pageup: act('focus', ({ slide, look, setLook }) =>
      setLook({ ...look, plane: Math.min(slide.focalPlanes - 1, look.plane + 1) }),
    ),
    pagedown: act('focus', ({ look, setLook }) => setLook({ ...look, plane: Math.max(0, look.plane - 1) })),
    n: { label: t('keys.nextSlide'), run: () => step(1) },
    p: { label: t('keys.previousSlide'), run: () => step(-1) },
    ...(canWrite && {
      s: { label: t('slide.snapshot'), run: snapshot },
      l: { label: t('tool.length'), run: () => choose('length') },
      a: { label: t('tool.area'), run: () => choose('area') },
      c: { label: t('tool.mitosis'), run: () => choose('mitosis') },
      v: { label: t('tool.pan'), run: () => choose('pan') },
    }),
  });

  return (
    <div className="path-room">
      <SlideToolbar
        window={open}
        tool={tool}
        onTool={choose}
        fieldArea={fieldArea}
        onFieldArea={(area) => {
          setFieldArea(area);
          if (open?.slide.micrometrePerPixel && field)
            setField({
              ...field,
              radius: (Math.sqrt(area / Math.PI) * 1000) / open.slide.micrometrePerPixel,
            });
        }}
        windows={count}
        onWindows={(next) => {
          setCount(next);
          aligning.current = next > 1;
          setActive(0);
          setTied(next > 1 && slides.length > 1);
          setShown((before) =>
            Array.from({ length: next }, (_, n) => before[n] ?? slides[n % slides.length]?.id ?? ''),
          );
        }}
        tied={tied}
        onTied={setTied}
        history={history}
        canWrite={canWrite}
        onSnapshot={snapshot}
        onLabel={() => setLabel(true)}
      />
      <div className="path-room-body">
        <nav className="path-tray" aria-label={t('slide.tray')}>
          {slides.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              className={
                shown.slice(0, count).includes(id) ? 'path-tray-item path-tray-shown' : 'path-tray-item'
              }
              onClick={() => setShown((before) => Object.assign([...before], { [active]: id }))}
            >
              <img src={`/api/pathology/slides/${id}/images/thumbnail`} alt="" loading="lazy" />
              <span>{title}</span>
            </button>
          ))}
        </nav>
        <div className={`path-windows path-windows-${count}`}>
          {Array.from({ length: count }, (_, n) => {
            const id = shown[n] ?? slides[n % slides.length]?.id;
            return id ? (
              <SlideWindow
                key={`${n} ${id}`}
                slideId={id}
                known={slides.find((slide) => slide.id === id)?.known}
                title={titleOf(id)}
                active={n === active}
                tool={tool}
                field={field}
                marks={marks}
                chosen={chosen}
                minimap={count < 4}
                onActivate={() => setActive(n)}
                onOpen={(window) => setOpened((before) => Object.assign([...before], { [n]: window }))}
                onDraw={draw}
              />
            ) : null;
          })}
          {tool === 'mitosis' && field && (
            <div className="path-count" role="status">
              {t('slide.count', {
                count: marks.length,
                area: fieldArea,
                per: (marks.length / fieldArea).toFixed(1),
              })}
            </div>
          )}
        </div>
        {open && <AnnotationList window={open} canWrite={canWrite} chosen={chosen} onChoose={setChosen} />}
      </div>
      <Modal
        open={label}
        title={t('slide.label')}
        footer={null}
        onCancel={() => setLabel(false)}
        destroyOnHidden
      >
        {label && open && (
          <img
            className="path-label"
            src={`/api/pathology/slides/${open.slide.id}/images/label`}
            alt={t('slide.labelOf', { title: titleOf(open.slide.id) })}
          />
        )}
      </Modal>
    </div>
  );
}
