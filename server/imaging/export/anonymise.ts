import { createHmac } from 'node:crypto';
import {
  isDeflated,
  isFilm,
  keywordOf,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type DataSet,
  type ElementList,
  type Header,
  type PixelDataPlace,
  type Vr,
} from '../../standards/dicom/index.ts';
import { profileAct } from './basicProfile.ts';
import { blankComments } from './blankComments.ts';

/** What stays the same over one export: who the patient is called, and how UIDs are replaced. */
export interface Pseudonym {
  patient: string;
  key: Buffer;
}

/** Text of other groups that says how a picture was made, never whose it is. */
const KEPT_TEXT: ReadonlySet<number> = new Set([
  tags.manufacturer, tags.manufacturerModelName,
  tags.codeValue, tags.codingSchemeDesignator, 0x00080103, tags.codeMeaning, 0x00080119,
]); // prettier-ignore

const UNDEFINED_LENGTH = 0xffffffff;
/** Groups of technique: their short texts stay unless the profile names them. */
const TECHNICAL_GROUPS: ReadonlySet<number> = new Set([0x0018, 0x0020, 0x0028, 0x0054]);
/** About the person, the trial or the visit: what the profile does not name goes too. */
const PERSONAL_GROUPS: ReadonlySet<number> = new Set([0x0010, 0x0032, 0x0038, 0x4008]);
const SHORT_TEXT: ReadonlySet<Vr> = new Set(['LO', 'SH']);
const NEVER_KEPT: ReadonlySet<Vr> = new Set([
  'AE', 'AS', 'DA', 'DT', 'LT', 'PN', 'ST', 'TM', 'UC', 'UN', 'UR', 'UT',
]); // prettier-ignore
const OPAQUE: ReadonlySet<Vr> = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW']);

export const replaceUid = (uid: string, { key }: Pseudonym): string =>
  `2.25.${BigInt(`0x${createHmac('sha256', key).update(uid).digest('hex').slice(0, 30)}`).toString()}`;

/** Whether pixels may show the patient's name: said so, or of a kind that usually writes it in and does not deny it. */
export function mayHaveBurnedInText(dataSet: DataSet): boolean {
  const said = dataSet.string(0x00280301)?.toUpperCase();
  return (
    said === 'YES' ||
    (said !== 'NO' && ['US', 'SC', 'OT', 'XC', 'ES'].includes(dataSet.string(tags.modality) ?? ''))
  );
}

/** Why an object cannot be given away without identity. */
export type Unfit = 'big-endian' | 'no-picture' | 'overlay-in-picture' | 'coded-picture' | 'film';

/**
 * A file without identity by the Basic Application Level Confidentiality Profile (PS3.15 Annex E): every attribute of its
 * Table E.1-1 is removed, emptied or replaced, at every depth; private attributes, curves, overlays, comments within
 * coded pixels and whatever follows pixel data go; of what the table does not name, free text, names, dates and
 * unregistered attributes go as well. Dates are not retained, UIDs are replaced the same way throughout one export.
 * Objects without a picture are not given away: their content is text. Nor are films: the hub does not play them, so nobody
 * can have looked for a name in them, and their streams carry titles and user data of their own.
 */
export function anonymise(
  object: Buffer,
  header: Header,
  pseudonym: Pseudonym,
): { file: Buffer; sopInstanceUid: string; transferSyntax: string } | Unfit {
  const { dataSet, pixelData, source } = header;
  if (header.transferSyntax === transferSyntaxes.explicitBigEndian) return 'big-endian';
  if (!pixelData) return 'no-picture';
  if (isFilm(header.transferSyntax)) return 'film';
  const transferSyntax = isDeflated(header.transferSyntax)
    ? transferSyntaxes.explicitLittleEndian
    : header.transferSyntax;
  const bytes = isDeflated(header.transferSyntax) ? source : object;
  const pixels = pictureOf(dataSet, pixelData, bytes, transferSyntax);
  if (typeof pixels === 'string') return pixels;
  const sopInstanceUid = replaceUid(dataSet.string(tags.sopInstanceUid) ?? '', pseudonym);
  const said: ElementList = [
    [tags.studyDate, ''], [tags.studyTime, ''], [tags.accessionNumber, ''], [tags.referringPhysicianName, ''], [tags.studyId, ''],
    [tags.patientName, pseudonym.patient], [tags.patientId, pseudonym.patient], [tags.patientBirthDate, ''], [tags.patientSex, ''],
    [0x00120062, 'YES', 'CS'], [0x00120063, 'County Hub: PS3.15 Basic Profile', 'LO'],
    [0x00120064, [[[tags.codeValue, '113100'], [tags.codingSchemeDesignator, 'DCM'], [tags.codeMeaning, 'Basic Application Confidentiality Profile']]], 'SQ'],
    [0x00280303, 'REMOVED', 'CS'],
  ]; // prettier-ignore
  const ours = new Set(said.map(([tag]) => tag));
  const list = [...cleanElements(dataSet, pseudonym).filter(([tag]) => !ours.has(tag)), ...said];
  const head = writeDataSet(list, { transferSyntax, characterSet: '' });
  const meta = writeFileMeta({
    sopClassUid: dataSet.string(tags.sopClassUid) ?? '',
    sopInstanceUid,
    transferSyntax,
  });
  return { file: Buffer.concat([meta, head, pixels]), sopInstanceUid, transferSyntax };
}

/**
 * The pixel data element up to its end, without what follows it. Comments and application segments of coded frames are
 * blank. Overlays that stand in unused bits of native pixels are wiped; where they may stand in coded ones, or those
 * cannot be read through, the object is not given away.
 */
function pictureOf(
  dataSet: DataSet,
  { tag, vr, offset, length }: PixelDataPlace,
  bytes: Buffer,
  transferSyntax: string,
): Buffer | Unfit {
  const value =
    length === undefined
      ? blankComments(bytes.subarray(offset, encapsulatedEnd(bytes, offset)), transferSyntax)
      : bytes.subarray(offset, offset + length);
  if (!value) return 'coded-picture';
  const explicit = transferSyntax !== transferSyntaxes.implicitLittleEndian;
  const head = Buffer.alloc(explicit ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  if (explicit) head.write(vr, 4, 'latin1');
  head.writeUInt32LE(length === undefined ? UNDEFINED_LENGTH : value.length, head.length - 4);
  const bits = embeddedOverlayBits(dataSet);
  if (bits === 0) return Buffer.concat([head, value]);
  if (length === undefined || dataSet.number(tags.bitsAllocated) !== 16) return 'overlay-in-picture';
  const wiped = Buffer.from(value);
  for (let at = 0; at + 1 < wiped.length; at += 2)
    wiped.writeUInt16LE(wiped.readUInt16LE(at) & ~bits & 0xffff, at);
  return Buffer.concat([head, wiped]);
}

/** Bits of a pixel that hold overlay planes: those planes have no data of their own (PS3.5 §8.1.2). */
function embeddedOverlayBits(dataSet: DataSet): number {
  let bits = 0;
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const at = (element: number) => group * 0x10000 + element;
    const position = dataSet.number(at(0x0102));
    if (dataSet.has(at(0x0010)) && !dataSet.has(at(0x3000)) && position !== undefined) bits |= 1 << position;
  }
  return bits;
}

/** Offset behind the delimiter of encapsulated pixel data (PS3.5 §A.4); the end of the bytes where it is missing. */
function encapsulatedEnd(bytes: Buffer, offset: number): number {
  let at = offset;
  while (at + 8 <= bytes.length && bytes.readUInt32LE(at) === 0xe000fffe)
    at += 8 + bytes.readUInt32LE(at + 4);
  return Math.min(bytes.length, at + 8);
}

function cleanElements(dataSet: DataSet, pseudonym: Pseudonym): ElementList {
  return dataSet.elements().flatMap(({ tag, vr }): ElementList => {
    const group = tag >>> 16;
    // Commands, file meta information and directories are not of the object (PS3.7, PS3.10); group lengths would be wrong.
    if ((tag & 0xffff) === 0 || group < 0x0008 || group === 0x7fe0) return [];
    switch (profileAct(tag) ?? actOnUnnamed(tag, vr, dataSet)) {
      case 'keep':
        return [[tag, dataSet.bytes(tag), vr]];
      case 'items':
        return vr === 'SQ'
          ? [[tag, dataSet.sequence(tag).map((item) => cleanElements(item, pseudonym)), vr]]
          : [];
      case 'uid':
        return vr === 'UI' ? [[tag, dataSet.strings(tag).map((uid) => replaceUid(uid, pseudonym)), vr]] : [];
      case 'empty':
        return [[tag, undefined, vr]];
      case 'dummy':
        return [[tag, dataSet.hasValue(tag) ? dummyOf(vr) : undefined, vr]];
      default:
        return [];
    }
  });
}

/** What becomes of an attribute that the profile does not name. */
function actOnUnnamed(tag: number, vr: Vr, dataSet: DataSet): 'keep' | 'items' | 'uid' | 'remove' {
  const group = tag >>> 16;
  if (keywordOf(tag) === undefined || PERSONAL_GROUPS.has(group) || NEVER_KEPT.has(vr)) return 'remove';
  if (vr === 'SQ') return 'items';
  // Well-known UIDs name classes and coding schemes; any other one names something of this place.
  if (vr === 'UI')
    return dataSet.strings(tag).every((uid) => uid.startsWith('1.2.840.10008.')) ? 'keep' : 'uid';
  if (SHORT_TEXT.has(vr) && !TECHNICAL_GROUPS.has(group) && !KEPT_TEXT.has(tag)) return 'remove';
  if (OPAQUE.has(vr) && group !== 0x0028) return 'remove';
  return 'keep';
}

const DUMMIES: Partial<Record<Vr, string>> = {
  DA: '19000101',
  TM: '000000',
  DT: '19000101000000',
  AS: '000Y',
  UR: '',
};

/** A value of the representation that says nothing. */
const dummyOf = (vr: Vr): string | Uint8Array =>
  OPAQUE.has(vr) || vr === 'UN' ? new Uint8Array(2) : (DUMMIES[vr] ?? 'ANONYMIZED');
