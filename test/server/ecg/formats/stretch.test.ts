import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../../../../bench/ecg/annotated.ts';
import { readRecording, readRecordingFiles } from '../../../../server/ecg/formats/index.ts';
import type { NamedFile } from '../../../../server/ecg/formats/wfdb.ts';
import { readStretch } from '../../../../server/ecg/formats/stretch.ts';
import { sampleBlock } from '../../../../server/ecg/sampleBlock.ts';
import { writeAmbulatory } from '../instruments/dicomWriter.ts';
import { writeEdf, writeMfer, writeWfdb } from '../instruments/otherWriters.ts';
import { eightLeads, syntheticLead } from '../instruments/synthetic.ts';

const names = ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const synthetic = writeWfdb(
  'T1',
  eightLeads(4000).map((lead, i) => ({ name: names[i]!, samples: [...lead.samples] })),
);
const day = [1, 2, 3].map((phase) => syntheticLead(20_000, 250, { phase: phase / 10 }));
const edf = writeEdf(
  [
    ...['II', 'V1', 'V5'].map((label, i) => ({ label: `ECG ${label}`, samples: day[i]!, rate: 250 })),
    { label: 'Resp', samples: [], rate: 25 },
  ],
  80,
);
const ambulatory = (transferSyntax: string) =>
  writeAmbulatory({
    rate: 250,
    leads: ['II', 'V1', 'V5'],
    samples: day,
    missing: [900, 950],
    transferSyntax,
  });
const mfer = (block: number) =>
  writeMfer(
    [2, 3, 7].map((code, i) => ({ code, samples: [...day[i]!] })),
    { block },
  );
const mitBih = ['100.hea', '100.dat'].map((name) => ({
  name,
  bytes: readFileSync(join(fixtures, 'wfdb', name)),
}));

function placed(files: NamedFile[]) {
  const read = { bytes: 0 };
  return {
    read,
    files: files.map(({ name, bytes }) => ({
      name,
      size: bytes.byteLength,
      read: async (start: number, end: number) => {
        read.bytes += end - start;
        return bytes.subarray(start, end);
      },
    })),
  };
}

describe('a stretch of a recording is read without the rest', () => {
  for (const [what, files, ends] of [
    ['format 16 behind a MATLAB head, limb leads derived', synthetic, 4000],
    ['format 212', mitBih, 650_000],
  ] as const)
    test(`${what}: the samples of the whole record`, async () => {
      const whole = readRecordingFiles([...files]);
      const leads = whole.leads.map((lead) => lead.name);
      for (const [from, to] of [
        [0, 301],
        [777, 1500],
        [ends - 333, ends],
      ] as const) {
        const source = placed([...files]);
        const stretch = await readStretch(source.files, from, to);
        expect(stretch?.leads.map((lead) => lead.name)).toEqual(leads);
        expect(await sampleBlock(stretch!, leads, from, to)).toEqual(
          await sampleBlock(whole, leads, from, to),
        );
        expect(source.read.bytes).toBeLessThan((to - from + 8) * 16 + files[0]!.bytes.byteLength);
        expect(stretch!.notes.map((note) => note.code)).not.toContain('checksum-mismatch');
      }
    });

  for (const [what, bytes] of [
    ['EDF+ with signals of another rate', edf],
    ['MFER in frames of 50', mfer(50)],
    ['DICOM ambulatory, explicit', ambulatory('1.2.840.10008.1.2.1')],
    ['DICOM ambulatory, implicit', ambulatory('1.2.840.10008.1.2')],
  ] as const)
    test(`${what}: the samples of the whole recording`, async () => {
      const whole = readRecording(bytes);
      const leads = whole.leads.map((lead) => lead.name);
      expect(leads).toEqual(['II', 'V1', 'V5']);
      for (const [from, to] of [
        [0, 301],
        [777, 1500],
        [19_667, 20_000],
      ] as const) {
        const source = placed([{ name: 'day', bytes }]);
        const stretch = await readStretch(source.files, from, to);
        expect(await sampleBlock(stretch!, leads, from, to)).toEqual(
          await sampleBlock(whole, leads, from, to),
        );
        expect(source.read.bytes).toBeLessThan(0.4 * bytes.byteLength);
        expect(stretch!.patient).toEqual(whole.patient);
        if (whole.leads[0]!.missing && from < 900 && to > 950)
          expect(stretch!.leads[0]!.missing).toEqual(whole.leads[0]!.missing);
        if (whole.leads[0]!.missing)
          expect((await sampleBlock(whole, leads, 920, 1500)).missing[0]).toEqual([[920, 950]]);
        for (const [start, end] of whole.leads[0]!.missing ?? [])
          expect(whole.leads[0]!.samples.slice(start, end).every((value) => value === 0)).toBe(true);
      }
    });

  test('several multiplex groups stand at times of their own: the whole has to be read', async () => {
    const bytes = readFileSync(join(fixtures, 'reference', 'example.dcm'));
    expect(await readStretch(placed([{ name: 'x', bytes }]).files, 0, 500)).toBeUndefined();
  });

  test('MFER in one frame has to be read whole', async () => {
    const file = placed([{ name: 'x', bytes: mfer(20_000) }]);
    expect(await readStretch(file.files, 0, 500)).toBeUndefined();
  });

  test('an archive, or a header without its signals, has to be read whole', async () => {
    const zip = placed([{ name: 'day.zip', bytes: Buffer.from('PK') }]);
    expect(await readStretch(zip.files, 0, 100)).toBeUndefined();
    expect(await readStretch(placed([mitBih[0]!]).files, 0, 100)).toBeUndefined();
  });
});
