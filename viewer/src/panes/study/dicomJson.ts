/** DICOM JSON model (PS3.18 annex F), read side. */
export interface Attribute {
  vr: string;
  Value?: unknown[];
  BulkDataURI?: string;
  InlineBinary?: string;
}
export type DataSet = Record<string, Attribute | undefined>;

/** Tags by the standard's names. */
export const tag = {
  sopClassUid: '00080016',
  sopInstanceUid: '00080018',
  studyDate: '00080020',
  seriesDate: '00080021',
  acquisitionDate: '00080022',
  contentDate: '00080023',
  studyTime: '00080030',
  acquisitionTime: '00080032',
  contentTime: '00080033',
  accessionNumber: '00080050',
  modality: '00080060',
  manufacturer: '00080070',
  institutionName: '00080080',
  studyDescription: '00081030',
  seriesDescription: '0008103E',
  imageType: '00080008',
  modelName: '00081090',
  patientName: '00100010',
  patientId: '00100020',
  patientBirthDate: '00100030',
  patientSex: '00100040',
  patientAge: '00101010',
  bodyPartExamined: '00180015',
  sliceThickness: '00180050',
  kvp: '00180060',
  cineRate: '00180040',
  recommendedFrameRate: '00082144',
  frameTime: '00181063',
  exposureTime: '00181150',
  repetitionTime: '00180080',
  echoTime: '00180081',
  doseAreaProduct: '0018115E',
  tubeCurrent: '00181151',
  exposure: '00181152',
  imagerPixelSpacing: '00181164',
  viewPosition: '00185101',
  ctdiVol: '00189345',
  seriesInstanceUid: '0020000E',
  studyInstanceUid: '0020000D',
  seriesNumber: '00200011',
  instanceNumber: '00200013',
  imagePosition: '00200032',
  patientOrientation: '00200020',
  imageOrientation: '00200037',
  frameOfReference: '00200052',
  laterality: '00200060',
  imageLaterality: '00200062',
  sliceLocation: '00201041',
  numberOfSeriesInstances: '00201209',
  modalitiesInStudy: '00080061',
  samplesPerPixel: '00280002',
  photometric: '00280004',
  numberOfFrames: '00280008',
  rows: '00280010',
  columns: '00280011',
  pixelSpacing: '00280030',
  windowCenter: '00281050',
  windowWidth: '00281051',
  windowExplanation: '00281055',
  encapsulatedDocument: '00420011',
  documentTitle: '00420010',
  mimeType: '00420012',
  pixelData: '7FE00010',
} as const;

export function values(data: DataSet, name: string): unknown[] {
  return data[name]?.Value ?? [];
}

/** Items of a sequence. */
export function items(data: DataSet, name: string): DataSet[] {
  return values(data, name) as DataSet[];
}

/** First value as text; the alphabetic or, when there is one, the ideographic form of a person name. */
export function text(data: DataSet, name: string): string {
  const value = values(data, name)[0];
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') {
    const person = value as { Alphabetic?: string; Ideographic?: string };
    return (person.Ideographic ?? person.Alphabetic ?? '').replaceAll('^', ' ').trim();
  }
  return String(value);
}

export function number(data: DataSet, name: string): number | null {
  const value = Number(values(data, name)[0]);
  return values(data, name).length > 0 && Number.isFinite(value) ? value : null;
}

export function numbers(data: DataSet, name: string): number[] {
  return values(data, name).map(Number).filter(Number.isFinite);
}

/** `20261122` → `2026-11-22`. */
export function dicomDate(value: string): string {
  const digits = value.replace(/\D/g, '');
  return digits.length >= 8 ? `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}` : '';
}

/** `103205.12` → `10:32:05`. */
export function dicomTime(value: string): string {
  const digits = value.replace(/[^\d.]/g, '');
  return digits.length >= 4
    ? `${digits.slice(0, 2)}:${digits.slice(2, 4)}${digits.length >= 6 ? `:${digits.slice(4, 6)}` : ''}`
    : '';
}
