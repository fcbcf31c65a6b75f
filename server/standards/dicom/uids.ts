/** Unique identifiers of PS3.6 Annex A that the hub speaks of by name. */

export const applicationContextUid = '1.2.840.10008.3.1.1.1';

export const transferSyntaxes = {
  implicitLittleEndian: '1.2.840.10008.1.2',
  explicitLittleEndian: '1.2.840.10008.1.2.1',
  encapsulatedUncompressed: '1.2.840.10008.1.2.1.98',
  deflatedExplicitLittleEndian: '1.2.840.10008.1.2.1.99',
  explicitBigEndian: '1.2.840.10008.1.2.2',
  jpegBaseline: '1.2.840.10008.1.2.4.50',
  jpegExtended: '1.2.840.10008.1.2.4.51',
  jpegLossless: '1.2.840.10008.1.2.4.57',
  jpegLosslessFirstOrder: '1.2.840.10008.1.2.4.70',
  jpegLsLossless: '1.2.840.10008.1.2.4.80',
  jpegLsNearLossless: '1.2.840.10008.1.2.4.81',
  jpeg2000Lossless: '1.2.840.10008.1.2.4.90',
  jpeg2000: '1.2.840.10008.1.2.4.91',
  jpeg2000Part2Lossless: '1.2.840.10008.1.2.4.92',
  jpeg2000Part2: '1.2.840.10008.1.2.4.93',
  mpeg2Main: '1.2.840.10008.1.2.4.100',
  mpeg2High: '1.2.840.10008.1.2.4.101',
  mpeg4High41: '1.2.840.10008.1.2.4.102',
  mpeg4BlurayHigh41: '1.2.840.10008.1.2.4.103',
  mpeg4High42For2d: '1.2.840.10008.1.2.4.104',
  mpeg4High42For3d: '1.2.840.10008.1.2.4.105',
  mpeg4StereoHigh42: '1.2.840.10008.1.2.4.106',
  hevcMain51: '1.2.840.10008.1.2.4.107',
  hevcMain10Level51: '1.2.840.10008.1.2.4.108',
  jpegXlLossless: '1.2.840.10008.1.2.4.110',
  jpegXlRecompression: '1.2.840.10008.1.2.4.111',
  jpegXl: '1.2.840.10008.1.2.4.112',
  htj2kLossless: '1.2.840.10008.1.2.4.201',
  htj2kLosslessRpcl: '1.2.840.10008.1.2.4.202',
  htj2k: '1.2.840.10008.1.2.4.203',
  rleLossless: '1.2.840.10008.1.2.5',
} as const;

/** JPEG processes 2–29, retired but still found in archives (PS3.6 Table A-1, 1.2.840.10008.1.2.4.52 … .69). */
const retiredJpeg = [52, 53, 54, 55, 56, 58, 59, 60, 61, 62, 63, 64, 65, 66].map(
  (n) => `1.2.840.10008.1.2.4.${n}`,
);

/** Every transfer syntax that the hub keeps. What it can decode is another question. */
export const storableTransferSyntaxes: ReadonlySet<string> = new Set([
  ...Object.values(transferSyntaxes),
  ...retiredJpeg,
]);

const unencapsulated: ReadonlySet<string> = new Set([
  transferSyntaxes.implicitLittleEndian,
  transferSyntaxes.explicitLittleEndian,
  transferSyntaxes.deflatedExplicitLittleEndian,
  transferSyntaxes.explicitBigEndian,
]);

/** True where pixel data is a sequence of fragments (PS3.5 §A.4). */
export function isEncapsulated(transferSyntax: string): boolean {
  return !unencapsulated.has(transferSyntax);
}

const film = /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](?:\.1)?$/;

/** True where pixel data is a film: MPEG-2, MPEG-4 or HEVC. */
export function isFilm(transferSyntax: string): boolean {
  return film.test(transferSyntax);
}

const deflated: ReadonlySet<string> = new Set([transferSyntaxes.deflatedExplicitLittleEndian]);

/** True where the whole data set is one deflate stream (PS3.5 §A.5). */
export function isDeflated(transferSyntax: string): boolean {
  return deflated.has(transferSyntax);
}

export const sopClasses = {
  verification: '1.2.840.10008.1.1',
  storageCommitmentPush: '1.2.840.10008.1.20.1',
  modalityPerformedProcedureStep: '1.2.840.10008.3.1.2.3.3',
  modalityWorklistFind: '1.2.840.10008.5.1.4.31',
  patientRootFind: '1.2.840.10008.5.1.4.1.2.1.1',
  patientRootMove: '1.2.840.10008.5.1.4.1.2.1.2',
  patientRootGet: '1.2.840.10008.5.1.4.1.2.1.3',
  studyRootFind: '1.2.840.10008.5.1.4.1.2.2.1',
  studyRootMove: '1.2.840.10008.5.1.4.1.2.2.2',
  studyRootGet: '1.2.840.10008.5.1.4.1.2.2.3',
  computedRadiography: '1.2.840.10008.5.1.4.1.1.1',
  digitalXRay: '1.2.840.10008.5.1.4.1.1.1.1',
  ct: '1.2.840.10008.5.1.4.1.1.2',
  enhancedCt: '1.2.840.10008.5.1.4.1.1.2.1',
  mr: '1.2.840.10008.5.1.4.1.1.4',
  ultrasound: '1.2.840.10008.5.1.4.1.1.6.1',
  ultrasoundMultiFrame: '1.2.840.10008.5.1.4.1.1.3.1',
  secondaryCapture: '1.2.840.10008.5.1.4.1.1.7',
  comprehensiveSr: '1.2.840.10008.5.1.4.1.1.88.33',
  keyObjectSelection: '1.2.840.10008.5.1.4.1.1.88.59',
  encapsulatedPdf: '1.2.840.10008.5.1.4.1.1.104.1',
  twelveLeadEcg: '1.2.840.10008.5.1.4.1.1.9.1.1',
  generalEcg: '1.2.840.10008.5.1.4.1.1.9.1.2',
  ambulatoryEcg: '1.2.840.10008.5.1.4.1.1.9.1.3',
  wholeSlideMicroscopy: '1.2.840.10008.5.1.4.1.1.77.1.6',
} as const;

/** The well-known SOP instance that N-ACTION of storage commitment is addressed to (PS3.4 §J.3.5). */
export const storageCommitmentInstance = '1.2.840.10008.1.20.1.1';

const storagePrefixes = [
  '1.2.840.10008.5.1.4.1.1.', // PS3.4 Annex B
  '1.3.12.2.1107.5.9.1', // Siemens CSA non-image
  '1.3.46.670589.', // Philips private storage
  '1.2.840.113619.4.', // GE private storage
  '1.2.392.200036.9116.7.8.', // Canon/Toshiba private storage
];

/** Standard storage classes and the private ones that scanners in the field send along with their images. */
export function isStorageSopClass(uid: string): boolean {
  return storagePrefixes.some((prefix) => uid.startsWith(prefix));
}

const ecgWaveforms: ReadonlySet<string> = new Set([
  sopClasses.twelveLeadEcg,
  sopClasses.generalEcg,
  sopClasses.ambulatoryEcg,
]);

/** ECG waveform objects (PS3.4 §B.5) go to the ECG centre, whoever sends them and by whatever way. */
export function isEcgWaveform(sopClassUid: string | undefined): boolean {
  return sopClassUid !== undefined && ecgWaveforms.has(sopClassUid);
}

/** Components of digits joined by dots, at most 64 characters (PS3.5 §9.1); leading zeros are tolerated because they occur. */
export function isUid(value: string): boolean {
  return value.length <= 64 && /^\d+(\.\d+)*$/.test(value);
}

/** Of this program, sent in association requests and file meta information (PS3.7 §D.3.3.2). */
export const implementationClassUid = '2.25.331970115682866885281254043545589611537';
export const implementationVersionName = 'COUNTYHUB_1';
