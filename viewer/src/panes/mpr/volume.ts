import { number, numbers, tag, text } from '../study/dicomJson.ts';
import { slicePosition, type DisplaySet } from '../study/displaySets.ts';

export type Vector = [number, number, number];

/** Voxels in modality units (HU for CT), first axis fastest: column, row, slice in reading order. */
export interface Volume {
  data: Int16Array;
  size: Vector;
  spacingMm: Vector;
  /** Direction in the patient of each axis. */
  axes: [Vector, Vector, Vector];
}

export type Unsuitable = 'images' | 'geometry' | 'spacing' | 'memory';

const mostBytes = 420 * 1024 ** 2;

const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** Why a display set cannot be cut in other planes; null when it can. */
export function unsuitable(set: DisplaySet): Unsuitable | null {
  const first = set.instances[0];
  if (!first || set.kind !== 'stack' || set.instances.length < 8) return 'images';
  if (!/^MONOCHROME/.test(text(first, tag.photometric))) return 'images';
  const positions = set.instances.map(slicePosition);
  if (positions.some((each) => each === null) || numbers(first, tag.pixelSpacing).length !== 2)
    return 'geometry';
  const steps = positions.slice(1).map((each, index) => Math.abs((each ?? 0) - (positions[index] ?? 0)));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  if (mean === 0 || steps.some((step) => Math.abs(step - mean) > Math.max(0.1, mean * 0.1))) return 'spacing';
  const voxels = (number(first, tag.rows) ?? 0) * (number(first, tag.columns) ?? 0) * set.instances.length;
  return voxels * 2 > mostBytes ? 'memory' : null;
}

/** An empty volume with the geometry of the display set. Call only when `unsuitable` is null. */
export function emptyVolume(set: DisplaySet): Volume {
  const first = set.instances[0] ?? {};
  const columns = number(first, tag.columns) ?? 0;
  const rows = number(first, tag.rows) ?? 0;
  const [rowSpacing = 1, columnSpacing = 1] = numbers(first, tag.pixelSpacing);
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0] = numbers(first, tag.imageOrientation);
  const row: Vector = [a, b, c];
  const column: Vector = [d, e, f];
  const start = slicePosition(first) ?? 0;
  const end = slicePosition(set.instances.at(-1) ?? {}) ?? 0;
  const normal = cross(row, column);
  const along: Vector = end >= start ? normal : [-normal[0], -normal[1], -normal[2]];
  return {
    data: new Int16Array(columns * rows * set.instances.length),
    size: [columns, rows, set.instances.length],
    spacingMm: [columnSpacing, rowSpacing, Math.abs(end - start) / Math.max(1, set.instances.length - 1)],
    axes: [row, column, along],
  };
}

/** Puts the pixels of one slice, in modality units, into its place. */
export function fillSlice(volume: Volume, slice: number, pixels: ArrayLike<number>): void {
  const length = volume.size[0] * volume.size[1];
  const offset = slice * length;
  for (let i = 0; i < length; i += 1)
    volume.data[offset + i] = Math.max(-32768, Math.min(32767, Math.round(pixels[i] ?? 0)));
}
