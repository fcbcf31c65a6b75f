import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFrame } from '../../../server/imaging/pixels/pixelSource.ts';
import { decodeFrame } from '../../../server/imaging/pixels/decodeFrame.ts';
import {
  framesOf,
  readFrame,
  readFrameToSend,
  readStoredHeader,
  type StoredObject,
} from '../../../server/imaging/storedObject.ts';
import { readHeader, tags, transferSyntaxes as ts } from '../../../server/standards/dicom/index.ts';
import { createContext, type TestContext } from '../../helpers/hub.ts';
import { codedBy, haveDcmtk } from './pixels/dcmtk.ts';
import { pictureFile, pixelsOf, samplesOf, type PictureFormat } from './pixels/pictures.ts';

let hub: TestContext;
beforeAll(async () => (hub = await createContext()));
afterAll(() => hub.close());

/** Puts a file into the store; answers what the index knows of it. */
async function put(file: Buffer): Promise<StoredObject & { bitsAllocated: number | null }> {
  const { dataSet, transferSyntax, pixelData, dataSetOffset } = readHeader(file);
  const { address, size } = await hub.ctx.objects.put(file);
  return {
    objectAddress: address,
    objectSize: size,
    transferSyntax,
    dataSetOffset,
    pixelOffset: pixelData?.offset ?? null,
    pixelLength: pixelData?.length ?? null,
    numberOfFrames: dataSet.number(tags.numberOfFrames) ?? 1,
    bitsAllocated: dataSet.number(tags.bitsAllocated) ?? null,
  };
}

const three: PictureFormat = { rows: 5, columns: 7, frames: 3, stored: 12 };
const frameOf = (format: PictureFormat, number: number) => {
  const all = pixelsOf(format);
  const length = all.length / (format.frames ?? 1);
  return all.subarray((number - 1) * length, number * length);
};
const why = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (fault: { status?: number; message: string }) => [fault.status, fault.message],
  );

describe('a frame of a stored object', () => {
  test('is read from the place it has in native pixels, padding left out', async () => {
    const odd: PictureFormat = { rows: 3, columns: 3, frames: 3, allocated: 8 };
    for (const format of [three, odd]) {
      const object = await put(pictureFile(format, pixelsOf(format)));
      for (const number of [1, 2, 3])
        expect((await readFrame(hub.ctx, object, number)).equals(frameOf(format, number))).toBe(true);
    }
  });

  test.skipIf(!haveDcmtk).each([
    ['deflated', 'dcmconv +td'],
    ['implicit', 'dcmconv +ti'],
    ['big endian', 'dcmconv +tb'],
  ])('goes out little endian where the object is %s', async (_what, coding) => {
    const object = await put(codedBy(coding, pictureFile(three, pixelsOf(three))));
    for (const number of [3, 1, 2]) {
      const sent = await readFrameToSend(hub.ctx, object, number);
      expect(sent.transferSyntax).toBe(ts.explicitLittleEndian);
      expect(sent.bytes.equals(frameOf(three, number))).toBe(true);
    }
  });

  test.skipIf(!haveDcmtk)('goes out as it is coded where it is encapsulated', async () => {
    const object = await put(codedBy('dcmcrle', pictureFile(three, pixelsOf(three))));
    const sent = await readFrameToSend(hub.ctx, object, 2);
    expect(sent.transferSyntax).toBe(ts.rleLossless);
    expect(sent.bytes.readUInt32LE(0)).toBe(2); // segments of 16 bits
    const { frame } = await loadFrame(hub.ctx, object, 2);
    expect([...samplesOf(await decodeFrame(frame))]).toEqual([
      ...new Uint16Array(new Uint8Array(frameOf(three, 2)).buffer),
    ]);
  });

  test('of 32 bits in big endian is turned round by fours', async () => {
    const wide: PictureFormat = { rows: 2, columns: 2, allocated: 32 };
    const object = await put(pictureFile(wide, Buffer.from('00000001000000020000000300000004', 'hex')));
    const big = { ...object, transferSyntax: ts.explicitBigEndian };
    // The data set is little endian; only what is done to the pixels is looked at, by the place that the index knows.
    const two = { ...big, numberOfFrames: 2 };
    expect((await readFrameToSend(hub.ctx, two, 2)).bytes.toString('hex')).toBe('0300000004000000');
  });

  test('that is not there is not found, and says how many there are', async () => {
    const object = await put(pictureFile(three, pixelsOf(three)));
    expect(await why(readFrame(hub.ctx, object, 4))).toEqual([404, 'frame 4 was not found: there are 3']);
    expect(await why(readFrame(hub.ctx, object, 0))).toEqual([404, 'frame 0 was not found: there are 3']);
  });

  test('of an object without pixels is not found', async () => {
    const file = pictureFile({ rows: 4, columns: 4 }, Buffer.alloc(32));
    const document = await put(file.subarray(0, file.length - 12 - 32));
    expect(document.pixelOffset).toBeNull();
    expect(await why(framesOf(hub.ctx, document))).toEqual([404, 'the object has no pixel data']);
    expect((await readStoredHeader(hub.ctx, document)).dataSet.number(tags.rows)).toBe(4);
  });

  test('of bytes that are no object any more is unreadable, not an error of the hub', async () => {
    const object = await put(pictureFile(three, pixelsOf(three)));
    const { address, size } = await hub.ctx.objects.put(Buffer.alloc(object.objectSize, 0x41));
    const lost = { ...object, objectAddress: address, objectSize: size };
    expect((await why(readStoredHeader(hub.ctx, lost)))?.[0]).toBe(422);
    const cut = await put(pictureFile({ ...three, frames: 2 }, pixelsOf({ ...three, frames: 2 })));
    expect(await why(framesOf(hub.ctx, { ...cut, numberOfFrames: 1, objectSize: cut.objectSize - 40 }))).toEqual([
      422,
      'the stored object cannot be read: the object ends inside its pixel data',
    ]);
  }); // prettier-ignore
});

describe('frames of a mask, one bit a pixel, that share bytes (PS3.5 §8.1.1)', () => {
  const set = (pixel: number) => (pixel * 7) % 3 === 0 || pixel % 11 === 0;
  test.each([
    [5, 5, 2],
    [5, 5, 3],
    [6, 6, 4],
    [3, 3, 9],
    [8, 8, 2],
    [1, 1, 16],
  ])('%i × %i, %i frames', async (rows, columns, frames) => {
    const pixels = rows * columns;
    const bits = Buffer.alloc(Math.ceil((pixels * frames) / 8));
    for (let pixel = 0; pixel < pixels * frames; pixel++)
      if (set(pixel)) bits[pixel >> 3] = (bits[pixel >> 3] ?? 0) | (1 << (pixel & 7));
    const object = await put(pictureFile({ rows, columns, frames, allocated: 1 }, bits));
    for (let number = 1; number <= frames; number++) {
      const { frame } = await loadFrame(hub.ctx, object, number);
      const expected = Array.from({ length: pixels }, (_, at) => (set((number - 1) * pixels + at) ? 1 : 0));
      expect([...samplesOf(await decodeFrame(frame))]).toEqual(expected);
      const sent = await readFrameToSend(hub.ctx, object, number);
      expect(sent.bytes.equals(frame.bytes)).toBe(true);
      expect(sent.bytes).toHaveLength(Math.ceil(pixels / 8));
    }
  });
});
