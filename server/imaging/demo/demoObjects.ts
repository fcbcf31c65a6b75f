import { createHash } from 'node:crypto';
import {
  sopClasses,
  tags,
  transferSyntaxes,
  writeDataSet,
  type ElementList,
} from '../../standards/dicom/index.ts';
import { worklistName } from '../modality/worklistEntries.ts';
import type { ObjectHead } from '../sender.ts';
import { chestFilm, chestSlices, headSlices, ultrasoundFrames } from './phantoms.ts';

export type DemoPicture =
  'dr' | 'dr-pneumonia' | 'ct-head' | 'ct-head-bleeding' | 'ct-chest' | 'ct-chest-nodule' | 'us';

export interface DemoStudy {
  picture: DemoPicture;
  name: string;
  sex: string;
  birthDate: string;
  patientId: string;
  accessionNumber: string;
  institutionName: string;
  at: Date;
  /** Keeps UIDs the same when an interrupted seeding goes on. */
  key: string;
}

const cache = new Map<DemoPicture, Buffer[]>();
const SLICES = { 'ct-head': 60, 'ct-chest': 64 };
const SIZE = 256;
const FILM = 1_280;
const US = { frames: 30, width: 480, height: 360 };

function pixelsOf(picture: DemoPicture): Buffer[] {
  const known = cache.get(picture);
  if (known) return known;
  const made = make(picture);
  cache.set(picture, made);
  return made;
}

function make(picture: DemoPicture): Buffer[] {
  switch (picture) {
    case 'dr':
      return [chestFilm(FILM)];
    case 'dr-pneumonia':
      return [chestFilm(FILM, { pneumonia: true })];
    case 'ct-head':
    case 'ct-head-bleeding':
      return headSlices(SLICES['ct-head'], SIZE, picture === 'ct-head-bleeding');
    case 'ct-chest':
    case 'ct-chest-nodule':
      return chestSlices(SLICES['ct-chest'], SIZE, picture === 'ct-chest-nodule');
    case 'us':
      return [Buffer.concat(ultrasoundFrames(US.frames, US.width, US.height))];
  }
}

/** Frees the pictures once the demo is made. */
export const forgetPictures = (): void => cache.clear();

const uidOf = (...parts: (string | number)[]): string =>
  `2.25.${BigInt(
    `0x${createHash('sha256')
      .update(['county-hub-demo', ...parts].join('/'))
      .digest('hex')
      .slice(0, 30)}`,
  ).toString()}`;

/** Study Instance UID of a demo case. */
export const demoStudyUid = (key: string): string => uidOf(key, 'study');

const digits = (at: Date): string =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().replace(/[-:T]/g, '');

/** The objects of one synthetic study as bare data sets. */
export function* demoObjects(study: DemoStudy): Generator<{ dataSet: Buffer; head: ObjectHead }> {
  const pixels = pixelsOf(study.picture);
  for (const [index, bytes] of pixels.entries()) {
    const sopClassUid = study.picture.startsWith('dr')
      ? sopClasses.digitalXRay
      : study.picture === 'us'
        ? sopClasses.ultrasoundMultiFrame
        : sopClasses.ct;
    const sopInstanceUid = uidOf(study.key, 'i', index);
    const dataSet = writeDataSet([
      ...common(study, sopClassUid, sopInstanceUid, index),
      ...particular(study.picture, index, pixels.length),
      [tags.pixelData, bytes, study.picture === 'us' ? 'OB' : 'OW'],
    ]);
    yield {
      dataSet,
      head: { sopClassUid, sopInstanceUid, transferSyntax: transferSyntaxes.explicitLittleEndian },
    };
  }
}

function common(study: DemoStudy, sopClassUid: string, sopInstanceUid: string, index: number): ElementList {
  const now = digits(study.at);
  return [
    [tags.sopClassUid, sopClassUid], [tags.sopInstanceUid, sopInstanceUid],
    [tags.studyDate, now.slice(0, 8)], [tags.seriesDate, now.slice(0, 8)], [tags.acquisitionDate, now.slice(0, 8)], [tags.contentDate, now.slice(0, 8)],
    [tags.studyTime, now.slice(8, 14)], [tags.seriesTime, now.slice(8, 14)], [tags.acquisitionTime, now.slice(8, 14)], [tags.contentTime, now.slice(8, 14)],
    [tags.accessionNumber, study.accessionNumber], [tags.manufacturer, 'SYNTHETIC'], [tags.institutionName, study.institutionName],
    [tags.patientName, worklistName(study.name)], [tags.patientId, study.patientId], [tags.patientBirthDate, study.birthDate.replaceAll('-', '')], [tags.patientSex, study.sex],
    [tags.patientComments, '合成演示数据,非真实患者'],
    [tags.studyInstanceUid, demoStudyUid(study.key)], [tags.seriesInstanceUid, uidOf(study.key, 'series')], [tags.studyId, '1'], [tags.seriesNumber, 1], [tags.instanceNumber, index + 1],
    [tags.samplesPerPixel, 1], [tags.photometricInterpretation, 'MONOCHROME2'],
  ]; // prettier-ignore
}

function particular(picture: DemoPicture, index: number, count: number): ElementList {
  if (picture === 'us')
    return [
      [tags.imageType, ['ORIGINAL', 'PRIMARY', 'ABDOMINAL']], [tags.modality, 'US'], [tags.studyDescription, '腹部超声(演示)'], [tags.seriesDescription, '肝胆肾'], [tags.bodyPartExamined, 'ABDOMEN'], [tags.frameTime, 50],
      [0x00280009, 0x00181063, 'AT'], [tags.numberOfFrames, US.frames], [tags.rows, US.height], [tags.columns, US.width], [tags.bitsAllocated, 8], [tags.bitsStored, 8], [tags.highBit, 7], [tags.pixelRepresentation, 0],
    ]; // prettier-ignore
  const words: ElementList = [
    [tags.bitsAllocated, 16],
    [tags.pixelRepresentation, 0],
  ];
  if (picture.startsWith('dr'))
    return [
      ...words, [tags.imageType, ['ORIGINAL', 'PRIMARY']], [tags.modality, 'DX'], [tags.studyDescription, '胸部正位(演示)'], [tags.seriesDescription, 'PA'], [tags.bodyPartExamined, 'CHEST'], [tags.viewPosition, 'PA'], [tags.kvp, 120],
      [tags.imagerPixelSpacing, [0.28, 0.28]], [tags.rows, FILM], [tags.columns, FILM], [tags.bitsStored, 12], [tags.highBit, 11], [tags.windowCenter, 1600], [tags.windowWidth, 2800],
    ]; // prettier-ignore
  const head = picture.startsWith('ct-head');
  const spacing = head ? 2.5 : 5;
  return [
    ...words, [tags.imageType, ['ORIGINAL', 'PRIMARY', 'AXIAL']], [tags.modality, 'CT'], [tags.studyDescription, head ? '头颅 CT 平扫(演示)' : '胸部 CT 平扫(演示)'], [tags.seriesDescription, head ? '脑 2.5mm' : '肺 5mm'],
    [tags.bodyPartExamined, head ? 'HEAD' : 'CHEST'], [tags.kvp, 120], [tags.sliceThickness, spacing], [tags.spacingBetweenSlices, spacing], [tags.frameOfReferenceUid, '2.25.20261122'],
    [tags.imagePositionPatient, [-125, -125, (head ? 1 : -1) * (index - count / 2) * spacing]], [tags.imageOrientationPatient, [1, 0, 0, 0, 1, 0]], [tags.sliceLocation, (head ? 1 : -1) * (index - count / 2) * spacing],
    [tags.rows, SIZE], [tags.columns, SIZE], [tags.pixelSpacing, [0.98, 0.98]], [tags.bitsStored, 16], [tags.highBit, 15],
    [tags.windowCenter, head ? 35 : -500], [tags.windowWidth, head ? 80 : 1500], [tags.rescaleIntercept, -1024], [tags.rescaleSlope, 1], [tags.rescaleType, 'HU'],
  ]; // prettier-ignore
}
