import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  hasEmbeddedPlanes,
  overlayPlanes,
  type OverlayPlane,
} from '../../../../server/imaging/pixels/overlayPlanes.ts';
import {
  readHeader,
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type ElementList,
} from '../../../../server/standards/dicom/index.ts';

const rows = 9;
const columns = 11;

const own = (group: number, bits: Buffer, more: ElementList = []): ElementList => {
  const at = (element: number) => group * 0x10000 + element;
  return [
    [at(0x0010), rows, 'US'], [at(0x0011), columns, 'US'], [at(0x0040), 'G', 'CS'], [at(0x0050), [1, 1], 'SS'],
    [at(0x0100), 1, 'US'], [at(0x0102), 0, 'US'], [at(0x3000), bits, 'OW'],
    ...more,
  ]; // prettier-ignore
};
const embedded = (group: number, position: number): ElementList => {
  const at = (element: number) => group * 0x10000 + element;
  return [
    [at(0x0010), rows, 'US'], [at(0x0011), columns, 'US'], [at(0x0040), 'G', 'CS'], [at(0x0050), [1, 1], 'SS'],
    [at(0x0100), 16, 'US'], [at(0x0102), position, 'US'],
  ]; // prettier-ignore
};

/** A black picture of 12 stored bits; `pixels` sets what lies above them. */
function make(more: ElementList, pixels = Buffer.alloc(rows * columns * 2)): Buffer {
  const sopInstanceUid = '1.2.3.4';
  const meta = writeFileMeta({ sopClassUid: sopClasses.ct, sopInstanceUid, transferSyntax: transferSyntaxes.explicitLittleEndian }); // prettier-ignore
  const list: ElementList = [
    [tags.sopClassUid, sopClasses.ct], [tags.sopInstanceUid, sopInstanceUid], [tags.studyInstanceUid, '1.2.3'], [tags.seriesInstanceUid, '1.2.3.1'],
    [tags.modality, 'CT'], [tags.samplesPerPixel, 1], [tags.photometricInterpretation, 'MONOCHROME2'], [tags.rows, rows], [tags.columns, columns],
    [tags.bitsAllocated, 16], [tags.bitsStored, 12], [tags.highBit, 11], [tags.pixelRepresentation, 0], [tags.windowCenter, '2048'], [tags.windowWidth, '4096'],
    ...more, [tags.pixelData, pixels, 'OW'],
  ]; // prettier-ignore
  return Buffer.concat([meta, writeDataSet(list)]);
}

/** Pixels 0, 2, 13 and the last one: not symmetric in any way. */
const marked = [0, 2, 13, rows * columns - 1];
const bitmap = (pixels: readonly number[], length = Math.ceil((rows * columns) / 16) * 2): Buffer => {
  const bits = Buffer.alloc(length);
  for (const pixel of pixels) bits[pixel >> 3]! |= 1 << (pixel & 7);
  return bits;
};
const pixelsOf = (plane: OverlayPlane | undefined): number[] =>
  Array.from({ length: rows * columns }, (_, pixel) => pixel).filter(
    (pixel) => ((plane?.bits[pixel >> 3] ?? 0) >> (pixel & 7)) & 1,
  );

describe('overlay planes', () => {
  test('with data of their own', () => {
    const { dataSet } = readHeader(make(own(0x6002, bitmap(marked), [[0x60020022, '标注', 'LO']])));
    const [plane] = overlayPlanes(dataSet, 1);
    expect(plane).toMatchObject({
      number: 1,
      rows,
      columns,
      origin: [1, 1],
      kind: 'graphics',
      description: '标注',
    });
    expect(pixelsOf(plane)).toEqual(marked);
    expect(hasEmbeddedPlanes(dataSet)).toBe(false);
  });

  test('of several frames lie over the frames they name, without padding between them', () => {
    const count = rows * columns;
    const bits = bitmap([...marked, count + 5], Math.ceil((2 * count) / 16) * 2);
    const { dataSet } = readHeader(make(own(0x6000, bits, [[0x60000015, '2', 'IS'], [0x60000051, 3, 'US']]))); // prettier-ignore
    expect([1, 2, 3, 4, 5].map((frame) => pixelsOf(overlayPlanes(dataSet, frame)[0]))).toEqual([
      [],
      [],
      marked,
      [5],
      [],
    ]);
  });

  test('in unused bits of the pixels', () => {
    const pixels = Buffer.alloc(rows * columns * 2);
    for (const pixel of marked) pixels.writeUInt16LE(1 << 13, pixel * 2);
    const { dataSet } = readHeader(make(embedded(0x6000, 13), pixels));
    expect(hasEmbeddedPlanes(dataSet)).toBe(true);
    expect(pixelsOf(overlayPlanes(dataSet, 1, { bytes: pixels, bitsAllocated: 16 })[0])).toEqual(marked);
    expect(overlayPlanes(dataSet, 1)).toEqual([]);
  });

  test('that are too short, empty or of absurd size are left out', () => {
    const of = (more: ElementList) => overlayPlanes(readHeader(make(more)).dataSet, 1);
    expect(of(own(0x6000, Buffer.from([255, 255])))).toEqual([]);
    expect(of(own(0x6000, bitmap([])))).toEqual([]);
    expect(of([[0x60000010, 65535, 'US'], [0x60000011, 65535, 'US'], [0x60003000, Buffer.alloc(4, 255), 'OW']])).toEqual([]); // prettier-ignore
  });

  const dcmtk = spawnSync('dcmj2pnm', ['--version']).status === 0;
  test.skipIf(!dcmtk)('dcmj2pnm draws the same pixels', () => {
    const high = Buffer.alloc(rows * columns * 2);
    for (const pixel of marked) high.writeUInt16LE(1 << 12, pixel * 2);
    const folder = mkdtempSync(join(tmpdir(), 'hub-overlay-'));
    const drawn = (file: Buffer): number[] => {
      writeFileSync(join(folder, 'a.dcm'), file);
      const run = spawnSync('dcmj2pnm', ['+O', '1', '+Omr', '+op', 'a.dcm', 'a.pgm'], { cwd: folder, encoding: 'utf8' }); // prettier-ignore
      expect([run.status, run.stderr]).toEqual([0, '']);
      const picture = readFileSync(join(folder, 'a.pgm'));
      const values = picture.subarray(picture.length - rows * columns);
      return [...values.keys()].filter((pixel) => values[pixel]! > 0);
    };
    try {
      expect(drawn(make(own(0x6000, bitmap(marked))))).toEqual(marked);
      expect(drawn(make(embedded(0x6000, 12), high))).toEqual(marked);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
