/**
 * Pixels of a page while traces are put on it. A browser without a graphics card needs twenty milliseconds to smooth the
 * strokes of a page, ours take two: a trace is a thin line of one colour, no path with joins, dashes and gradients.
 */
export interface TraceRaster {
  width: number;
  height: number;
  /** The page without traces. */
  paper: Uint32Array;
  /** What is shown, in the bytes of an ImageData. */
  pixels: Uint32Array;
  /** How much of each pixel a trace covers, 0–255. */
  cover: Uint8Array;
}

/** Takes every trace off the page. */
export function clearTraces(raster: TraceRaster): void {
  raster.pixels.set(raster.paper);
  raster.cover.fill(0);
}

/** Points of a polyline, x and y in turn, in pixels. */
export interface Points {
  values: Float64Array;
  count: number;
}

export interface TracePlace {
  /** First sample drawn, at `start`. */
  first: number;
  start: number;
  end: number;
  middle: number;
  pxPerSample: number;
  pxPerMicrovolt: number;
  /** Microvolts that stand on `middle`. */
  base: number;
}

/**
 * Points of the samples that a place shows. Where several samples share a pixel column its lowest and its highest stay, each
 * at its own time and height, so that no spike is lost and none is moved.
 */
export function tracePoints(samples: Float32Array, place: TracePlace): Points {
  const { first, start, end, middle, pxPerSample, pxPerMicrovolt, base } = place;
  const from = Math.max(0, first);
  const last = Math.min(samples.length, first + Math.ceil((end - start) / pxPerSample));
  const values = new Float64Array(Math.max(0, last - from) * 2);
  let count = 0;
  const put = (i: number): void => {
    values[count * 2] = start + (i - first) * pxPerSample;
    values[count * 2 + 1] = middle - ((samples[i] as number) - base) * pxPerMicrovolt;
    count++;
  };
  if (pxPerSample > 0.5) {
    for (let i = from; i < last; i++) put(i);
    return { values, count };
  }
  let column = 0;
  for (let i = from; i < last;) {
    column = Math.max(column + 1, Math.ceil((i - first + 1) * pxPerSample));
    const next = Math.min(last, first + Math.ceil(column / pxPerSample));
    let low = i;
    let high = i;
    for (; i < next; i++) {
      if ((samples[i] as number) < (samples[low] as number)) low = i;
      if ((samples[i] as number) > (samples[high] as number)) high = i;
    }
    put(Math.min(low, high));
    if (low !== high) put(Math.max(low, high));
  }
  return { values, count };
}

/** Red, green and blue of `#rrggbb`. */
const channels = (color: string): [number, number, number] => {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

/** Draws a smooth line of `width` pixels with round ends and joins over the paper. */
export function strokePoints(
  raster: TraceRaster,
  { values, count }: Points,
  width: number,
  color: string,
): void {
  const { paper, pixels, cover } = raster;
  const [red, green, blue] = channels(color);
  const reach = width / 2 + 0.5;
  for (let k = 0; k + 1 < count; k++) {
    const x0 = values[k * 2] as number;
    const y0 = values[k * 2 + 1] as number;
    const dx = (values[k * 2 + 2] as number) - x0;
    const dy = (values[k * 2 + 3] as number) - y0;
    const length = dx * dx + dy * dy || 1e-9;
    const left = Math.max(0, Math.ceil(Math.min(x0, x0 + dx) - reach - 0.5));
    const right = Math.min(raster.width - 1, Math.floor(Math.max(x0, x0 + dx) + reach - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(y0, y0 + dy) - reach - 0.5));
    const bottom = Math.min(raster.height - 1, Math.floor(Math.max(y0, y0 + dy) + reach - 0.5));
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) {
        const px = x + 0.5 - x0;
        const py = y + 0.5 - y0;
        const along = Math.max(0, Math.min(1, (px * dx + py * dy) / length));
        const far = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
        const covered = far <= reach - 1 ? 255 : ((reach - far) * 255) | 0;
        const at = y * raster.width + x;
        if (covered <= 0 || covered < (cover[at] as number)) continue;
        cover[at] = covered;
        const under = paper[at] as number;
        const mix = (own: number, shift: number): number =>
          (((own - ((under >> shift) & 255)) * covered) / 255 + ((under >> shift) & 255)) << shift;
        pixels[at] = 0xff000000 | mix(blue, 16) | mix(green, 8) | mix(red, 0);
      }
  }
}
