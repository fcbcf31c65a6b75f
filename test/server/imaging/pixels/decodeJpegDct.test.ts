import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeJpegDct } from '../../../../server/imaging/pixels/decodeJpegDct.ts';
import { UndecodablePixels } from '../../../../server/imaging/pixels/frame.ts';
import { markAsRgb } from '../../../../server/imaging/pixels/markAsRgb.ts';
import { findFrames, readHeader } from '../../../../server/standards/dicom/index.ts';

const folder = path.resolve('../shared/fixtures/dicom');
const dcmdjpeg = spawnSync('dcmdjpeg', ['--version']).status === 0;
const samples = [
  ['general/JPEG-lossy.dcm', 'sequential, 12 bits'],
  ['general/JPGExtended.dcm', 'sequential, 12 bits'],
  ['syntaxes/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm', 'two frames in fragments'],
  ['syntaxes/CTImage.dcm_JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51.dcm', 'sequential, CT'],
  ['syntaxes/CTImage.dcm_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm', 'spectral selection'],
  ['syntaxes/CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm', 'full progression'],
] as const;

async function firstFrame(file: string): Promise<Buffer> {
  const bytes = fs.readFileSync(file);
  const { dataSet, transferSyntax, pixelData } = readHeader(bytes);
  if (!pixelData) throw new Error(`${file} has no pixels`);
  const [frame = []] = await findFrames({
    dataSet,
    transferSyntax,
    pixelData,
    size: bytes.length,
    readAt: (offset, length) => bytes.subarray(offset, offset + length),
  });
  return Buffer.concat(frame.map(({ offset, length }) => bytes.subarray(offset, offset + length)));
}

describe.skipIf(!fs.existsSync(folder))('JPEG by DCT of 12 bits', () => {
  test.skipIf(!dcmdjpeg).each(samples)(
    '%s (%s) has the samples of dcmtk, to the last bit of rounding',
    async (name) => {
      const { samples, precision } = decodeJpegDct(await firstFrame(path.join(folder, name)));
      const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-jpeg-'));
      const native = path.join(scratch, 'native.dcm');
      execFileSync('dcmdjpeg', [path.join(folder, name), native], { stdio: 'ignore' });
      const theirs = await firstFrame(native);
      fs.rmSync(scratch, { recursive: true });
      let worst = 0;
      for (let at = 0; at < samples.length; at++)
        worst = Math.max(worst, Math.abs((samples[at] ?? 0) - theirs.readUInt16LE(at * 2)));
      expect(precision).toBe(12);
      expect(worst).toBeLessThanOrEqual(1);
    },
  );

  test('cut off anywhere or with any byte changed it is read or refused, in bounds', async () => {
    const whole = await firstFrame(path.join(folder, 'general/JPGExtended.dcm'));
    const read = (bytes: Uint8Array) => {
      try {
        expect(decodeJpegDct(bytes).samples.length).toBeLessThanOrEqual(256_000_000);
      } catch (fault) {
        expect(fault).toBeInstanceOf(UndecodablePixels);
      }
    };
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => read(whole.subarray(0, length))),
      { seed: 20261129, numRuns: 40 },
    );
    fc.assert(
      fc.property(fc.nat(700), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        read(bytes);
      }),
      { seed: 20261129, numRuns: 60 },
    );
  });
});

describe('a JPEG whose header says RGB', () => {
  const stream = (...segments: string[]) =>
    Buffer.from(`ffd8${segments.join('')}ffda0008010100003f00${'ffd9'}`, 'hex');

  test('is marked when its stream says nothing of colour', () => {
    const marked = markAsRgb(stream('ffdb0003ab'));
    expect(Buffer.from(marked).toString('hex')).toMatch(/^ffd8ffee000e41646f626500640000000000ffdb/);
  });
  test.each([
    ['an Adobe segment that is too short to name a transform', 'ffee000c41646f62650000000000'],
    ['an application segment of somebody else', 'ffee001041434d450064000000000001abcd'],
    ['a thumbnail (JFXX)', 'ffe000104a465858001000010000010001000000'],
  ])('is marked behind %s', (_name, segment) => {
    const marked = Buffer.from(markAsRgb(stream(segment)));
    expect(marked.subarray(2, 18).toString('hex')).toBe('ffee000e41646f626500640000000000');
    expect(marked.subarray(18).equals(stream(segment).subarray(2))).toBe(true);
  });
  test.each([
    ['JFIF', 'ffe000104a46494600010100000100010000'],
    ['Adobe', 'ffee000e41646f62650064000000000001'],
  ])('is left as it is behind a %s segment', (_name, segment) => {
    const bytes = stream(segment);
    expect(markAsRgb(bytes)).toBe(bytes);
  });
});
