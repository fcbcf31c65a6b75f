import { namePinyin } from '../core/patient/pinyin.ts';
import {
  displayName,
  readPersonName,
  tags,
  type DataSet,
  type ReadDataSet,
} from '../standards/dicom/index.ts';
import { acquisitionTime } from './acquisitionTime.ts';

/** What the index keeps of one object. */
export interface InstanceFacts {
  sopInstanceUid: string;
  sopClassUid: string;
  seriesInstanceUid: string;
  studyInstanceUid: string;
  instanceNumber: number | null;
  pixelOffset: number | null;
  pixelLength: number | null;
  rows: number | null;
  columns: number | null;
  numberOfFrames: number;
  bitsAllocated: number | null;
  samplesPerPixel: number | null;
  photometric: string | null;
  patientId: string | null;
  patientName: string | null;
  modality: string | null;
}

/** Facts of study and series, read only when the object may be the first of its series. */
export interface StudyFacts {
  displayName: string | null;
  nameSearch: string | null;
  sex: string | null;
  birthDate: string | null;
  otherPatientIds: string[];
  accessionNumber: string | null;
  placerOrderNumber: string | null;
  studyId: string | null;
  studyDate: string | null;
  studyTime: string | null;
  description: string | null;
  referringPhysician: string | null;
  characterSetFlag: string | null;
  acquiredDeviceAt: Date | null;
  bodyPart: string | null;
  seriesNumber: number | null;
  seriesDescription: string | null;
  laterality: string | null;
  protocolName: string | null;
  stationName: string | null;
  manufacturer: string | null;
  seriesDate: string | null;
  seriesTime: string | null;
}

const text = (dataSet: DataSet, tag: number, longest = 256): string | null => {
  const value = dataSet.string(tag);
  return value === undefined ? null : value.replaceAll('\0', '').slice(0, longest) || null;
};

const whole = (dataSet: DataSet, tag: number): number | null => {
  const value = dataSet.number(tag);
  return value !== undefined && Number.isInteger(value) && Math.abs(value) <= 2_147_483_647 ? value : null;
};

/** Reads what every object needs. UIDs that are missing come out empty. */
export function readInstanceFacts({ dataSet, pixelData }: ReadDataSet): InstanceFacts {
  const frames = whole(dataSet, tags.numberOfFrames);
  return {
    sopInstanceUid: text(dataSet, tags.sopInstanceUid, 65) ?? '',
    sopClassUid: text(dataSet, tags.sopClassUid, 65) ?? '',
    seriesInstanceUid: text(dataSet, tags.seriesInstanceUid, 65) ?? '',
    studyInstanceUid: text(dataSet, tags.studyInstanceUid, 65) ?? '',
    instanceNumber: whole(dataSet, tags.instanceNumber),
    pixelOffset: pixelData?.offset ?? null,
    pixelLength: pixelData?.length ?? null,
    rows: whole(dataSet, tags.rows),
    columns: whole(dataSet, tags.columns),
    numberOfFrames: frames !== null && frames > 0 ? frames : 1,
    bitsAllocated: whole(dataSet, tags.bitsAllocated),
    samplesPerPixel: whole(dataSet, tags.samplesPerPixel),
    photometric: text(dataSet, tags.photometricInterpretation, 32),
    patientId: text(dataSet, tags.patientId, 64),
    patientName: text(dataSet, tags.patientName, 400),
    modality: text(dataSet, tags.modality, 16),
  };
}

/** Reads what stands once per study and series. */
export function readStudyFacts(dataSet: DataSet, patientName: string | null): StudyFacts {
  const shown = patientName ? displayName(readPersonName(patientName)) : null;
  const requested = dataSet.sequence(tags.requestAttributesSequence)[0];
  return {
    displayName: shown,
    nameSearch: patientName ? nameSearch(patientName) : null,
    sex: text(dataSet, tags.patientSex, 16),
    birthDate: text(dataSet, tags.patientBirthDate, 16),
    otherPatientIds: otherPatientIds(dataSet),
    accessionNumber:
      text(dataSet, tags.accessionNumber, 64) ??
      (requested ? text(requested, tags.accessionNumber, 64) : null),
    placerOrderNumber:
      text(dataSet, tags.placerOrderNumber, 64) ??
      (requested ? text(requested, tags.placerOrderNumber, 64) : null),
    studyId: text(dataSet, tags.studyId, 64),
    studyDate: text(dataSet, tags.studyDate, 16),
    studyTime: text(dataSet, tags.studyTime, 16),
    description: text(dataSet, tags.studyDescription),
    referringPhysician: text(dataSet, tags.referringPhysicianName),
    characterSetFlag: dataSet.characterSetDoubt ?? null,
    acquiredDeviceAt: acquisitionTime(dataSet) ?? null,
    bodyPart: text(dataSet, tags.bodyPartExamined, 64)?.toUpperCase() ?? null,
    seriesNumber: whole(dataSet, tags.seriesNumber),
    seriesDescription: text(dataSet, tags.seriesDescription),
    laterality: text(dataSet, tags.laterality, 16),
    protocolName: text(dataSet, tags.protocolName),
    stationName: text(dataSet, tags.stationName),
    manufacturer: text(dataSet, tags.manufacturer),
    seriesDate: text(dataSet, tags.seriesDate, 16),
    seriesTime: text(dataSet, tags.seriesTime, 16),
  };
}

function otherPatientIds(dataSet: DataSet): string[] {
  const plain = dataSet.strings(tags.otherPatientIds);
  const nested = dataSet
    .sequence(tags.otherPatientIdsSequence)
    .map((item) => item.string(tags.patientId) ?? '');
  return [...plain, ...nested].filter((value) => value !== '').slice(0, 10);
}

/**
 * Search key of a person name: each component group, the shown name, pinyin and initials, lower case, between bars:
 * `|wang^xiaodong|王^小东|王小东|wangxiaodong|wxd|`.
 */
export function nameSearch(patientName: string): string {
  const name = readPersonName(patientName);
  const groups = [name.alphabetic, name.ideographic, name.phonetic].filter((group) => group !== undefined);
  const shown = displayName(name);
  const joined = shown.replace(/\s/g, '');
  return `|${[...new Set([...groups, shown, joined, ...namePinyin(joined).split(' ')])].filter(Boolean).join('|').toLowerCase()}|`;
}
