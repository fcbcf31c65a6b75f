import { number, numbers, text, values, type DataSet } from './dicomJson.ts';

/**
 * Where a length on an image comes from. `patient`: in the patient. `detector`: on the detector, the patient is nearer
 * to the tube and looks larger. `magnified`: on the detector, divided by the device's own magnification. `region`:
 * calibrated regions of an ultrasound image. `user`: calibrated by a reader. `none`: pixels only.
 */
export type SpacingSource = 'patient' | 'detector' | 'magnified' | 'region' | 'user' | 'none';

export interface Spacing {
  /** Millimetres between rows and between columns. */
  mm: [number, number] | null;
  source: SpacingSource;
}

const attribute = {
  pixelSpacing: '00280030',
  calibrationType: '00280A02',
  imagerPixelSpacing: '00181164',
  nominalScannedPixelSpacing: '00182010',
  magnification: '00181114',
  modality: '00080060',
  ultrasoundRegions: '00186011',
  regionUnitsX: '00186024',
  regionDeltaX: '0018602C',
  regionDeltaY: '0018602E',
} as const;
const projection = new Set(['DX', 'CR', 'MG', 'RG', 'RF', 'XA', 'IO', 'PX']);
const centimetres = 3;

const pair = (data: DataSet, name: string): [number, number] | null => {
  const [row = 0, column = 0] = numbers(data, name);
  return row > 0 && column > 0 ? [row, column] : null;
};

/** Spacing of an image as its header tells it (PS3.3 §10.7), or as a reader calibrated it. */
export function spacingOf(instance: DataSet, user?: readonly [number, number]): Spacing {
  if (user) return { mm: [user[0], user[1]], source: 'user' };
  const own = pair(instance, attribute.pixelSpacing);
  const imager =
    pair(instance, attribute.imagerPixelSpacing) ?? pair(instance, attribute.nominalScannedPixelSpacing);
  const isProjection = projection.has(text(instance, attribute.modality));
  if (own) {
    const corrected = text(instance, attribute.calibrationType) !== '';
    const same = imager && own[0] === imager[0] && own[1] === imager[1];
    return { mm: own, source: isProjection && !corrected && (same || !imager) ? 'detector' : 'patient' };
  }
  if (imager) {
    const factor = number(instance, attribute.magnification);
    return factor && factor > 1
      ? { mm: [imager[0] / factor, imager[1] / factor], source: 'magnified' }
      : { mm: imager, source: 'detector' };
  }
  const region = (values(instance, attribute.ultrasoundRegions) as DataSet[]).find(
    (each) => number(each, attribute.regionUnitsX) === centimetres,
  );
  const x = region ? Math.abs(number(region, attribute.regionDeltaX) ?? 0) * 10 : 0;
  const y = region ? Math.abs(number(region, attribute.regionDeltaY) ?? 0) * 10 : 0;
  return x > 0 && y > 0 ? { mm: [y, x], source: 'region' } : { mm: null, source: 'none' };
}
