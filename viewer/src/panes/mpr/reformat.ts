import type { Volume } from './volume.ts';

/** Plane by the axis it is perpendicular to: 2 = as acquired, 1 = across rows, 0 = across columns. */
export type Plane = 0 | 1 | 2;
export type Slab = 'none' | 'max' | 'min' | 'mean';

/** The two axes of a plane: horizontal, vertical. */
export const axesOf: Record<Plane, readonly [0 | 1 | 2, 0 | 1 | 2]> = { 0: [1, 2], 1: [0, 2], 2: [0, 1] };

export interface Cut {
  width: number;
  height: number;
  values: Int16Array;
}

/**
 * First and last voxel of a slab around `index`: as many as come nearest to the thickness, one at least, cut off at the end
 * of the volume.
 */
export function slabOf(
  volume: Volume,
  plane: Plane,
  index: number,
  slab: Slab,
  thicknessMm: number,
): [from: number, to: number] {
  const count = slab === 'none' ? 1 : Math.max(1, Math.round(thicknessMm / volume.spacingMm[plane]));
  const first = index - Math.floor((count - 1) / 2);
  return [Math.max(0, first), Math.min(volume.size[plane] - 1, first + count - 1)];
}

/** Values of one plane at `index`, or of a slab around it: maximum, minimum or mean. */
export function reformat(
  volume: Volume,
  plane: Plane,
  index: number,
  slab: Slab = 'none',
  thicknessMm = 0,
): Cut {
  const { data, size } = volume;
  const stride = [1, size[0], size[0] * size[1]] as const;
  const [h, v] = axesOf[plane];
  const width = size[h];
  const height = size[v];
  const values = new Int16Array(width * height);
  const across = stride[plane];
  const [from, to] = slabOf(volume, plane, index, slab, thicknessMm);
  const count = to - from + 1;
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    let place = from * across + y * stride[v];
    for (let x = 0; x < width; x += 1, at += 1, place += stride[h]) {
      let value = data[place] ?? 0;
      if (count > 1) {
        let next = place;
        let sum = value;
        for (let n = 1; n < count; n += 1) {
          next += across;
          const other = data[next] ?? 0;
          if (slab === 'max') value = other > value ? other : value;
          else if (slab === 'min') value = other < value ? other : value;
          else sum += other;
        }
        if (slab === 'mean') value = sum / count;
      }
      values[at] = value;
    }
  }
  return { width, height, values };
}

/** Grey RGBA of a cut under a window (PS3.3 C.11.2.1.2, linear). */
export function shade(
  cut: Cut,
  window: { width: number; center: number },
  invert: boolean,
  out: Uint8ClampedArray,
): void {
  const width = Math.max(1, window.width);
  const scale = 255 / Math.max(1, width - 1);
  const base = window.center - 0.5 - (width - 1) / 2;
  for (let i = 0, o = 0; i < cut.values.length; i += 1, o += 4) {
    const grey = ((cut.values[i] ?? 0) - base) * scale;
    const shown = invert ? 255 - grey : grey;
    out[o] = shown;
    out[o + 1] = shown;
    out[o + 2] = shown;
    out[o + 3] = 255;
  }
}
