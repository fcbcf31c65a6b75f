import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixture, fixturesPresent } from '../../server/ecg/fixtures.ts';
import { isRecording } from '../../../viewer/src/centers/ecg/upload/isRecording.ts';
import { isImage } from '../../../viewer/src/centers/imaging/isImage.ts';

const head = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, 4096);

describe.skipIf(!fixturesPresent)('which centre a dropped file belongs to', () => {
  test('ECG recordings are known by their first bytes, whatever they are called', () => {
    for (const path of [
      ['reference', 'example.scp'],
      ['reference', 'example.xml'],
      ['philips', '129DYPRG-1.03.xml'],
      ['philips', '2020-5-18-1.04.01.xml'],
    ])
      expect([path, isRecording(head(fixture(...path)), 'x.bin')]).toEqual([path, true]);
    expect(isRecording(Buffer.from('<?xml version="1.0"?><html/>'), 'x.xml')).toBe(false);
  });

  test('a DICOM image is imaging’s, a DICOM waveform is not', () => {
    const image = readFileSync(
      join(import.meta.dirname, '../../../../shared/fixtures/dicom/multiframe/GH133.dcm'),
    );
    expect(isImage(head(image))).toBe(true);
    expect(isImage(head(fixture('reference', 'example.dcm')))).toBe(false);
    expect(isRecording(head(image), 'a.dcm')).toBe(false);
  });
});
