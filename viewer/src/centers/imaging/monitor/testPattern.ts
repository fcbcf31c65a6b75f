/** Luminance patches and figures of the test pattern, in a unit square; grey values 0–255 as sent to the display. */
export interface Patch {
  x: number;
  y: number;
  size: number;
  grey: number;
  /** Small inner squares whose grey differs little: visible on a display that is set right. */
  insets: { x: number; y: number; size: number; grey: number }[];
}

const steps = 18;
const ring = 0.13;

/**
 * Patches of a pattern after TG18-QC (AAPM Task Group 18): 18 steps from 0 to 255 round the middle, each with corners
 * 4 grey values off, and the two patches 0/5 % and 95/100 %.
 */
export function patches(): Patch[] {
  const cells: [number, number][] = [];
  for (let n = 0; n < 6; n += 1) cells.push([0.14 + n * ring, 0.14]);
  for (let n = 0; n < 3; n += 1) cells.push([0.14 + 5 * ring, 0.14 + (n + 1) * ring]);
  for (let n = 0; n < 6; n += 1) cells.push([0.14 + (5 - n) * ring, 0.14 + 4 * ring]);
  for (let n = 0; n < 3; n += 1) cells.push([0.14, 0.14 + (3 - n) * ring]);
  return cells.slice(0, steps).map(([x, y], n) => {
    const grey = Math.round((n * 255) / (steps - 1));
    const other = grey < 128 ? grey + 4 : grey - 4;
    const part = ring / 5;
    const size = ring * 0.92;
    return {
      x,
      y,
      size,
      grey,
      insets: [
        [0, 0],
        [size - part, 0],
        [0, size - part],
        [size - part, size - part],
      ].map(([dx = 0, dy = 0]) => ({ x: x + dx, y: y + dy, size: part, grey: other })),
    };
  });
}

/** The 5 % square in black and the 95 % square in white. */
export function contrastPatches(): Patch[] {
  const make = (x: number, grey: number, inner: number): Patch => ({
    x,
    y: 0.42,
    size: ring * 1.1,
    grey,
    insets: [{ x: x + ring * 0.3, y: 0.42 + ring * 0.3, size: ring * 0.5, grey: inner }],
  });
  return [make(0.33, 0, 13), make(0.53, 255, 242)];
}

/** Draws the pattern on a canvas of device pixels: no scaling, so that single lines are single lines. */
export function drawPattern(canvas: HTMLCanvasElement, widthPx: number, heightPx: number): void {
  canvas.width = widthPx;
  canvas.height = heightPx;
  const draw = canvas.getContext('2d');
  if (!draw) return;
  const grey = (value: number) => `rgb(${value},${value},${value})`;
  const side = Math.min(widthPx, heightPx);
  const left = (widthPx - side) / 2;
  const top = (heightPx - side) / 2;
  draw.fillStyle = grey(64);
  draw.fillRect(0, 0, widthPx, heightPx);
  draw.strokeStyle = grey(160);
  draw.lineWidth = 1;
  for (let n = 1; n < 16; n += 1) {
    const x = Math.round((n * widthPx) / 16) + 0.5;
    const y = Math.round((n * heightPx) / 16) + 0.5;
    line(draw, x, 0, x, heightPx);
    line(draw, 0, y, widthPx, y);
  }
  draw.strokeStyle = grey(255);
  draw.strokeRect(1.5, 1.5, widthPx - 3, heightPx - 3);
  draw.beginPath();
  draw.arc(widthPx / 2, heightPx / 2, side * 0.49, 0, 2 * Math.PI);
  draw.stroke();
  for (const patch of [...patches(), ...contrastPatches()]) {
    const box = (x: number, y: number, size: number, value: number) => {
      draw.fillStyle = grey(value);
      draw.fillRect(
        Math.round(left + x * side),
        Math.round(top + y * side),
        Math.ceil(size * side),
        Math.ceil(size * side),
      );
    };
    box(patch.x, patch.y, patch.size, patch.grey);
    for (const inset of patch.insets) box(inset.x, inset.y, inset.size, inset.grey);
  }
  linePairs(draw, left + 0.14 * side, top + 0.85 * side);
  linePairs(draw, left + 0.72 * side, top + 0.85 * side);
  letters(draw, left + 0.3 * side, top + 0.9 * side, side);
}

function line(draw: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  draw.beginPath();
  draw.moveTo(x0, y0);
  draw.lineTo(x1, y1);
  draw.stroke();
}

/** One line on, one off, upright above and lying below, at full and at low contrast. */
function linePairs(draw: CanvasRenderingContext2D, x: number, y: number): void {
  const size = 48;
  const top = Math.round(y);
  [
    [255, 0],
    [140, 116],
  ].forEach(([on = 0, off = 0], column) => {
    const left = Math.round(x) + column * (size + 4);
    draw.fillStyle = `rgb(${off},${off},${off})`;
    draw.fillRect(left, top, size, size);
    draw.fillStyle = `rgb(${on},${on},${on})`;
    for (let n = 0; n < size; n += 2) draw.fillRect(left + n, top, 1, size / 2);
    for (let n = size / 2; n < size; n += 2) draw.fillRect(left, top + n, size, 1);
  });
}

/** The words fade out against dark, middle and bright ground: the more letters are read, the better. */
function letters(draw: CanvasRenderingContext2D, x: number, y: number, side: number): void {
  const text = 'QUALITY CONTROL';
  const step = side * 0.026;
  draw.font = `${Math.round(side * 0.026)}px sans-serif`;
  [0, 128, 255].forEach((ground, row) => {
    const up = y + (row - 1) * step * 1.3;
    draw.fillStyle = `rgb(${ground},${ground},${ground})`;
    draw.fillRect(x - step * 0.5, up - step, step * (text.length + 0.5), step * 1.25);
    [...text].forEach((letter, n) => {
      const off = Math.max(1, 15 - n);
      const value = ground === 255 ? 255 - off : ground + off;
      draw.fillStyle = `rgb(${value},${value},${value})`;
      draw.fillText(letter, x + n * step, up);
    });
  });
}
