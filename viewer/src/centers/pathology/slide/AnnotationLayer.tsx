import type OpenSeadragon from 'openseadragon';
import { useEffect, useRef, useState } from 'react';
import type { Annotation, AnnotationKind, Point } from '../types.ts';
import { imagePixelsPerScreenPixel, imagePoint, matrixOf } from './viewActs.ts';

export type Tool = Exclude<AnnotationKind, 'position'> | 'pan';

export interface Drawing {
  kind: Exclude<AnnotationKind, 'position'>;
  points: Point[];
}

interface Props {
  viewer: OpenSeadragon.Viewer;
  annotations: Annotation[];
  tool: Tool;
  /** mitosis counter: circle of the stated field area, in pixels of level 0 */
  field: { center: Point; radius: number } | null;
  marks: Point[];
  chosen: string | null;
  onDraw: (drawing: Drawing) => void;
}

const outline = (points: Point[]) => points.map(({ x, y }) => `${x},${y}`).join(' ');

function Shape({ kind, points, px }: { kind: AnnotationKind; points: Point[]; px: number }) {
  const [first, second] = points;
  if (!first) return null;
  if (kind === 'length' && second) return <line x1={first.x} y1={first.y} x2={second.x} y2={second.y} />;
  if (kind === 'rectangle' && second) {
    const x = Math.min(first.x, second.x);
    const y = Math.min(first.y, second.y);
    return <rect x={x} y={y} width={Math.abs(second.x - first.x)} height={Math.abs(second.y - first.y)} />;
  }
  if (kind === 'area') return <polygon points={outline(points)} />;
  if (kind === 'mitosis')
    return (
      <>
        {points.slice(1).map((p, n) => (
          <circle key={n} cx={p.x} cy={p.y} r={9 * px} />
        ))}
      </>
    );
  return <circle cx={first.x} cy={first.y} r={7 * px} />;
}

/** Lines and marks over the tissue, and the drawing of new ones. Geometry is in pixels of level 0. */
export function AnnotationLayer({ viewer, annotations, tool, field, marks, chosen, onDraw }: Props) {
  const group = useRef<SVGGElement>(null);
  const [px, setPx] = useState(() => imagePixelsPerScreenPixel(viewer));
  const [points, setPoints] = useState<Point[]>([]);
  const [hover, setHover] = useState<Point | null>(null);

  useEffect(() => {
    const place = () => group.current?.setAttribute('transform', `matrix(${matrixOf(viewer).join(' ')})`);
    const settle = () => setPx(imagePixelsPerScreenPixel(viewer));
    place();
    viewer.addHandler('update-viewport', place);
    viewer.addHandler('animation-finish', settle);
    return () => {
      viewer.removeHandler('update-viewport', place);
      viewer.removeHandler('animation-finish', settle);
    };
  }, [viewer]);
  useEffect(() => {
    viewer.setMouseNavEnabled(tool === 'pan');
    setPoints([]);
    setHover(null);
  }, [viewer, tool]);

  const where = (event: React.PointerEvent | React.MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return imagePoint(viewer, event.clientX - box.left, event.clientY - box.top);
  };
  const finish = (all: Point[]) => {
    if (tool !== 'pan') onDraw({ kind: tool, points: all });
    setPoints([]);
    setHover(null);
  };
  const press = (event: React.PointerEvent) => {
    const point = where(event);
    if (tool === 'point' || tool === 'mitosis') finish([point]);
    else if (tool === 'area') setPoints((before) => [...before, point]);
    else {
      event.currentTarget.setPointerCapture(event.pointerId);
      setPoints([point]);
    }
  };
  const move = (event: React.PointerEvent) => {
    if (points.length > 0) setHover(where(event));
  };
  const release = (event: React.PointerEvent) => {
    const [first] = points;
    if (!first || tool === 'area') return;
    const last = where(event);
    if (Math.hypot(last.x - first.x, last.y - first.y) > 3 * px) finish([first, last]);
    else setPoints([]);
  };
  const close = () => {
    // the second press of the double click has added its point already
    if (tool === 'area' && points.length >= 4) finish(points.slice(0, -1));
  };
  const preview = hover && points.length > 0 ? [...points, hover] : points;
  return (
    <svg
      className={tool === 'pan' ? 'path-layer' : 'path-layer path-layer-drawing'}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onDoubleClick={close}
      aria-hidden
    >
      <g ref={group}>
        {annotations.map(({ id, kind, points: own }) => (
          <g key={id} className={id === chosen ? 'path-mark path-mark-chosen' : 'path-mark'}>
            <Shape kind={kind} points={own} px={px} />
          </g>
        ))}
        {field && <circle className="path-field" cx={field.center.x} cy={field.center.y} r={field.radius} />}
        <g className="path-mark path-mark-chosen">
          {marks.map((mark, n) => (
            <circle key={n} cx={mark.x} cy={mark.y} r={9 * px} />
          ))}
          {preview.length > 0 && tool !== 'pan' && <Shape kind={tool} points={preview} px={px} />}
        </g>
      </g>
    </svg>
  );
}
