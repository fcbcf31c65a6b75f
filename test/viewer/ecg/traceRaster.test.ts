import { expect, test } from 'vitest';
import {
  clearTraces,
  strokePoints,
  tracePoints,
  type TraceRaster,
} from '../../../viewer/src/centers/ecg/paper/traceRaster.ts';

const white = 0xffffffff;

function page(width: number, height: number): TraceRaster {
  const paper = new Uint32Array(width * height).fill(white);
  return { width, height, paper, pixels: paper.slice(), cover: new Uint8Array(width * height) };
}

const place = { first: 0, start: 0, end: 200, middle: 50, pxPerSample: 0.2, pxPerMicrovolt: 0.04, base: 0 };
/** Rows of a column that are no bare paper. */
const inked = ({ width, height, pixels }: TraceRaster, x: number): number[] =>
  Array.from({ length: height }, (_, y) => y).filter((y) => pixels[y * width + x] !== white);

test('a spike of one sample among five in a pixel column keeps its height and its place', () => {
  for (const spike of [500, 501, 502, 503, 504]) {
    const samples = new Float32Array(1000);
    samples[spike] = 1000;
    const { values, count } = tracePoints(samples, place);
    const tops = Array.from({ length: count }, (_, k) => k).filter((k) => values[k * 2 + 1] === 10);
    expect(tops.map((k) => values[k * 2])).toEqual([expect.closeTo(spike * 0.2, 9)]);
    const raster = page(200, 100);
    strokePoints(raster, { values, count }, 1.25, '#101010');
    // from 40 px above the line down to it
    expect(inked(raster, Math.floor(spike * 0.2))[0]).toBe(9);
  }
});

test('where every sample has a pixel of its own all of them stay', () => {
  const samples = Float32Array.from({ length: 100 }, (_, i) => 100 * Math.sin(i));
  const { values, count } = tracePoints(samples, { ...place, pxPerSample: 2 });
  expect(count).toBe(100);
  expect(values[2 * 7 + 1]).toBeCloseTo(50 - 0.04 * (samples[7] as number), 9);
});

test('a level line is as thick as asked for, smooth at its rims, and gone when traces are cleared', () => {
  const raster = page(40, 20);
  strokePoints(raster, { values: Float64Array.of(0, 10, 40, 10), count: 2 }, 2, '#000000');
  const column = Array.from({ length: 20 }, (_, y) => 255 - ((raster.pixels[y * 40 + 20] as number) & 255));
  expect(column.reduce((sum, dark) => sum + dark / 255, 0)).toBeCloseTo(2, 1);
  expect(column[9]).toBe(255);
  expect(column[10]).toBe(255);
  clearTraces(raster);
  expect(raster.pixels.every((pixel) => pixel === white)).toBe(true);
});

test('lines beyond the page touch nothing outside of it', () => {
  const raster = page(10, 10);
  strokePoints(raster, { values: Float64Array.of(-50, -30, 60, 45, 5, 500), count: 3 }, 3, '#ff0000');
  expect(raster.pixels.length).toBe(100);
  expect(raster.pixels.some((pixel) => pixel !== white)).toBe(true);
});
