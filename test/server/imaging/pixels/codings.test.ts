import { describe, expect, test } from 'vitest';
import { codedBy, haveDcmtk } from './dcmtk.ts';
import { decodedFrames, pictureFile, pixelsOf, sampleAt, samplesOf, type PictureFormat } from './pictures.ts';

const size = { rows: 13, columns: 11 };
/** Each of these is a picture of an odd number of odd lines, so that nothing is aligned to anything. */
const formats: [string, PictureFormat][] = [
  ['grey of 8 bits', { ...size, allocated: 8 }],
  ['grey of 6 bits in 8', { ...size, allocated: 8, stored: 6 }],
  ['grey of 8 bits with sign', { ...size, allocated: 8, signed: true }],
  ['grey of 8 bits, three frames', { ...size, allocated: 8, frames: 3 }],
  ['grey of 12 bits', { ...size, stored: 12 }],
  ['grey of 12 bits with sign', { ...size, stored: 12, signed: true }],
  ['grey of 16 bits', { ...size, stored: 16 }],
  ['grey of 16 bits with sign, three frames', { ...size, signed: true, frames: 3 }],
  ['a picture of one line', { rows: 1, columns: 37, stored: 12 }],
  ['a picture of one column', { rows: 37, columns: 1, stored: 12 }],
  ['RGB of 8 bits by pixel, three frames', { ...size, samples: 3, allocated: 8, frames: 3 }],
  ['RGB of 8 bits by plane', { ...size, samples: 3, allocated: 8, planar: 1 }],
  ['RGB of 16 bits by pixel', { ...size, samples: 3, allocated: 16 }],
  ['RGB of 12 bits in 16, by plane', { ...size, samples: 3, allocated: 16, stored: 12, planar: 1 }],
];
const codings = ['dcmconv +ti', 'dcmconv +tb', 'dcmconv +td', 'dcmcrle', 'dcmcjpeg +e1', 'dcmcjpls +el'];

/** What the picture shows, whichever way it is written down. */
function expected(format: PictureFormat, frame: number): number[] {
  const { rows, columns, samples = 1, allocated = 16, stored = allocated, signed = false, planar } = format;
  const pixels = rows * columns;
  return Array.from({ length: pixels * samples }, (_, at) => {
    const index = planar === 1 ? (at % samples) * pixels + Math.floor(at / samples) : at;
    return sampleAt(frame * pixels * samples + index, stored, signed);
  });
}

describe('every sample comes back, and nothing is called damaged, of', () => {
  test.each(formats)('%s as it is written', async (_what, format) => {
    const frames = await decodedFrames(pictureFile(format, pixelsOf(format)));
    expect(frames).toHaveLength(format.frames ?? 1);
    expect(frames.map((frame) => [...samplesOf(frame)])).toEqual(frames.map((_, at) => expected(format, at)));
  });

  describe.skipIf(!haveDcmtk).each(formats)('%s', (_what, format) => {
    const file = pictureFile(format, pixelsOf(format));
    test.each(codings)('coded by %s', async (coding) => {
      const frames = await decodedFrames(codedBy(coding, file));
      expect(frames).toHaveLength(format.frames ?? 1);
      for (const [at, frame] of frames.entries()) {
        expect([...samplesOf(frame)]).toEqual(expected(format, at));
        expect(frame).toMatchObject({ rows: format.rows, columns: format.columns, planarConfiguration: 0 });
        expect(frame.damaged).toBeUndefined();
      }
    });
  });

  describe.skipIf(!haveDcmtk).each([
    ['grey', { ...size, signed: true }],
    ['RGB', { ...size, samples: 3, allocated: 16 }],
  ] as [string, PictureFormat][])('%s of 16 bits', (_what, format) => {
    const file = pictureFile(format, pixelsOf(format));
    test.each([2, 3, 4, 5, 6, 7])('by predictor %i of lossless JPEG', async (predictor) => {
      const [frame] = await decodedFrames(codedBy(`dcmcjpeg +el +sv ${predictor}`, file));
      expect([...samplesOf(frame!)]).toEqual(expected(format, 0));
    });
  });

  test.skipIf(!haveDcmtk).each(['dcmcjpls +el +il', 'dcmcjpls +el +is', 'dcmcjpls +el +in'])(
    'RGB coded by %s, whose samples lie otherwise in the stream',
    async (coding) => {
      const format: PictureFormat = { ...size, samples: 3, allocated: 8 };
      const [frame] = await decodedFrames(codedBy(coding, pictureFile(format, pixelsOf(format))));
      expect([...samplesOf(frame!)]).toEqual(expected(format, 0));
    },
  );
});
