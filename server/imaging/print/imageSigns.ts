import type { DataSet } from '../../standards/dicom/index.ts';
import { tags } from '../../standards/dicom/index.ts';

/** What an image says of itself beside its pixels: where its sides lie in the patient, and how long a pixel is. */
export interface ImageSigns {
  sides: { left: string; right: string; top: string; bottom: string } | null;
  /** Millimetres between columns; `place` where that is not in the patient. */
  scale: { mmPerPixel: number; place: string } | null;
}

const tag = {
  sharedGroups: 0x52009229,
  frameGroups: 0x52009230,
  planeOrientation: 0x00209116,
  pixelMeasures: 0x00289110,
  patientOrientation: 0x00200020,
  calibrationType: 0x00280a02,
  scannedSpacing: 0x00182010,
  magnification: 0x00181114,
  regions: 0x00186011,
  regionUnitsX: 0x00186024,
  regionDeltaX: 0x0018602c,
} as const;
const centimetres = 3;
const projection = new Set(['DX', 'CR', 'MG', 'RG', 'RF', 'XA', 'IO', 'PX']);
const opposite: Record<string, string> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };

/** Signs of one frame (from 1), unturned as it is printed; the viewer's picture bears the same ones. */
export function imageSigns(dataSet: DataSet, frame: number): ImageSigns {
  return { sides: sides(dataSet, frame), scale: scale(dataSet, frame) };
}

/** A data set of a frame's own functional group, of the shared one, or of the image itself (PS3.3 §C.7.6.16). */
function group(dataSet: DataSet, frame: number, macro: number): DataSet {
  const own = dataSet.sequence(tag.frameGroups)[frame - 1]?.sequence(macro)[0];
  return own ?? dataSet.sequence(tag.sharedGroups)[0]?.sequence(macro)[0] ?? dataSet;
}

function sides(dataSet: DataSet, frame: number): ImageSigns['sides'] {
  const cosines = group(dataSet, frame, tag.planeOrientation).numbers(tags.imageOrientationPatient);
  const said = dataSet.strings(tag.patientOrientation).map((each) => each.trim());
  const [right = '', bottom = ''] =
    cosines.length === 6 ? [letters(cosines.slice(0, 3)), letters(cosines.slice(3))] : said;
  if (![right, bottom].every((each) => /^[LRAPHF]{1,3}$/.test(each))) return null;
  const turned = (side: string) => [...side].map((each) => opposite[each] ?? '').join('');
  return { right, bottom, left: turned(right), top: turned(bottom) };
}

/** Strongest directions of a vector in the patient: `L`, `LA`; components below 0.3 of the length are left out. */
function letters(vector: readonly number[]): string {
  const names = ['LR', 'PA', 'HF'];
  return vector
    .map((value, axis) => ({ size: Math.abs(value), name: names[axis]?.[value > 0 ? 0 : 1] ?? '' }))
    .filter(({ size }) => size > 0.3)
    .sort((a, b) => b.size - a.size)
    .map(({ name }) => name)
    .join('')
    .slice(0, 2);
}

/** Where a length comes from: PS3.3 §10.7 and, of ultrasound, the calibrated region. */
function scale(dataSet: DataSet, frame: number): ImageSigns['scale'] {
  const column = (data: DataSet, name: number) => data.numbers(name)[1] ?? 0;
  const own = column(group(dataSet, frame, tag.pixelMeasures), tags.pixelSpacing);
  const imager = column(dataSet, tags.imagerPixelSpacing) || column(dataSet, tag.scannedSpacing);
  if (own > 0) {
    const flat = projection.has(dataSet.string(tags.modality) ?? '');
    const corrected = Boolean(dataSet.string(tag.calibrationType));
    const onDetector = flat && !corrected && (own === imager || imager === 0);
    return { mmPerPixel: own, place: onDetector ? '探测器' : '' };
  }
  if (imager > 0) {
    const factor = dataSet.number(tag.magnification) ?? 1;
    return factor > 1
      ? { mmPerPixel: imager / factor, place: '按放大率' }
      : { mmPerPixel: imager, place: '探测器' };
  }
  const region = dataSet.sequence(tag.regions).find((each) => each.number(tag.regionUnitsX) === centimetres);
  const delta = Math.abs(region?.number(tag.regionDeltaX) ?? 0) * 10;
  return delta > 0 ? { mmPerPixel: delta, place: '超声区' } : null;
}
