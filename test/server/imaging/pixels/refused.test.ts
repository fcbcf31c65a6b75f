import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../../../server/imaging/pixels/decodeFrame.ts';
import { decodeRle } from '../../../../server/imaging/pixels/decodeRle.ts';
import { UndecodablePixels, type StoredFrame } from '../../../../server/imaging/pixels/frame.ts';
import { transferSyntaxes as ts } from '../../../../server/standards/dicom/index.ts';
import { fixtureFolder, haveFixtures } from '../../standards/dicom/fixtures.ts';
import { storedFrames } from './pictures.ts';

const syntaxes = (coding: string) => `syntaxes/CTImage.dcm_${coding}.dcm`;
const coded = [
  ['JPEG baseline', syntaxes('JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50')],
  ['JPEG of 12 bits', syntaxes('JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51')],
  ['progressive JPEG', syntaxes('JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55')],
  ['lossless JPEG', syntaxes('JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57')],
  ['lossless JPEG, first order', syntaxes('JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70')],
  ['JPEG-LS', syntaxes('JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80')],
  ['JPEG 2000', syntaxes('JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90')],
] as const;

const first = async (name: string) => (await storedFrames(readFileSync(join(fixtureFolder, name))))[0]!;
const refusal = (frame: StoredFrame) =>
  decodeFrame(frame).then(
    () => 'a picture',
    (fault: unknown) => (fault instanceof UndecodablePixels ? fault.message : `not that: ${String(fault)}`),
  );

describe.skipIf(!haveFixtures)('a frame whose stream is not what its header says is no picture:', () => {
  test.each(coded)('%s of another height', async (_coding, name) => {
    const frame = await first(name);
    expect(await refusal({ ...frame, rows: frame.rows * 2 })).toMatch(
      /^the code stream holds 512 × 512 pixels/,
    );
  });
  test.each(coded)('%s of another width', async (_coding, name) => {
    const frame = await first(name);
    expect(await refusal({ ...frame, columns: 256, rows: 1024 })).toMatch(
      /^the code stream holds 512 × 512 pixels/,
    );
  });
  test.each(coded)('%s that is no code stream', async (_coding, name) => {
    const frame = await first(name);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(40), Buffer.from('%PDF-1.7 somebody else’s bytes'.repeat(20))])
      expect(await refusal({ ...frame, bytes })).not.toMatch(/^a picture|^not that/);
  }); // prettier-ignore
  test('lossless JPEG of grey below a header that says colour', async () => {
    const frame = await first(coded[4][1]);
    expect(await refusal({ ...frame, samplesPerPixel: 3 })).toContain('the header says 512 × 512 of 3');
  });
});

describe.skipIf(!haveFixtures)('a frame that ends early', () => {
  const half = (frame: StoredFrame) => ({
    ...frame,
    bytes: frame.bytes.subarray(0, frame.bytes.length >> 1),
  });
  test.each([
    ['lossless JPEG', coded[3][1]],
    ['lossless JPEG, first order', coded[4][1]],
    ['RLE', syntaxes('RLELosslessTransferSyntax_1.2.840.10008.1.2.5')],
  ])('as %s is told as damaged, the whole one is not', async (_coding, name) => {
    const frame = await first(name);
    const whole = await decodeFrame(frame);
    expect(whole.damaged).toBeUndefined();
    const cut = await decodeFrame(half(frame));
    expect(cut.damaged).toBe(true);
    expect(cut.bytes).toHaveLength(whole.bytes.length);
  });
  test('as JPEG 2000 is refused', async () => {
    expect(await refusal(half(await first(coded[6][1])))).toContain('holds 0 × 0 pixels');
  });
  test('as JPEG-LS is refused at once: its codec would think for minutes', async () => {
    const frame = await first(coded[5][1]);
    const began = performance.now();
    expect(await refusal(half(frame))).toBe('the JPEG-LS stream ends early');
    expect(performance.now() - began).toBeLessThan(2_000);
    const padded = await decodeFrame({ ...frame, bytes: Buffer.concat([frame.bytes, Buffer.alloc(3)]) });
    expect(padded.bytes).toHaveLength(512 * 512 * 2);
  });
});

describe('RLE', () => {
  const frame = (...segments: number[][]) => {
    const header = Buffer.alloc(64);
    header.writeUInt32LE(segments.length, 0);
    segments.reduce((at, segment, index) => (header.writeUInt32LE(at, 4 + index * 4), at + segment.length), 64);
    return Buffer.concat([header, ...segments.map((segment) => Buffer.from(segment))]);
  }; // prettier-ignore
  test.each<[string, number[], number[], boolean]>([
    ['a run and a literal', [0xfe, 7, 2, 1, 2, 3], [7, 7, 7, 1, 2, 3], false],
    ['the byte that says nothing', [0x80, 0xfe, 7, 0x80, 2, 1, 2, 3, 0x80], [7, 7, 7, 1, 2, 3], false],
    ['more than its pixels', [0xf0, 9, 5, 1, 2, 3, 4, 5, 6], [9, 9, 9, 9, 9, 9], false],
    ['a padding byte behind the last run', [0xfb, 9, 0], [9, 9, 9, 9, 9, 9], false],
    ['a literal that lacks its last bytes', [0xfe, 7, 2, 1, 2], [7, 7, 7, 1, 2, 0], true],
    ['a run without its byte', [2, 1, 2, 3, 0xfe], [1, 2, 3, 0, 0, 0], true],
    ['nothing', [], [0, 0, 0, 0, 0, 0], true],
  ])('a segment of %s', (_what, segment, expected, short) => {
    const decoded = decodeRle(frame(segment), 6, 1, 1);
    expect([[...decoded.bytes], decoded.short]).toEqual([expected, short]);
  });
  test('one short plane of several makes the frame short, the others stay', () => {
    const decoded = decodeRle(frame([0xff, 1], [0xff, 2], [0, 3]), 2, 3, 1);
    expect([[...decoded.bytes], decoded.short]).toEqual([[1, 2, 3, 1, 2, 0], true]);
  });
});

describe('what no codec here reads is refused by name:', () => {
  const grey = { rows: 4, columns: 4, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, pixelRepresentation: 0, photometric: 'MONOCHROME2', planarConfiguration: 0, bytes: Buffer.alloc(16) }; // prettier-ignore
  test.each([ts.jpegXl, '1.2.840.10008.1.2.4.100', '1.2.840.10008.1.2.4.59'])(
    '%s',
    async (transferSyntax) => {
      expect(await refusal({ ...grey, transferSyntax })).toBe(`transfer syntax ${transferSyntax}`);
    },
  );
  test('more pixels than a thread has memory for', async () => {
    const huge = { ...grey, rows: 65_535, columns: 65_535, transferSyntax: ts.explicitLittleEndian };
    expect(await refusal(huge)).toBe('65535 × 65535 pixels');
  });
  test('a progressive JPEG of colour', async () => {
    const stream = Buffer.from(
      'ffd8ffc2001108001000100301220002110103110' + '1ffda000c03010002110311003f00ffd9',
      'hex',
    );
    expect(await refusal({ ...grey, transferSyntax: '1.2.840.10008.1.2.4.55', bytes: stream })).toBe(
      'JPEG of 3 components and 8 bits',
    );
  });
});
