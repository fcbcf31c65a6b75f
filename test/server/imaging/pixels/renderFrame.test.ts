import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { measurePicture } from '../../../../server/imaging/algorithms/measurePicture.ts';
import { sideOf } from '../../../../server/imaging/algorithms/checkImageQuality.ts';
import { decodeFrame } from '../../../../server/imaging/pixels/decodeFrame.ts';
import { decodeRle } from '../../../../server/imaging/pixels/decodeRle.ts';
import {
  UndecodablePixels,
  type DecodedFrame,
  type RenderRequest,
} from '../../../../server/imaging/pixels/frame.ts';
import { needsPlain, plainFrame } from '../../../../server/imaging/pixels/plainFrame.ts';
import { renderFrame, storedValues } from '../../../../server/imaging/pixels/renderFrame.ts';
import { withoutUnusedBits } from '../../../../server/imaging/pixels/unusedBits.ts';
import { transferSyntaxes as ts } from '../../../../server/standards/dicom/index.ts';

const frame = (more: Partial<DecodedFrame> & { bytes: Uint8Array }): DecodedFrame => ({
  rows: 1, columns: 4, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 16, pixelRepresentation: 0, photometric: 'MONOCHROME2', planarConfiguration: 0, ...more,
}); // prettier-ignore
const png: RenderRequest = { type: 'image/png', slope: 1, intercept: 0, quality: 90 } as RenderRequest;
const words = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => bytes.writeUInt16LE(value & 0xffff, at * 2));
  return bytes;
};
/** Samples of the picture that is made. */
async function shown(of: DecodedFrame, request: Partial<RenderRequest> = {}) {
  const picture = Buffer.from(await renderFrame(of, { ...png, ...request }));
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  return { values: [...data], width: info.width, height: info.height, channels: info.channels };
}

describe('a grey picture for people', () => {
  test.each<[string, Partial<DecodedFrame>, Partial<RenderRequest>, number[]]>([
    ['its whole range where no window is given', {}, {}, [0, 85, 170, 255]],
    ['MONOCHROME1 is turned round', { photometric: 'MONOCHROME1' }, {}, [255, 170, 85, 0]],
    ['a window of PS3.3 §C.11.2.1.2.1', {}, { window: { center: 150.5, width: 101 } }, [0, 0, 255, 255]],
    ['a window on modality values', {}, { slope: 2, intercept: -100, window: { center: 200.5, width: 401 } }, [0, 64, 191, 255]],
    ['a window of one', {}, { window: { center: 100.5, width: 1 } }, [0, 0, 255, 255]],
    ['a negative slope', {}, { slope: -1, intercept: 0, window: { center: -149.5, width: 301 } }, [255, 170, 85, 0]],
  ])('%s', async (_what, more, request, expected) => {
    const { values } = await shown(frame({ bytes: words(0, 100, 200, 300), ...more }), request);
    expect(values.filter((_, at) => values.length === 4 || at % 3 === 0)).toEqual(expected);
  }); // prettier-ignore

  test('signed values, and a picture of one value', async () => {
    const signed = frame({ bytes: words(-1000, -500, 0, 500), pixelRepresentation: 1 });
    expect((await shown(signed)).values.slice(0, 4).length).toBe(4);
    expect([...storedValues(signed)]).toEqual([-1000, -500, 0, 500]);
    const flat = (await shown(frame({ bytes: words(7, 7, 7, 7) }))).values;
    expect(new Set(flat).size).toBe(1);
  });

  test('a part, smaller, never larger, and cut at the edge', async () => {
    const big = frame({ rows: 20, columns: 40, bytes: Buffer.alloc(1600, 1) });
    const size = async (request: Partial<RenderRequest>) => {
      const { width, height } = await shown(big, request);
      return [width, height];
    };
    expect(await size({})).toEqual([40, 20]);
    expect(await size({ maxSize: 10 })).toEqual([10, 5]);
    expect(await size({ maxSize: 4000 })).toEqual([40, 20]);
    expect(await size({ region: { left: 30, top: 10, width: 100, height: 100 } })).toEqual([10, 10]);
    expect(await size({ region: { left: 99, top: 99, width: 5, height: 5 } })).toEqual([1, 1]);
    expect(await size({ region: { left: 0, top: 0, width: 20, height: 4 }, maxSize: 10 })).toEqual([10, 2]);
  });

  test('JPEG by quality', async () => {
    const noise = frame({ rows: 64, columns: 64, bytes: Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 7919) % 251)) }); // prettier-ignore
    const of = async (quality: number) => (await renderFrame(noise, { ...png, type: 'image/jpeg', quality })).length; // prettier-ignore
    expect(await of(20)).toBeLessThan(await of(95));
  });
});

describe('stored values', () => {
  test.each<[string, Partial<DecodedFrame>, Buffer, number[]]>([
    ['12 bits of 16, junk above them', { bitsStored: 12 }, words(0xf001, 0x0fff, 0x1000, 0x7abc), [1, 4095, 0, 0xabc]],
    ['12 bits of 16 with sign', { bitsStored: 12, pixelRepresentation: 1 }, words(0x0fff, 0x0800, 0x07ff, 0xf7ff), [-1, -2048, 2047, 2047]],
    ['8 bits with sign', { bitsAllocated: 8, bitsStored: 8, pixelRepresentation: 1 }, Buffer.from([0, 127, 128, 255]), [0, 127, -128, -1]],
    ['6 bits of 8', { bitsAllocated: 8, bitsStored: 6 }, Buffer.from([0xc1, 0x3f, 0x40, 0xff]), [1, 63, 0, 63]],
    ['one bit, the lowest first', { bitsAllocated: 1, bitsStored: 1 }, Buffer.from([0b1010]), [0, 1, 0, 1]],
    ['32 bits', { bitsAllocated: 32, bitsStored: 32, pixelRepresentation: 1 }, Buffer.from('01000000ffffffff0000008000000001', 'hex'), [1, -1, -(2 ** 31), 0x1000000]],
    ['fewer bytes than pixels', {}, words(5, 6), [5, 6, 0, 0]],
  ])('%s', (_what, more, bytes, expected) => {
    expect([...storedValues(frame({ bytes, ...more }))]).toEqual(expected);
  }); // prettier-ignore
  test('other widths are refused', () => {
    expect(() => storedValues(frame({ bytes: words(1), bitsAllocated: 24 }))).toThrow(UndecodablePixels);
  });
  test('what stands above the stored bits goes: zero, or the sign', () => {
    const clean = (more: Partial<DecodedFrame>, bytes: Buffer) => Buffer.from(withoutUnusedBits(frame({ bytes, ...more })).bytes).toString('hex'); // prettier-ignore
    expect(clean({ bitsStored: 12 }, words(0xf123))).toBe('2301');
    expect(clean({ bitsStored: 12, pixelRepresentation: 1 }, words(0x0fff))).toBe('ffff');
    expect(clean({ bitsStored: 16 }, words(0xf123))).toBe('23f1');
    expect(clean({ bitsStored: 12, samplesPerPixel: 3 }, words(0xf123))).toBe('23f1');
    expect(clean({ bitsAllocated: 8, bitsStored: 7 }, Buffer.from([0xff]))).toBe('7f');
    expect(clean({ bitsAllocated: 8, bitsStored: 7, pixelRepresentation: 1 }, Buffer.from([0x40]))).toBe(
      'c0',
    );
    expect(clean({ bitsAllocated: 32, bitsStored: 24 }, Buffer.from('01020304', 'hex'))).toBe('01020304');
  });
});

describe('colour', () => {
  const rgb = (more: Partial<DecodedFrame> & { bytes: Uint8Array }) =>
    frame({ columns: 2, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, photometric: 'RGB', ...more });
  const palette = { first: 10, bits: 16, red: Uint16Array.of(0, 0x8000, 0xffff), green: Uint16Array.of(0x100, 0x200, 0x300), blue: Uint16Array.of(0xff, 0, 0xab00) }; // prettier-ignore
  test.each<[string, DecodedFrame, number[]]>([
    ['RGB as it is', rgb({ bytes: Buffer.from([1, 2, 3, 4, 5, 6]) }), [1, 2, 3, 4, 5, 6]],
    ['YBR_FULL: grey, red, and what lies outside', rgb({ photometric: 'YBR_FULL', bytes: Buffer.from([128, 128, 128, 76, 85, 255]) }), [128, 128, 128, 254, 0, 0]],
    ['16 bits: the eight highest of those stored', rgb({ bitsAllocated: 16, bitsStored: 12, bytes: words(0xfff, 0x800, 0x7f, 0x10, 0, 0xff0) }), [255, 128, 7, 1, 0, 255]],
  ])('%s', (_what, decoded, expected) => {
    const plain = plainFrame(decoded);
    expect([[...plain.bytes], plain.photometric, plain.bitsAllocated]).toEqual([expected, 'RGB', 8]);
  }); // prettier-ignore
  test('a palette: below its first and above its last entry the nearest one', () => {
    const indices = frame({ photometric: 'PALETTE COLOR', bitsAllocated: 8, bitsStored: 8, bytes: Buffer.from([0, 11, 12, 255]) }); // prettier-ignore
    expect([...plainFrame(indices, palette as never).bytes]).toEqual([0, 1, 0, 0x80, 2, 0, 0xff, 3, 0xab, 0xff, 3, 0xab]); // prettier-ignore
    expect(() => plainFrame(indices)).toThrow('palette colour without a palette');
  });
  test('a mask of bits becomes black and white', () => {
    const mask = frame({ rows: 2, columns: 5, bitsAllocated: 1, bitsStored: 1, bytes: Buffer.from([0b01001101, 0b10]) }); // prettier-ignore
    expect([...plainFrame(mask).bytes]).toEqual([255, 0, 255, 255, 0, 0, 255, 0, 0, 255]);
    expect(() => plainFrame({ ...mask, bytes: Buffer.from([1]) })).toThrow('shorter than its format');
  });
  test('a short frame is refused, a grey one left alone', () => {
    expect(() => plainFrame(rgb({ bytes: Buffer.from([1, 2, 3]) }))).toThrow('shorter than its format');
    const grey = frame({ bytes: words(1, 2, 3, 4) });
    expect(plainFrame(grey)).toBe(grey);
  });
  test.each<[string, Parameters<typeof needsPlain>[0], boolean]>([
    ['a CT of 16 bits', { transferSyntax: ts.explicitLittleEndian, bitsAllocated: 16, samplesPerPixel: 1, photometric: 'MONOCHROME2' }, false],
    ['nothing known', { transferSyntax: ts.explicitLittleEndian, bitsAllocated: null, samplesPerPixel: null, photometric: null }, false],
    ['a palette', { transferSyntax: ts.explicitLittleEndian, bitsAllocated: 8, samplesPerPixel: 1, photometric: 'PALETTE COLOR' }, true],
    ['a mask', { transferSyntax: ts.explicitLittleEndian, bitsAllocated: 1, samplesPerPixel: 1, photometric: 'MONOCHROME2' }, true],
    ['colour of 16 bits', { transferSyntax: ts.explicitLittleEndian, bitsAllocated: 16, samplesPerPixel: 3, photometric: 'RGB' }, true],
    ['native 4:2:2', { transferSyntax: ts.explicitLittleEndian, bitsAllocated: 8, samplesPerPixel: 3, photometric: 'YBR_FULL_422' }, true],
    ['coded 4:2:2', { transferSyntax: ts.jpegBaseline, bitsAllocated: 8, samplesPerPixel: 3, photometric: 'YBR_FULL_422' }, false],
    ['RLE of 32 bits', { transferSyntax: ts.rleLossless, bitsAllocated: 32, samplesPerPixel: 1, photometric: 'MONOCHROME2' }, true],
    ['RLE of 16 bits', { transferSyntax: ts.rleLossless, bitsAllocated: 16, samplesPerPixel: 1, photometric: 'MONOCHROME2' }, false],
    ['JPEG of 12 bits', { transferSyntax: ts.jpegExtended, bitsAllocated: 16, samplesPerPixel: 1, photometric: 'MONOCHROME2' }, true],
  ])('%s goes out plain: %o', (_what, facts, expected) => expect(needsPlain(facts)).toBe(expected)); // prettier-ignore
});

describe('native and RLE frames', () => {
  const decode = async (more: Partial<DecodedFrame> & { bytes: Uint8Array; transferSyntax?: string }) => {
    const decoded = await decodeFrame({ ...frame(more), transferSyntax: more.transferSyntax ?? ts.explicitLittleEndian }); // prettier-ignore
    return { ...decoded, bytes: [...decoded.bytes] };
  };
  test('planes become pixels, 4:2:2 pairs become pixels, big-endian words are turned round', async () => {
    expect((await decode({ columns: 2, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, photometric: 'RGB', planarConfiguration: 1, bytes: Buffer.from([1, 2, 3, 4, 5, 6]) })).bytes).toEqual([1, 3, 5, 2, 4, 6]);
    expect((await decode({ columns: 2, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, photometric: 'YBR_FULL_422', bytes: Buffer.from([10, 20, 30, 40]) })).bytes).toEqual([10, 30, 40, 20, 30, 40]);
    expect((await decode({ columns: 2, transferSyntax: ts.explicitBigEndian, bytes: Buffer.from([1, 2, 3, 4]) })).bytes).toEqual([2, 1, 4, 3]);
  }); // prettier-ignore

  /** PackBits of PS3.5 §G.3.1, runs and literals as they come. */
  function pack(bytes: Uint8Array): Buffer {
    const out: number[] = [];
    for (let at = 0; at < bytes.length;) {
      let run = 1;
      while (run < 128 && bytes[at + run] === bytes[at]) run++;
      if (run > 1) out.push(257 - run, bytes[at]!);
      else out.push(0, bytes[at]!);
      at += run;
    }
    return Buffer.from(out.length % 2 ? [...out, 128] : out);
  }
  test('what is packed comes back, of any number of samples and bytes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom([1, 1], [1, 2], [3, 1], [3, 2], [1, 4]),
        fc.integer({ min: 1, max: 40 }),
        fc.infiniteStream(fc.constantFrom(0, 0, 0, 7, 255)),
        ([samples, size], pixels, stream) => {
          const whole = Uint8Array.from({ length: pixels * samples! * size! }, () => stream.next().value as number);
          const header = Buffer.alloc(64);
          const segments: Buffer[] = [];
          for (let sample = 0; sample < samples!; sample++)
            for (let byte = size! - 1; byte >= 0; byte--)
              segments.push(pack(Uint8Array.from({ length: pixels }, (_, pixel) => whole[(pixel * samples! + sample) * size! + byte]!)));
          header.writeUInt32LE(segments.length, 0);
          segments.reduce((at, segment, index) => (header.writeUInt32LE(at, 4 + index * 4), at + segment.length), 64);
          const { bytes, short } = decodeRle(Buffer.concat([header, ...segments]), pixels, samples!, size!);
          expect([Buffer.from(bytes), short]).toEqual([Buffer.from(whole), false]);
        },
      ),
      { numRuns: 150 },
    );
  }); // prettier-ignore
  test('a short header and a wrong number of segments are refused', () => {
    expect(() => decodeRle(Buffer.alloc(63), 4, 1, 2)).toThrow('shorter than its header');
    expect(() => decodeRle(Buffer.alloc(64), 4, 1, 2)).toThrow('0 segments instead of 2');
  });
});

describe('measures of a picture', () => {
  const picture = (of: (row: number, column: number) => number) =>
    measurePicture(
      Int32Array.from({ length: 64 * 64 }, (_, i) => of(i >> 6, i & 63)),
      64,
      64,
    );
  test('flat, halved, a ramp, noise', () => {
    expect(picture(() => 5)).toEqual({ clippedShare: 1, contrast: 0, sharpness: 0 });
    expect(picture((_, column) => (column < 32 ? 0 : 4095)).clippedShare).toBe(1);
    const ramp = picture((_, column) => column * 10);
    expect(ramp.clippedShare).toBeLessThan(0.05);
    expect(ramp.sharpness).toBe(0);
    expect(ramp.contrast).toBeCloseTo(0.8, 1);
    expect(picture((row, column) => ((row * 31 + column * 17) % 13) * 100).sharpness).toBeGreaterThan(0.2);
  });
  test.each<[string, 'L' | 'R' | undefined]>([
    ['左膝正侧位', 'L'],
    ['Right hand', 'R'],
    ['双膝 左右对比', undefined],
    ['胸部正位', undefined],
    ['bright field, leftover', undefined],
  ])('the side that %s names', (text, side) => expect(sideOf(text)).toBe(side));
});
