import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDicomdir } from '../../../../server/imaging/export/writeDicomdir.ts';
import { readHeader, sopClasses, tags, transferSyntaxes } from '../../../../server/standards/dicom/index.ts';

const image = (name: string, uid: string) => ({
  type: 'IMAGE' as const,
  keys: [[tags.instanceNumber, 1]] as const,
  file: {
    path: ['DICOM', name],
    sopClassUid: sopClasses.ct,
    sopInstanceUid: uid,
    transferSyntax: transferSyntaxes.explicitLittleEndian,
  },
  below: [],
});
const directory = writeDicomdir(
  [
    {
      type: 'PATIENT',
      keys: [[tags.patientName, 'LIU^YONGFU=刘^永福'], [tags.patientId, 'LH20001']],
      below: [
        {
          type: 'STUDY',
          keys: [[tags.studyDescription, '头颅平扫'], [tags.studyInstanceUid, '1.2.3']],
          below: [
            {
              type: 'SERIES',
              keys: [[tags.modality, 'CT'], [tags.seriesInstanceUid, '1.2.3.1']],
              below: [image('IM000001', '1.2.3.1.1'), image('IM000002', '1.2.3.1.2')],
            },
          ],
        },
      ],
    },
  ],
  'TEST',
  '1.2.3.9',
); // prettier-ignore

test('records of a patient with a Chinese name keep it, and point at where records stand', () => {
  const { dataSet } = readHeader(directory);
  const records = dataSet.sequence(0x00041220);
  expect(records[0]?.personName(tags.patientName)).toEqual({
    alphabetic: 'LIU^YONGFU',
    ideographic: '刘^永福',
  });
  expect(records[1]?.text(tags.studyDescription)).toBe('头颅平扫');
  const pointers = records.flatMap((record) => [
    record.number(0x00041400) ?? 0,
    record.number(0x00041420) ?? 0,
  ]);
  const offsets = [dataSet.number(0x00041200) ?? 0, ...pointers.filter((offset) => offset > 0)];
  expect(offsets).toHaveLength(5);
  for (const offset of offsets) expect(directory.readUInt32LE(offset).toString(16)).toBe('e000fffe');
});

const python = ['/usr/bin/python3', 'python3'].find(
  (each) => spawnSync(each, ['-c', 'import pydicom']).status === 0,
);
test.skipIf(!python)('pydicom reads the file set', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-dicomdir-'));
  try {
    const file = join(folder, 'DICOMDIR');
    writeFileSync(file, directory);
    const read = spawnSync(
      python!,
      ['-c', `import pydicom; print(len(pydicom.dcmread(${JSON.stringify(file)}).DirectoryRecordSequence))`],
      { encoding: 'utf8' },
    );
    expect(read.stdout.trim(), read.stderr).toBe('5');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
