import sharp from 'sharp';
import type { KeptMeasurement } from '../measurement/storedMeasurement.ts';

const COLOUR = '#ffd24a';

/**
 * Draws measurements over a picture, numbered from `first`: lines, outlines and ellipses at the places where they were
 * drawn. Numbers are strokes, not type: a server without fonts prints the same. `scale` is picture pixels per image pixel.
 */
export async function drawMeasurements(
  picture: Buffer,
  measurements: readonly KeptMeasurement[],
  scale: number,
): Promise<Buffer> {
  if (measurements.length === 0) return picture;
  const { width, height } = await sharp(picture).metadata();
  const stroke = Math.max(1, Math.round(Math.max(width, height) / 500));
  const shapes = measurements.map((each, index) => shape(each, index + 1, scale, stroke)).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" fill="none" stroke="${COLOUR}" stroke-width="${stroke}" stroke-linecap="round" stroke-linejoin="round">${shapes}</svg>`;
  return sharp(picture)
    .composite([{ input: Buffer.from(svg) }])
    .jpeg({ quality: 92 })
    .toBuffer();
}

type Point = readonly [number, number];

function shape({ tool, points }: KeptMeasurement, number: number, scale: number, stroke: number): string {
  const at = points.map(([x, y]): Point => [round(x * scale), round(y * scale)]);
  const [a, b, c, d] = at;
  if (!a) return '';
  const label = digits(number, [a[0] + stroke * 4, a[1] - stroke * 10], stroke * 5);
  if (tool === 'EllipticalROI' && b && c && d) {
    const [cx, cy] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const first = Math.hypot(a[0] - b[0], a[1] - b[1]) / 2;
    const second = Math.hypot(c[0] - d[0], c[1] - d[1]) / 2;
    const turn = (Math.atan2(c[1] - d[1], c[0] - d[0]) * 180) / Math.PI;
    return `<ellipse cx="${cx}" cy="${cy}" rx="${second}" ry="${first}" transform="rotate(${round(turn)} ${cx} ${cy})"/>${label}`;
  }
  if (tool === 'RectangleROI' && b && c && d) return `${path([a, b, d, c], true)}${label}`;
  if (tool === 'PlanarFreehandROI') return `${path(at, true)}${label}`;
  if ((tool === 'Bidirectional' || tool === 'CobbAngle') && b && c && d)
    return `${path([a, b], false)}${path([c, d], false)}${label}`;
  if (at.length === 1) return `<circle cx="${a[0]}" cy="${a[1]}" r="${stroke * 3}"/>${label}`;
  return `${path(at, false)}${label}`;
}

const round = (value: number) => Math.round(value * 10) / 10;
const path = (points: readonly Point[], closed: boolean): string =>
  `<path d="M${points.map(([x, y]) => `${x} ${y}`).join('L')}${closed ? 'Z' : ''}"/>`;

/** Segments of a digit on a grid of 2 × 4 half heights, as strokes. */
const STROKES = [
  'M0 0H2V4H0Z', 'M1 0V4', 'M0 0H2V2H0V4H2', 'M0 0H2V4H0M0 2H2', 'M0 0V2H2M2 0V4', 'M2 0H0V2H2V4H0', 'M2 0H0V4H2V2H0', 'M0 0H2V4', 'M0 0H2V4H0ZM0 2H2', 'M2 2H0V0H2V4H0',
] as const; // prettier-ignore

function digits(number: number, [x, y]: Point, height: number): string {
  const unit = height / 4;
  return [...String(number)]
    .map(
      (digit, index) =>
        `<path transform="translate(${round(x + index * unit * 3.2)} ${round(y)}) scale(${round(unit)})" stroke-width="0.7" d="${STROKES[Number(digit)] ?? ''}"/>`,
    )
    .join('');
}
