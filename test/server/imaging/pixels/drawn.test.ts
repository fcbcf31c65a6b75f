import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { renderDefaults } from '../../../../server/imaging/pixels/pixelSource.ts';
import { renderFrame } from '../../../../server/imaging/pixels/renderFrame.ts';
import { readHeader, type ElementList } from '../../../../server/standards/dicom/index.ts';
import { drawnBy, haveDcmtk } from './dcmtk.ts';
import { decodedFrames, pictureFile, pixelsOf, type PictureFormat } from './pictures.ts';

/** Samples of 8 bits of the first frame as people see it. */
async function drawn(file: Buffer): Promise<number[]> {
  const [frame] = await decodedFrames(file, 1);
  const png = await renderFrame(frame!, { type: 'image/png', quality: 90, ...renderDefaults(readHeader(file).dataSet) });
  const { data, info } = await sharp(Buffer.from(png)).raw().toBuffer({ resolveWithObject: true });
  const colour = frame!.samplesPerPixel === 3 || frame!.photometric === 'PALETTE COLOR';
  return colour ? [...data] : [...data].filter((_, at) => at % info.channels === 0);
} // prettier-ignore

const furthest = (ours: number[], theirs: number[]) => {
  expect(ours.length).toBe(theirs.length);
  return Math.max(...ours.map((value, at) => Math.abs(value - (theirs[at] ?? 0))));
};

const size = { rows: 5, columns: 7 };
const window = (center: string, width: string, more: ElementList = []): ElementList => [[0x00281050, center, 'DS'], [0x00281051, width, 'DS'], ...more]; // prettier-ignore
const rescale = (slope: string, intercept: string): ElementList => [[0x00281052, intercept, 'DS'], [0x00281053, slope, 'DS']]; // prettier-ignore
const as = (name: string): ElementList => [[0x00281056, name, 'CS']];

describe.skipIf(!haveDcmtk)('dcmj2pnm draws the same grey values, to the last bit of rounding, of', () => {
  test.each<[string, PictureFormat]>([
    ['12 bits in a window', { ...size, stored: 12, more: window('1000', '1500') }],
    ['MONOCHROME1', { ...size, stored: 12, photometric: 'MONOCHROME1', more: window('1000', '1500') }],
    ['a CT in Hounsfield units', { ...size, stored: 12, more: [...window('40', '400'), ...rescale('1', '-1024')] }],
    ['signed values, a slope of a quarter and half a centre', { ...size, stored: 12, signed: true, more: [...window('10.5', '301'), ...rescale('0.25', '3')] }],
    ['a window of one', { ...size, stored: 12, more: window('1000', '1') }],
    ['a window by SIGMOID', { ...size, stored: 12, more: window('1000', '1500', as('SIGMOID')) }],
    ['a window by SIGMOID of MONOCHROME1', { ...size, photometric: 'MONOCHROME1', more: window('30000', '9000', as('SIGMOID')) }],
    ['a window by LINEAR', { ...size, stored: 10, more: window('500', '300', as('LINEAR')) }],
    ['8 bits with sign', { ...size, allocated: 8, signed: true, more: window('0', '200') }],
  ])('%s', async (_what, format) => {
    const file = pictureFile(format, pixelsOf(format));
    const ours = await drawn(file);
    expect(new Set(ours).size).toBeGreaterThan(1);
    expect(furthest(ours, drawnBy(['+Wi', '1'], file))).toBeLessThanOrEqual(1);
  }); // prettier-ignore

  test('a picture without a window, over its whole range', async () => {
    const format = { ...size, stored: 12 };
    const file = pictureFile(format, pixelsOf(format));
    expect(furthest(await drawn(file), drawnBy(['+Wm'], file))).toBeLessThanOrEqual(1);
  });
});

describe.skipIf(!haveDcmtk)('dcmj2pnm draws the same colours of', () => {
  test.each<[string, PictureFormat, number, number]>([
    ['RGB by pixel', { ...size, samples: 3, allocated: 8 }, 105, 0],
    ['RGB by plane', { ...size, samples: 3, allocated: 8, planar: 1 }, 105, 0],
    ['YBR_FULL', { ...size, samples: 3, allocated: 8, photometric: 'YBR_FULL' }, 105, 2],
    ['YBR_FULL by plane', { ...size, samples: 3, allocated: 8, photometric: 'YBR_FULL', planar: 1 }, 105, 2],
    ['YBR_FULL_422', { rows: 5, columns: 6, samples: 3, allocated: 8, photometric: 'YBR_FULL_422' }, 60, 2],
  ])('%s', async (_what, format, length, off) => {
    const file = pictureFile(format, pixelsOf(format).subarray(0, length));
    const ours = await drawn(file);
    expect(ours).toHaveLength(format.rows * format.columns * 3);
    expect(furthest(ours, drawnBy([], file))).toBeLessThanOrEqual(off);
  }); // prettier-ignore

  const words = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 2);
    values.forEach((value, at) => bytes.writeUInt16LE(value, at * 2));
    return bytes;
  };
  const palette = (descriptor: number[], ...tables: Buffer[]): ElementList => [
    ...[0, 1, 2].map((colour) => [0x00281101 + colour, descriptor, 'US'] as const),
    ...tables.map((table, colour) => [0x00281201 + colour, table, 'OW'] as const),
  ];
  const high = [
    words(0, 0x4000, 0x8000, 0xffff),
    words(0xffff, 0x1000, 0, 0x2000),
    words(0, 0, 0x7fff, 0xffff),
  ];
  const shown = [0, 255, 0, 64, 16, 0, 128, 0, 127, 255, 32, 255, 255, 32, 255, 255, 32, 255];
  test.each<[string, ElementList, number[]]>([
    ['16 bits', palette([4, 0, 16], ...high), shown],
    ['16 bits that start at the second index', palette([4, 2, 16], ...high), [...shown.slice(0, 3), ...shown.slice(0, 3), ...shown.slice(0, 12)]],
    ['12 bits in words', palette([4, 0, 12], words(0, 0x400, 0x800, 0xfff), words(0xfff, 0x100, 0, 0x200), words(0, 0, 0x7ff, 0xfff)), shown],
    ['8 bits in words, their high bytes empty', palette([4, 0, 8], words(0, 64, 128, 255), words(255, 16, 0, 32), words(0, 0, 127, 255)), shown],
    ['8 bits in bytes', palette([4, 0, 8], Buffer.from([0, 64, 128, 255]), Buffer.from([255, 16, 0, 32]), Buffer.from([0, 0, 127, 255])), shown],
  ])('a palette of %s', async (_what, more, expected) => {
    const file = pictureFile({ rows: 1, columns: 6, allocated: 8, photometric: 'PALETTE COLOR', more }, Buffer.from([0, 1, 2, 3, 4, 5]));
    expect(await drawn(file)).toEqual(expected);
    expect(drawnBy([], file)).toEqual(expected);
  }); // prettier-ignore
});

describe('how a header wants its pixels shown', () => {
  const of = (more: ElementList, frame?: number) =>
    renderDefaults(readHeader(pictureFile({ ...size, more }, Buffer.alloc(70))).dataSet, frame);
  const plain = { slope: 1, intercept: 0 };
  test.each<[string, ElementList, object]>([
    ['nothing said', [], plain],
    ['a centre without a width', [[0x00281050, '40', 'DS']], plain],
    ['a width below one', window('40', '0.5'), plain],
    ['a width below one that LINEAR_EXACT gives a meaning', window('0.5', '0.25', as('LINEAR_EXACT')), { ...plain, window: { center: 0.5, width: 0.25 }, voiFunction: 'LINEAR_EXACT' }],
    ['a width of nothing', window('0.5', '0', as('SIGMOID')), { ...plain, voiFunction: 'SIGMOID' }],
    ['the first of several windows', [[0x00281050, ['40', '-600'], 'DS'], [0x00281051, ['400', '1500'], 'DS']], { ...plain, window: { center: 40, width: 400 } }],
    ['a palette without its blue', [[0x00281101, [4, 0, 8], 'US'], [0x00281201, Buffer.alloc(4), 'OW'], [0x00281202, Buffer.alloc(4), 'OW']], plain],
  ])('%s', (_what, more, expected) => expect(of(more)).toEqual(expected)); // prettier-ignore

  const voi = (center: string, width: string): ElementList => [[0x00289132, [window(center, width)], 'SQ']];
  const transform = (slope: string, intercept: string): ElementList => [[0x00289145, [rescale(slope, intercept)], 'SQ']]; // prettier-ignore
  const frames: ElementList = [
    [0x52009229, [[...voi('40', '400'), ...transform('1', '-1024')]], 'SQ'],
    [0x52009230, [transform('2', '5'), [], voi('7', '9')], 'SQ'],
  ];
  test.each([
    [1, { slope: 2, intercept: 5, window: { center: 40, width: 400 } }],
    [2, { slope: 1, intercept: -1024, window: { center: 40, width: 400 } }],
    [3, { slope: 1, intercept: -1024, window: { center: 7, width: 9 } }],
    [9, { slope: 1, intercept: -1024, window: { center: 40, width: 400 } }],
  ])('frame %i of many: its own values, else those of all', (frame, expected) =>
    expect(of(frames, frame)).toEqual(expected),
  );
});
