import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../server/imaging/pixels/decodeFrame.ts';
import { encodeHtj2k } from '../../server/imaging/pixels/encodeHtj2k.ts';
import { ByteQueue } from '../../viewer/src/panes/cornerstone/byteQueue.ts';
import { imageIdAt, placeOf } from '../../viewer/src/panes/cornerstone/frameStream.ts';
import { resolveUnusedBits } from '../../viewer/src/panes/cornerstone/unusedBits.ts';
import { upscale } from '../../viewer/src/panes/cornerstone/upscale.ts';

describe('bytes of a stream', () => {
  test('come out as they went in, whatever the chunks', () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, n) => n);
    for (let size = 1; size <= 200; size += 7) {
      const queue = new ByteQueue();
      const out: number[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        queue.push(bytes.subarray(at, at + size));
        for (let part = queue.take(9); part; part = queue.take(9)) out.push(...part);
      }
      out.push(...(queue.take(queue.length) ?? []));
      expect(out).toEqual([...bytes]);
    }
  });
  test('are not given before they are complete', () => {
    const queue = new ByteQueue();
    queue.push(new Uint8Array(3));
    expect(queue.take(4)).toBeNull();
    expect(queue.length).toBe(3);
  });
});

describe('the place of a frame', () => {
  const place = { study: '1.2', series: '1.2.3', instance: '1.2.3.4', frame: 7 };
  test('is read from its image id', () => expect(placeOf(imageIdAt(place))).toEqual(place));
  test('is null for other ids', () => {
    for (const id of ['', 'wadouri:1', 'wadors:/elsewhere/studies/1/series/1/instances/1/frames/1'])
      expect(placeOf(id)).toBeNull();
  });
});

describe('bits above the stored ones', () => {
  const stored = { bitsAllocated: 16, bitsStored: 12 };
  const frame = (values: number[], pixelRepresentation: number) => ({
    rows: 1,
    columns: values.length,
    samplesPerPixel: 1,
    ...stored,
    pixelRepresentation,
    photometric: 'MONOCHROME2',
    planarConfiguration: 0,
    transferSyntax: '1.2.840.10008.1.2.1',
    bytes: new Uint8Array(Uint16Array.from(values).buffer),
  });
  // 0xf in the four unused bits of 5, of 2047, and of 2048 (−2048 where signed)
  const junk = [0xf005, 0xf7ff, 0x0800, 0x0fff];
  test.each([
    ['unsigned', 0, [5, 2047, 2048, 4095]],
    ['signed', 1, [5, 2047, -2048, -1]],
  ] as const)('are no part of the value: %s', async (_name, pixelRepresentation, values) => {
    const of = pixelRepresentation === 1 ? Int16Array : Uint16Array;
    const given = frame(junk, pixelRepresentation);
    const decoded = await decodeFrame(given);
    expect([...new of(Uint8Array.from(decoded.bytes).buffer)]).toEqual(values);
    const odd = new Uint8Array(9).subarray(1);
    odd.set(given.bytes);
    for (const bytes of [given.bytes.slice(), odd]) {
      resolveUnusedBits(bytes, { ...stored, pixelRepresentation });
      expect([...new of(Uint8Array.from(bytes).buffer)]).toEqual(values);
    }
  });
  test('bytes stay as they are where every bit is stored', () => {
    const bytes = Uint8Array.from([1, 0xff, 3]);
    resolveUnusedBits(bytes, { bitsAllocated: 16, bitsStored: 16, pixelRepresentation: 1 });
    expect([...bytes]).toEqual([1, 0xff, 3]);
  });
});

describe('a preview enlarged to full size', () => {
  test('keeps a flat picture flat and stays within the values', () => {
    const out = new Int16Array(20 * 12);
    upscale(
      { values: Int16Array.from([-5, -5, -5, -5]), width: 2, height: 2, components: 1 },
      8,
      out,
      12,
      20,
    );
    expect(new Set(out)).toEqual(new Set([-5]));
  });
  test('puts colours where they belong', () => {
    const out = new Uint8Array(16 * 8 * 3);
    const red = [255, 0, 0];
    const blue = [0, 0, 255];
    upscale(
      { values: Uint8Array.from([...red, ...blue]), width: 2, height: 1, components: 3 },
      8,
      out,
      16,
      8,
    );
    expect([...out.slice(0, 3)]).toEqual(red);
    expect([...out.slice(15 * 3, 16 * 3)]).toEqual(blue);
  });

  test.each([
    [64, 64],
    [61, 83],
    [120, 40],
  ])('of the first bytes of an HTJ2K frame (%i × %i) is the same picture, blurred', async (rows, columns) => {
    const pixels = new Uint16Array(rows * columns);
    for (let y = 0; y < rows; y += 1)
      for (let x = 0; x < columns; x += 1)
        pixels[y * columns + x] = 1000 + 500 * Math.sin((x * 6) / columns) + 300 * Math.cos((y * 5) / rows);
    const format = {
      rows,
      columns,
      samplesPerPixel: 1,
      bitsAllocated: 16,
      bitsStored: 12,
      pixelRepresentation: 0,
      photometric: 'MONOCHROME2',
      planarConfiguration: 0,
    };
    const { codeStream, prefixLength } = await encodeHtj2k({
      ...format,
      bytes: new Uint8Array(pixels.buffer),
    });
    const { default: createOpenJph } = await import('@cornerstonejs/codec-openjph');
    const decoder = new (
      await createOpenJph({ print: () => undefined, printErr: () => undefined })
    ).HTJ2KDecoder();
    const prefix = codeStream.subarray(0, prefixLength);
    decoder.getEncodedBuffer(prefix.length).set(prefix);
    (decoder as unknown as { decodeSubResolution(level: number): void }).decodeSubResolution(3);
    const [width, height] = [Math.ceil(columns / 8), Math.ceil(rows / 8)];
    const low = decoder.getDecodedBuffer().slice();
    const out = new Uint16Array(rows * columns);
    upscale(
      { values: new Uint16Array(low.buffer, low.byteOffset, width * height), width, height, components: 1 },
      8,
      out,
      columns,
      rows,
    );
    let off = 0;
    out.forEach((value, n) => (off += Math.abs(value - (pixels[n] ?? 0))));
    expect(off / out.length).toBeLessThan(60); // of a range of 1600: smooth, not shifted by a low pixel
    const whole = await decodeFrame({
      ...format,
      transferSyntax: '1.2.840.10008.1.2.4.202',
      bytes: codeStream,
    });
    expect(Buffer.compare(Buffer.from(whole.bytes), Buffer.from(pixels.buffer))).toBe(0);
  });
});

test('a small picture is decoded out of the prefix of a rendition alone', async () => {
  const [rows, columns] = [130, 90];
  const values = Uint16Array.from({ length: rows * columns }, (_, at) => 500 + (at % columns) * 10);
  const format = {
    rows,
    columns,
    samplesPerPixel: 1,
    bitsAllocated: 16,
    bitsStored: 12,
    pixelRepresentation: 0,
    photometric: 'MONOCHROME2',
    planarConfiguration: 0,
  };
  const { codeStream, prefixLength } = await encodeHtj2k({
    ...format,
    bytes: new Uint8Array(values.buffer),
  });
  expect(prefixLength).toBeLessThan(codeStream.length);
  const small = await decodeFrame({
    ...format,
    transferSyntax: '1.2.840.10008.1.2.4.202',
    bytes: codeStream.subarray(0, prefixLength),
    reducedBy: 3,
  });
  expect([small.rows, small.columns]).toEqual([17, 12]);
  const row = [...new Uint16Array(Uint8Array.from(small.bytes).buffer).subarray(0, 12)];
  row.forEach((value, at) => expect(Math.abs(value - (500 + at * 80))).toBeLessThan(40));
});
