import { tags, transferSyntaxes, writeDataSet, writeFileMeta } from '../../server/standards/dicom/index.ts';
import { newUid } from '../server/imaging/objects.ts';

export interface PhantomOptions {
  accessionNumber: string;
  patientName: string;
  patientId: string;
  sex: 'M' | 'F';
  birthDate: string;
  modality: 'CT' | 'DX';
  slices: number;
}

/** Rows and columns. */
export const size = 128;
const ctImage = '1.2.840.10008.5.1.4.1.1.2';
const dxImage = '1.2.840.10008.5.1.4.1.1.1.1';

/** An ellipse whose size changes from slice to slice: one can see that scrolling works. */
function pixels(slice: number, slices: number): Buffer {
  const out = Buffer.alloc(size * size * 2);
  const radius = 0.25 + 0.2 * Math.sin((Math.PI * (slice + 0.5)) / slices);
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const r = Math.hypot((x / size - 0.5) * 1.2, y / size - 0.5);
      out.writeUInt16LE(r < radius ? 1040 + ((x * y) % 40) : 20, (y * size + x) * 2);
    }
  return out;
}

/** DICOM files of one synthetic series, examined just now. */
export function phantom(options: PhantomOptions): Buffer[] {
  const study = newUid();
  const series = newUid();
  const sopClassUid = options.modality === 'CT' ? ctImage : dxImage;
  const now = new Date(Date.now() + 8 * 3_600_000).toISOString().replace(/[-:T]/g, '');
  return Array.from({ length: options.slices }, (_, slice) => {
    const sopInstanceUid = newUid();
    const dataSet = writeDataSet(
      [
        [tags.sopClassUid, sopClassUid],
        [tags.sopInstanceUid, sopInstanceUid],
        [tags.studyDate, now.slice(0, 8)],
        [tags.studyTime, now.slice(8, 14)],
        [tags.acquisitionDate, now.slice(0, 8)],
        [tags.acquisitionTime, now.slice(8, 14)],
        [tags.accessionNumber, options.accessionNumber],
        [tags.modality, options.modality],
        [tags.patientName, options.patientName],
        [tags.patientId, options.patientId],
        [tags.patientBirthDate, options.birthDate.replaceAll('-', '')],
        [tags.patientSex, options.sex],
        [tags.bodyPartExamined, options.modality === 'CT' ? 'HEAD' : 'CHEST'],
        [tags.studyInstanceUid, study],
        [tags.seriesInstanceUid, series],
        [tags.seriesNumber, 1],
        [tags.instanceNumber, slice + 1],
        [tags.imagePositionPatient, [-64, -64, slice * 5]],
        [tags.imageOrientationPatient, [1, 0, 0, 0, 1, 0]],
        [tags.samplesPerPixel, 1],
        [tags.photometricInterpretation, 'MONOCHROME2'],
        [tags.rows, size],
        [tags.columns, size],
        [tags.pixelSpacing, [1, 1]],
        [tags.bitsAllocated, 16],
        [tags.bitsStored, 16],
        [tags.highBit, 15],
        [tags.pixelRepresentation, 0],
        [tags.windowCenter, 16],
        [tags.windowWidth, 400],
        [tags.rescaleIntercept, -1024],
        [tags.rescaleSlope, 1],
        [tags.pixelData, pixels(slice, options.slices), 'OW'],
      ],
      { characterSet: 'ISO_IR 192' },
    );
    return Buffer.concat([
      writeFileMeta({ sopClassUid, sopInstanceUid, transferSyntax: transferSyntaxes.explicitLittleEndian }),
      dataSet,
    ]);
  });
}
