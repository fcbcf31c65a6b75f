export interface PictureMeasures {
  /** Share of pixels at the lowest or highest value that is used more than a hair. */
  clippedShare: number;
  /** Interdecile range of the values ÷ their whole range. */
  contrast: number;
  /** Mean absolute Laplacian ÷ range of the values: 0 for a flat or fully blurred picture. */
  sharpness: number;
}

/** Measures one grey picture, `values` row by row. Every second pixel in both directions is enough. */
export function measurePicture(values: Int32Array, rows: number, columns: number): PictureMeasures {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const range = high - low;
  if (!(range > 0)) return { clippedShare: 1, contrast: 0, sharpness: 0 };
  const histogram = new Uint32Array(256);
  let count = 0;
  let clipped = 0;
  let laplacian = 0;
  for (let row = 1; row < rows - 1; row += 2)
    for (let column = 1; column < columns - 1; column += 2) {
      const at = row * columns + column;
      const value = values[at] ?? 0;
      const bin = Math.floor(((value - low) / range) * 255);
      histogram[bin] = (histogram[bin] ?? 0) + 1;
      if (value === low || value === high) clipped += 1;
      laplacian += Math.abs(
        4 * value -
          (values[at - 1] ?? 0) -
          (values[at + 1] ?? 0) -
          (values[at - columns] ?? 0) -
          (values[at + columns] ?? 0),
      );
      count += 1;
    }
  const quantile = (share: number) => {
    let sum = 0;
    for (let bin = 0; bin < 256; bin++) {
      sum += histogram[bin] ?? 0;
      if (sum >= share * count) return bin / 255;
    }
    return 1;
  };
  return {
    clippedShare: count > 0 ? clipped / count : 0,
    contrast: quantile(0.9) - quantile(0.1),
    sharpness: count > 0 ? laplacian / count / range : 0,
  };
}
