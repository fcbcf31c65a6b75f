import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../../../server/imaging/pixels/decodeFrame.ts';
import { UndecodablePixels, type StoredFrame } from '../../../../server/imaging/pixels/frame.ts';
import { pixelFormat } from '../../../../server/imaging/pixels/pixelSource.ts';
import {
  findFrames,
  readHeader,
  tags,
  transferSyntaxes,
  type ElementList,
} from '../../../../server/standards/dicom/index.ts';
import { haveTool } from '../../../helpers/dicomPeers.ts';
import { makeFile } from '../objects.ts';

const ROWS = 24;
const format = (bits: number, stored: number, signed: number, more: ElementList = []): ElementList => [
  [tags.rows, ROWS], [tags.columns, ROWS], [tags.bitsAllocated, bits], [tags.bitsStored, stored], [tags.highBit, stored - 1], [tags.pixelRepresentation, signed], ...more,
]; // prettier-ignore
/** An image whose samples cover what its format holds, as a file. */
function image(bits: 8 | 16, stored: number, signed: 0 | 1): { file: Buffer; pixels: Buffer } {
  const file = makeFile({ size: ROWS });
  const { dataSet } = readHeader(file);
  const pixels = Buffer.alloc((ROWS * ROWS * bits) / 8);
  const span = 2 ** stored;
  for (let at = 0; at < ROWS * ROWS; at++) {
    const value = ((at * 7919) % span) - (signed ? span / 2 : 0);
    if (bits === 8) pixels.writeUInt8(value & 0xff, at);
    else pixels.writeUInt16LE(value & 0xffff, at * 2);
  }
  let head: Buffer = Buffer.from(file.subarray(0, file.length - 12 - ROWS * ROWS * 2));
  for (const [tag, value] of format(bits, stored, signed)) head = patched(head, tag, Number(value));
  const element = Buffer.from('e07f10004f57000000000000', 'hex');
  element.writeUInt32LE(pixels.length, 8);
  expect(dataSet.number(tags.rows)).toBe(ROWS);
  return { file: Buffer.concat([head, element, pixels]), pixels };
} // prettier-ignore

/** The header with another number in a US element. */
function patched(file: Buffer, tag: number, value: number): Buffer {
  const copy = Buffer.from(file);
  const head = Buffer.alloc(6);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write('US', 4);
  copy.writeUInt16LE(value, copy.indexOf(head) + 8);
  return copy;
}

/** The first frame of a file that a program of DCMTK coded. */
async function coded(program: string, args: string[], file: Buffer): Promise<StoredFrame> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-codec-'));
  fs.writeFileSync(path.join(folder, 'a.dcm'), file);
  const run = spawnSync(program, [...args, 'a.dcm', 'b.dcm'], { cwd: folder, encoding: 'utf8' });
  expect(run.stderr).toBe('');
  const bytes = fs.readFileSync(path.join(folder, 'b.dcm'));
  fs.rmSync(folder, { recursive: true });
  const header = readHeader(bytes);
  const [parts] = await findFrames({
    ...header,
    pixelData: header.pixelData!,
    size: bytes.length,
    readAt: (at, length) => bytes.subarray(at, at + length),
  });
  const stream = Buffer.concat(parts!.map(({ offset, length }) => bytes.subarray(offset, offset + length)));
  return { ...pixelFormat(header.dataSet), transferSyntax: header.transferSyntax, bytes: stream };
}

const codings: [string, string, string[]][] = [
  ['JPEG lossless', 'dcmcjpeg', ['+e1']],
  ['JPEG lossless with any predictor', 'dcmcjpeg', ['+el', '+sv', '4']],
  ['JPEG-LS', 'dcmcjpls', ['+el']],
  ['RLE', 'dcmcrle', []],
];
const depths: [string, 8 | 16, number, 0 | 1][] = [
  ['8 bits', 8, 8, 0],
  ['12 of 16 bits', 16, 12, 0],
  ['16 bits', 16, 16, 0],
  ['signed 12 of 16 bits', 16, 12, 1],
  ['signed 16 bits', 16, 16, 1],
];
const have = ['dcmcjpeg', 'dcmcjpls', 'dcmcrle'].every(haveTool);
const refused = (frame: StoredFrame): Promise<string> =>
  decodeFrame(frame).then(
    () => 'was decoded',
    (error: unknown) => {
      expect(error).toBeInstanceOf(UndecodablePixels);
      return (error as Error).message;
    },
  );

describe.skipIf(!have).each(codings)('%s as DCMTK writes it', (_name, program, args) => {
  test.each(depths)('%s: every sample comes back', async (_what, bits, stored, signed) => {
    const { file, pixels } = image(bits, stored, signed);
    const decoded = await decodeFrame(await coded(program, args, file));
    expect(decoded).toMatchObject({ rows: ROWS, columns: ROWS, samplesPerPixel: 1, bitsAllocated: bits });
    expect(Buffer.from(decoded.bytes).subarray(0, pixels.length).equals(pixels)).toBe(true);
  });

  test.each([
    ['twice as wide and half as high', { rows: ROWS / 2, columns: ROWS * 2 }],
    ['a row more', { rows: ROWS + 1 }],
    ['a column less', { columns: ROWS - 1 }],
  ])('under a header that says %s it is no picture', async (_what, claimed) => {
    const frame = await coded(program, args, image(16, 12, 0).file);
    if (program === 'dcmcrle') return; // RLE does not say its size
    expect(await refused({ ...frame, ...claimed })).not.toBe('was decoded');
  });

  test('cut at any of twenty places it is refused, or read as far as it goes; nothing else is thrown', async () => {
    const frame = await coded(program, args, image(16, 12, 0).file);
    for (let part = 0; part < 20; part++) {
      const bytes = frame.bytes.subarray(0, Math.floor((frame.bytes.length * part) / 20));
      const outcome = await decodeFrame({ ...frame, bytes }).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(UndecodablePixels);
      else expect(outcome).toMatchObject({ rows: ROWS, columns: ROWS });
    }
  });
});

describe('what is not decoded', () => {
  const frame: StoredFrame = {
    rows: 2, columns: 2, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, pixelRepresentation: 0, photometric: 'MONOCHROME2', planarConfiguration: 0,
    transferSyntax: transferSyntaxes.explicitLittleEndian, bytes: Buffer.from([1, 2, 3, 4]),
  }; // prettier-ignore
  test.each<[string, Partial<StoredFrame>, RegExp]>([
    ['a picture of half a million rows', { rows: 500_000, columns: 500_000 }, /500000 × 500000/],
    ['film', { transferSyntax: transferSyntaxes.mpeg2Main }, /transfer syntax/],
    ['a coding of the future', { transferSyntax: '1.2.840.10008.1.2.4.999' }, /transfer syntax/],
    ['a JPEG that is none', { transferSyntax: transferSyntaxes.jpegBaseline }, /./],
    ['a JPEG of 12 bits that is none', { transferSyntax: transferSyntaxes.jpegExtended, bytes: Buffer.from('ffd8ffc1000b0c', 'hex') }, /./],
    ['a JPEG lossless that is none', { transferSyntax: transferSyntaxes.jpegLossless }, /JPEG lossless/],
    ['a JPEG 2000 that is none', { transferSyntax: transferSyntaxes.jpeg2000 }, /holds 0 × 0 pixels/],
    ['a JPEG-LS that is none', { transferSyntax: transferSyntaxes.jpegLsLossless }, /ends early/],
    ['an HTJ2K that is none, in the same thread', { transferSyntax: transferSyntaxes.htj2kLossless }, /holds 0 × 0 pixels/],
    ['RLE of nothing', { transferSyntax: transferSyntaxes.rleLossless, bytes: Buffer.alloc(0) }, /./],
  ])('%s', async (_what, more, said) => {
    expect(await refused({ ...frame, ...more })).toMatch(said);
  }); // prettier-ignore
});
