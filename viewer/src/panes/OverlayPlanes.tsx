import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { get } from '../api/client.ts';
import { getEngine, type core } from './cornerstone/engine.ts';
import type { DataSet } from './study/dicomJson.ts';
import { instancePath } from './study/displaySets.ts';
import { firstPixel, wordsOfPlane } from './study/overlayPlane.ts';
import type { StackFacts } from './StackOverlay.tsx';

/** A plane as the hub answers it: one bit a pixel, the first in the lowest bit, in Base64. */
interface Plane {
  number: number;
  rows: number;
  columns: number;
  origin: [number, number];
  kind: 'graphics' | 'region';
  label: string;
  description: string;
  bits: string;
}

const graphicsColor = [255, 214, 102, 255] as const;
const regionColor = [64, 169, 255, 110] as const;
const textPx = 13;

/** Whether a header names overlay planes: then the hub is asked for them. */
export const hasPlanes = (instance: DataSet | undefined): boolean =>
  instance !== undefined && Object.keys(instance).some((key) => /^60[01][02468ACE]0010$/i.test(key));

const bitsOf = (plane: Plane): Uint8Array =>
  Uint8Array.from(atob(plane.bits), (letter) => letter.charCodeAt(0));

function paint(plane: Plane, bits: Uint8Array): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = plane.columns;
  canvas.height = plane.rows;
  const picture = new ImageData(plane.columns, plane.rows);
  const color = plane.kind === 'region' ? regionColor : graphicsColor;
  for (let pixel = 0; pixel < plane.rows * plane.columns; pixel += 1)
    if (((bits[pixel >> 3] ?? 0) >> (pixel & 7)) & 1) picture.data.set(color, pixel * 4);
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  return canvas;
}

interface Props {
  viewportId: string;
  instance: DataSet;
  frame: number;
  /** Changes with every picture, zoom, turn and flip. */
  facts: StackFacts;
}

/** The overlay planes (60xx) of what is shown, over the picture and moving with it. */
export function OverlayPlanes({ viewportId, instance, frame, facts }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const path = instancePath(instance).replace(/^\/dicom-web/, '/api/imaging');
  const { data } = useQuery({
    queryKey: ['imaging', 'overlays', path, frame],
    queryFn: ({ signal }) => get<{ items: Plane[] }>(`${path}/overlays?frame=${frame}`, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const painted = useMemo(
    () =>
      (data?.items ?? []).map((plane) => {
        const bits = bitsOf(plane);
        return { plane, picture: paint(plane, bits), first: firstPixel({ ...plane, bits }) };
      }),
    [data],
  );
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    const viewport = getEngine().getViewport(viewportId) as core.StackViewport | undefined;
    if (!element || !context || !viewport) return;
    const scale = devicePixelRatio;
    element.width = element.clientWidth * scale;
    element.height = element.clientHeight * scale;
    delete element.dataset.planes;
    const world = viewport.getImageData()?.imageData;
    if (!world?.indexToWorld || painted.length === 0) return;
    /** Where the middle of a pixel of the image lies in the viewport. */
    const at = (column: number, row: number) =>
      viewport.worldToCanvas(world.indexToWorld?.([column, row, 0] as never) as core.Types.Point3);
    const [x, y] = at(0, 0);
    const right = at(1, 0);
    const down = at(0, 1);
    const [ax, ay, bx, by] = [right[0] - x, right[1] - y, down[0] - x, down[1] - y];
    context.imageSmoothingEnabled = false;
    for (const { plane, picture } of painted) {
      const [row, column] = [plane.origin[0] - 1.5, plane.origin[1] - 1.5];
      context.setTransform(
        ax * scale,
        ay * scale,
        bx * scale,
        by * scale,
        (x + ax * column + bx * row) * scale,
        (y + ay * column + by * row) * scale,
      );
      context.drawImage(picture, 0, 0);
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.font = `${textPx}px ${getComputedStyle(element).fontFamily}`;
    context.shadowColor = 'black';
    context.shadowBlur = 3;
    for (const { plane, first } of painted) {
      const words = wordsOfPlane(plane);
      const [left, top] = at(plane.origin[1] - 1 + first[0], plane.origin[0] - 1 + first[1]);
      const [red, green, blue] = plane.kind === 'region' ? regionColor : graphicsColor;
      context.fillStyle = `rgb(${red} ${green} ${blue})`;
      if (words) context.fillText(words, left ?? 0, Math.max(textPx, (top ?? 0) - 4));
    }
    element.dataset.planes = String(painted.length);
    element.dataset.words = painted.map(({ plane }) => wordsOfPlane(plane)).join('\n');
  }, [viewportId, painted, facts]);
  return <canvas ref={canvas} className="hub-overlay-planes" aria-hidden="true" />;
}
