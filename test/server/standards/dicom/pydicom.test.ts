import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
} from '../../../../server/standards/dicom/index.ts';

/** Debian's package belongs to the system's Python, whatever else is in the path. */
const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import pydicom']).status === 0,
);

const script = `
import sys, json, pydicom
d = pydicom.dcmread(sys.argv[1])
d.decode()
print(json.dumps({
  "name": str(d.PatientName), "ideographic": d.PatientName.ideographic, "rows": d.Rows, "center": [float(v) for v in d.WindowCenter],
  "step": d.RequestAttributesSequence[0].RequestedProcedureDescription, "items": len(d.RequestAttributesSequence),
  "syntax": d.file_meta.TransferSyntaxUID, "sop": d.file_meta.MediaStorageSOPInstanceUID, "pixels": len(d.PixelData)}))
`;

test.skipIf(python === undefined).each([
  ['ISO_IR 192', transferSyntaxes.explicitLittleEndian],
  ['GB18030', transferSyntaxes.explicitLittleEndian],
  ['GB18030', transferSyntaxes.implicitLittleEndian],
  // Not ISO 2022 IR 58: pydicom 2.3 leaves its escape sequences in the text.
])('pydicom reads what is written in %s, %s', (characterSet, transferSyntax) => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-pydicom-'));
  const file = join(folder, 'a.dcm');
  const dataSet = writeDataSet(
    [
      [tags.sopClassUid, sopClasses.ct],
      [tags.sopInstanceUid, '1.2.3'],
      [tags.patientName, 'Zhang^San=张^三'],
      [tags.rows, 4],
      [tags.windowCenter, ['40', '400']],
      [tags.requestAttributesSequence, [[[tags.requestedProcedureDescription, '胸部正位']], []]],
      [tags.pixelData, Buffer.alloc(8), 'OW'],
    ],
    { characterSet, transferSyntax },
  );
  writeFileSync(
    file,
    Buffer.concat([
      writeFileMeta({ sopClassUid: sopClasses.ct, sopInstanceUid: '1.2.3', transferSyntax }),
      dataSet,
    ]),
  );
  const { stdout, stderr } = spawnSync(python ?? '', ['-W', 'ignore', '-c', script, file], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  expect(JSON.parse(stdout || `"${stderr}"`)).toEqual({
    name: 'Zhang^San=张^三',
    ideographic: '张^三',
    rows: 4,
    center: [40, 400],
    step: '胸部正位',
    items: 2,
    syntax: transferSyntax,
    sop: '1.2.3',
    pixels: 8,
  });
});
