import { drawPaper } from '../../../viewer/src/centers/ecg/paper/drawPaper.ts';
import { rowsOf, type LayoutName } from '../../../viewer/src/centers/ecg/paper/layouts.ts';
import { paperColors } from '../../../viewer/src/centers/ecg/paper/paperSheet.ts';
import type { Trace } from '../../../viewer/src/centers/ecg/types.ts';
import {
  contrastPatches,
  drawPattern,
  patches,
} from '../../../viewer/src/centers/imaging/monitor/testPattern.ts';
import { openGpuVolume, type GpuCut } from '../../../viewer/src/panes/mpr/gpuReformat.ts';
import { axesOf, reformat, shade } from '../../../viewer/src/panes/mpr/reformat.ts';
import type { Vector, Volume } from '../../../viewer/src/panes/mpr/volume.ts';

const canvasOf = (width: number, height: number) =>
  Object.assign(document.createElement('canvas'), { width, height });
const greys = (canvas: HTMLCanvasElement) => {
  const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
  return Array.from(data).filter((_value, at) => at % 4 === 0);
};

/** A volume whose every voxel differs from its neighbours, in and beyond the window, below zero too. */
function volumeOf(size: Vector, spacingMm: Vector = [1, 1, 2]): Volume {
  const data = Int16Array.from(
    { length: size[0] * size[1] * size[2] },
    (_, at) => ((at * 7919) % 2001) - 1000,
  );
  return { data, size, spacingMm, axes: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }; // prettier-ignore
}

type Wanted = Omit<GpuCut, 'width' | 'height'>;
/** Largest difference of a plane drawn by the graphics card, pixel for pixel, from the one that is reckoned. */
function differenceOf(size: Vector, cuts: Wanted[]): number[] {
  const volume = volumeOf(size);
  const gpu = openGpuVolume(volume, () => undefined);
  if (!gpu) return [];
  const found = cuts.map((cut) => {
    const [h, v] = axesOf[cut.plane];
    const [width, height] = [size[h], size[v]];
    const target = canvasOf(1, 1);
    if (!gpu.draw(target, { ...cut, width, height })) return Infinity;
    const out = new Uint8ClampedArray(width * height * 4);
    shade(reformat(volume, cut.plane, cut.index, cut.slab, cut.thicknessMm), cut.window, cut.invert, out);
    return Math.max(...greys(target).map((grey, at) => Math.abs(grey - (out[at * 4] ?? 0))));
  });
  gpu.close();
  return found;
}

/** One plane of a small volume on a canvas of another size, row by row. */
function enlarged(width: number, height: number): number[] {
  const volume: Volume = { ...volumeOf([2, 2, 1]), data: Int16Array.from([0, 100, 200, 255]) };
  const target = canvasOf(1, 1);
  const window = { width: 256, center: 128 };
  openGpuVolume(volume, () => undefined)?.draw(target, { plane: 2, index: 0, slab: 'none', thicknessMm: 0, window, invert: false, width, height }); // prettier-ignore
  return greys(target);
}

/** What is told when a volume is closed, and when the driver takes its context away. */
async function ends(how: 'close' | 'lost'): Promise<{ lost: number; drawn: boolean | undefined }> {
  let lost = 0;
  const made: HTMLCanvasElement[] = [];
  const create = document.createElement.bind(document);
  document.createElement = ((name: string) => {
    const element = create(name);
    if (element instanceof HTMLCanvasElement) made.push(element);
    return element;
  }) as typeof document.createElement;
  const gpu = openGpuVolume(volumeOf([4, 4, 4]), () => (lost += 1));
  document.createElement = create;
  const [canvas] = made;
  const gone = new Promise((resolve) => canvas?.addEventListener('webglcontextlost', resolve));
  if (how === 'close') gpu?.close();
  else canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
  await gone;
  const window = { width: 256, center: 128 };
  const cut: GpuCut = {
    plane: 2,
    index: 0,
    slab: 'none',
    thicknessMm: 0,
    window,
    invert: false,
    width: 4,
    height: 4,
  };
  return { lost, drawn: gpu?.draw(create('canvas'), cut) };
}

const tooLarge = (): boolean =>
  openGpuVolume({ ...volumeOf([1, 1, 1]), size: [1, 1, 100_000] }, () => undefined) === null;

/** The grey that the test pattern has in the middle of each patch and of its insets, beside what it should have. */
function pattern(side: number): [number, number][] {
  const canvas = canvasOf(1, 1);
  drawPattern(canvas, side, side);
  const all = greys(canvas);
  const at = (x: number, y: number) => all[Math.round(y * side) * side + Math.round(x * side)] ?? -1;
  return [...patches(), ...contrastPatches()].flatMap(({ x, y, size, grey, insets }): [number, number][] => [
    ...(insets.length === 4 ? ([[at(x + size / 2, y + size / 2), grey]] as [number, number][]) : []),
    ...insets.map((inset): [number, number] => [
      at(inset.x + inset.size / 2, inset.y + inset.size / 2),
      inset.grey,
    ]),
  ]);
}

interface PaperInput {
  layout: LayoutName;
  leads: Record<string, number[]>;
  missing?: Record<string, [number, number][]>;
  beats?: { sample: number; kind: string }[];
  width: number;
  height: number;
  offset?: number;
  /** Places that are looked at. */
  at?: [x: number, y: number][];
}
/**
 * ECG paper at 4 pixels a millimetre, 25 mm/s, 10 mm/mV: where the leads stand, and for each column of a stretch the
 * highest and lowest row on which something is drawn.
 */
function paper({ layout, leads, missing = {}, beats, width, height, offset = 0, at }: PaperInput) {
  const entries = Object.entries(leads).map(([name, samples]): [string, Float32Array] => [
    name,
    Float32Array.from(samples),
  ]);
  const count = Math.max(...entries.map(([, samples]) => samples.length));
  const trace = {
    samplingRateHz: 500,
    from: 0,
    count,
    leads: new Map(entries),
    missing: new Map(Object.entries(missing)),
  };
  const canvas = canvasOf(width, height);
  const places = drawPaper(canvas, {
    rows: rowsOf(layout, Object.keys(leads), 'II'),
    trace: trace as unknown as Trace,
    offset,
    scale: { pxPerMm: 4, mmPerSecond: 25, mmPerMillivolt: 10, zoom: 1 },
    colors: paperColors.light,
    derived: new Set(),
    missingWord: '无信号',
    ...(beats && { beats }),
    ratio: 1,
  });
  const { data } = canvas.getContext('2d')?.getImageData(0, 0, width, height) ?? { data: [] as number[] };
  const pixel = (x: number, y: number) =>
    [0, 1, 2].map((c) => data[(Math.round(y) * width + Math.round(x)) * 4 + c] ?? 0);
  // Lines of the paper are red: what is dark in its red is drawn on it.
  const dark = (x: number, y: number) => (pixel(x, y)[0] ?? 255) < 190;
  const rows = Array.from({ length: height }, (_, y) => y);
  const reach = Array.from({ length: width }, (_, x) => {
    const drawn = rows.filter((y) => dark(x, y));
    return [drawn[0] ?? -1, drawn.at(-1) ?? -1];
  });
  /** Whether something is drawn at a place, a pixel beside it counted in. */
  const drawnAt = (at ?? []).map(([x, y]) => [-1, 0, 1].some((off) => dark(x, y + off)));
  return { places, reach, drawnAt, top: Array.from({ length: width }, (_, x) => pixel(x, 2)) };
}

Object.assign(window, { differenceOf, enlarged, ends, tooLarge, pattern, paper });

export function Pictures() {
  return <p>drawn by the tests</p>;
}
