import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
} from '../../server/standards/dicom/index.ts';

/** Whose study it is, as the scanner took it from the worklist. */
export interface Subject {
  accessionNumber: string;
  patientName: string;
  patientId: string;
  patientBirthDate: string;
  patientSex: string;
}

/** Deterministic noise, so that nothing compresses to nothing. */
function slice(seed: number): Buffer {
  const pixels = Buffer.alloc(512 * 512 * 2);
  let state = (seed + 1) * 2654435761;
  for (let at = 0; at < pixels.length; at += 2) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    pixels.writeUInt16LE(1000 + (state >>> 24), at);
  }
  return pixels;
}

const slices = Array.from({ length: 4 }, (_, seed) => slice(seed));

/**
 * Writes CT studies of 512×512 slices (0.5 MB each), one folder a study, in memory where the system has a memory file system: reading them must not
 * disturb the server's syncs. The same `run` gives the same files, another one other UIDs.
 */
export function writeCtStudies(
  run: string,
  studies: number,
  images: number,
  of: (study: number) => Subject = (study) => ({
    accessionNumber: `B${study}`,
    patientName: `测试^${study}`,
    patientId: `BENCH${run}${study}`,
    patientBirthDate: '19500101',
    patientSex: 'F',
  }),
): { folders: string[]; remove(): void } {
  const base = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
  const root = fs.mkdtempSync(path.join(base, 'hub-bench-ct-'));
  const folders: string[] = [];
  for (let study = 1; study <= studies; study++) {
    const folder = path.join(root, String(study));
    fs.mkdirSync(folder);
    folders.push(folder);
    for (let image = 1; image <= images; image++)
      fs.writeFileSync(path.join(folder, `${image}.dcm`), ctFile(`2.25.${run}${study}`, of(study), image));
  }
  return { folders, remove: () => fs.rmSync(root, { recursive: true, force: true }) };
}

function ctFile(studyUid: string, subject: Subject, image: number): Buffer {
  const sopInstanceUid = `${studyUid}.1.${image}`;
  const transferSyntax = transferSyntaxes.explicitLittleEndian;
  const dataSet = writeDataSet([
    [tags.imageType, ['ORIGINAL', 'PRIMARY', 'AXIAL']],
    [tags.sopClassUid, sopClasses.ct],
    [tags.sopInstanceUid, sopInstanceUid],
    [tags.studyDate, '20260301'],
    [tags.seriesDate, '20260301'],
    [tags.studyTime, '081500'],
    [tags.accessionNumber, subject.accessionNumber],
    [tags.modality, 'CT'],
    [tags.manufacturer, 'BENCH'],
    [tags.institutionName, '柳河镇卫生院'],
    [tags.studyDescription, '头部CT平扫'],
    [tags.seriesDescription, '5.0 Head'],
    [tags.patientName, subject.patientName],
    [tags.patientId, subject.patientId],
    [tags.patientBirthDate, subject.patientBirthDate],
    [tags.patientSex, subject.patientSex],
    [tags.bodyPartExamined, 'HEAD'],
    [tags.sliceThickness, '5'],
    [tags.kvp, '120'],
    [tags.studyInstanceUid, studyUid],
    [tags.seriesInstanceUid, `${studyUid}.1`],
    [tags.seriesNumber, '1'],
    [tags.instanceNumber, String(image)],
    [tags.imagePositionPatient, ['-125', '-125', String(image * 5)]],
    [tags.imageOrientationPatient, ['1', '0', '0', '0', '1', '0']],
    [tags.frameOfReferenceUid, `${studyUid}.9`],
    [tags.samplesPerPixel, 1],
    [tags.photometricInterpretation, 'MONOCHROME2'],
    [tags.rows, 512],
    [tags.columns, 512],
    [tags.pixelSpacing, ['0.488', '0.488']],
    [tags.bitsAllocated, 16],
    [tags.bitsStored, 12],
    [tags.highBit, 11],
    [tags.pixelRepresentation, 0],
    [tags.windowCenter, '40'],
    [tags.windowWidth, '80'],
    [tags.rescaleIntercept, '-1024'],
    [tags.rescaleSlope, '1'],
    [tags.pixelData, slices[image % slices.length], 'OW'],
  ]);
  return Buffer.concat([
    writeFileMeta({ sopClassUid: sopClasses.ct, sopInstanceUid, transferSyntax }),
    dataSet,
  ]);
}
