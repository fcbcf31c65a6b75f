/** Samples of one picture, colour by pixel. */
export interface Samples<A extends { length: number; [index: number]: number }> {
  values: A;
  width: number;
  height: number;
  components: number;
}

/**
 * Enlarges a low-resolution picture to its full size, bilinear. `scale` is how many full pixels stand for one low pixel in
 * each direction (8 for a picture at 1/8). The low band of the 5/3 wavelet holds the even samples (ITU-T T.800 annex F), so
 * low pixel k lies on full pixel `scale × k`. Writes into `out` (width × height × components).
 */
export function upscale(
  from: Samples<ArrayLike<number> & { [index: number]: number }>,
  scale: number,
  out: { [index: number]: number },
  width: number,
  height: number,
): void {
  const { values, components } = from;
  const lastX = from.width - 1;
  const lastY = from.height - 1;
  const left = new Int32Array(width);
  const right = new Int32Array(width);
  const share = new Float32Array(width);
  for (let x = 0; x < width; x += 1) {
    const at = x / scale;
    const low = Math.min(lastX, Math.floor(at));
    left[x] = low * components;
    right[x] = Math.min(lastX, low + 1) * components;
    share[x] = Math.min(1, at - low);
  }
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    const at = y / scale;
    const low = Math.min(lastY, Math.floor(at));
    const down = Math.min(1, at - low);
    const upper = low * from.width * components;
    const lower = Math.min(lastY, low + 1) * from.width * components;
    for (let x = 0; x < width; x += 1) {
      const l = left[x] as number;
      const r = right[x] as number;
      const s = share[x] as number;
      for (let c = 0; c < components; c += 1) {
        const a = values[upper + l + c] as number;
        const b = values[lower + l + c] as number;
        const top = a + ((values[upper + r + c] as number) - a) * s;
        const bottom = b + ((values[lower + r + c] as number) - b) * s;
        out[to] = top + (bottom - top) * down;
        to += 1;
      }
    }
  }
}
