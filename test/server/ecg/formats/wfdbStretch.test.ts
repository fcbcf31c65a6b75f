import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../../../../bench/ecg/annotated.ts';
import { readRecordingFiles } from '../../../../server/ecg/formats/index.ts';
import type { NamedFile } from '../../../../server/ecg/formats/wfdb.ts';
import { readStretch } from '../../../../server/ecg/formats/wfdbStretch.ts';
import { sampleBlock } from '../../../../server/ecg/loadSamples.ts';
import { writeWfdb } from '../instruments/otherWriters.ts';
import { eightLeads } from '../instruments/synthetic.ts';

const names = ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const synthetic = writeWfdb(
  'T1',
  eightLeads(4000).map((lead, i) => ({ name: names[i]!, samples: [...lead.samples] })),
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

describe('a stretch of a WFDB record is read without the rest', () => {
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
        expect(sampleBlock(stretch!, leads, from, to)).toEqual(sampleBlock(whole, leads, from, to));
        expect(source.read.bytes).toBeLessThan((to - from + 8) * 16 + files[0]!.bytes.byteLength);
        expect(stretch!.notes.map((note) => note.code)).not.toContain('checksum-mismatch');
      }
    });

  test('what is no WFDB record of single files has to be read whole', async () => {
    const zip = placed([{ name: 'day.zip', bytes: Buffer.from('PK') }]);
    expect(await readStretch(zip.files, 0, 100)).toBeUndefined();
    expect(await readStretch(placed([mitBih[0]!]).files, 0, 100)).toBeUndefined();
  });
});
