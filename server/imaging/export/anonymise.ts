import { createHmac } from 'node:crypto';
import {
  isDeflated,
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type DataSet,
  type ElementList,
  type Header,
} from '../../standards/dicom/index.ts';

/** What stays the same over one export: who the patient is called, and how UIDs are replaced. */
export interface Pseudonym {
  patient: string;
  key: Buffer;
}

/** Attributes kept as they are, beside all of groups 0028 and 5200 and the technique of 0018 and 0020. Everything else goes. */
const KEPT: ReadonlySet<number> = new Set([
  tags.specificCharacterSet, tags.imageType, tags.sopClassUid, tags.modality, tags.conversionType, tags.manufacturer, tags.manufacturerModelName, 0x00080068, 0x00089007, 0x00089205, 0x00089206, 0x00089207,
  0x00102160, 0x20500020,
]); // prettier-ignore

/** Of groups that are kept otherwise: names, numbers of devices and people, dates, free text (PS3.15 Table E.1-1). */
const REMOVED: ReadonlySet<number> = new Set([
  0x00181000, 0x00181002, 0x00181004, 0x00181005, 0x00181007, 0x00181008, 0x00181009, 0x0018100a, 0x00181010, 0x00181011, 0x00181012, 0x00181014, 0x00181016, 0x00181018, 0x00181019, 0x0018101a, 0x0018101b,
  0x00181030, 0x00181200, 0x00181201, 0x00184000, 0x00187008, 0x0018700a, 0x0018700c, 0x0018700e, 0x00189074, 0x0018a003, 0x00189424, 0x0018a002, 0x00204000, 0x00203401, 0x00203403, 0x00203404, 0x00203405, 0x00203406,
  0x00209158, 0x00284000,
]); // prettier-ignore

/** Replaced by another UID, the same everywhere in one export. */
const UIDS: ReadonlySet<number> = new Set([
  tags.sopInstanceUid,
  tags.studyInstanceUid,
  tags.seriesInstanceUid,
  tags.frameOfReferenceUid,
  0x00200200,
]);

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

/**
 * A file without identity by the Basic Application Level Confidentiality Profile (PS3.15 Annex E): what is not on the
 * list of technical attributes is left out, UIDs are replaced, private attributes go, pixel data is carried over as it
 * is. Undefined for big-endian objects, which the hub does not write.
 */
export function anonymise(
  object: Buffer,
  header: Header,
  pseudonym: Pseudonym,
): { file: Buffer; sopInstanceUid: string; transferSyntax: string } | undefined {
  const { dataSet, pixelData, source } = header;
  if (header.transferSyntax === transferSyntaxes.explicitBigEndian) return undefined;
  const transferSyntax = isDeflated(header.transferSyntax)
    ? transferSyntaxes.explicitLittleEndian
    : header.transferSyntax;
  const sopInstanceUid = replaceUid(dataSet.string(tags.sopInstanceUid) ?? '', pseudonym);
  const list: ElementList = [
    ...keptElements(dataSet, pseudonym),
    [tags.studyDate, ''], [tags.studyTime, ''], [tags.accessionNumber, ''], [tags.referringPhysicianName, ''],
    [tags.patientName, pseudonym.patient], [tags.patientId, pseudonym.patient], [tags.patientBirthDate, ''], [tags.patientSex, ''],
    [0x00120062, 'YES', 'CS'], [0x00120063, 'County Hub: PS3.15 Basic Profile', 'LO'],
    [0x00120064, [[[tags.codeValue, '113100'], [tags.codingSchemeDesignator, 'DCM'], [tags.codeMeaning, 'Basic Application Confidentiality Profile']]], 'SQ'],
    [tags.studyId, ''],
  ]; // prettier-ignore
  const head = writeDataSet(list, { transferSyntax, characterSet: '' });
  const pixels = pixelData
    ? (isDeflated(header.transferSyntax) ? source : object).subarray(
        pixelData.offset - pixelHeadLength(transferSyntax),
      )
    : Buffer.alloc(0);
  const meta = writeFileMeta({
    sopClassUid: dataSet.string(tags.sopClassUid) ?? '',
    sopInstanceUid,
    transferSyntax,
  });
  return { file: Buffer.concat([meta, head, pixels]), sopInstanceUid, transferSyntax };
}

/** Tag, representation and length of pixel data (PS3.5 §7.1): implicit 8 bytes, explicit OB or OW 12. */
const pixelHeadLength = (transferSyntax: string): number =>
  transferSyntax === transferSyntaxes.implicitLittleEndian ? 8 : 12;

function keptElements(dataSet: DataSet, pseudonym: Pseudonym): ElementList {
  return dataSet.elements().flatMap(({ tag, vr }): ElementList => {
    const group = tag >>> 16;
    if ((tag & 0xffff) === 0 || group % 2 === 1 || group === 0x7fe0) return [];
    if (UIDS.has(tag)) return [[tag, dataSet.strings(tag).map((uid) => replaceUid(uid, pseudonym)), vr]];
    const technical =
      (group === 0x0018 || group === 0x0020 || group === 0x0028) && !REMOVED.has(tag) && tag !== tags.studyId;
    if (!technical && group !== 0x5200 && !KEPT.has(tag)) return [];
    if (vr === 'SQ') return [[tag, dataSet.sequence(tag).map((item) => keptElements(item, pseudonym)), vr]];
    if (vr === 'DA' || vr === 'TM' || vr === 'DT' || vr === 'PN' || vr === 'UI')
      return vr === 'UI' && tag === tags.sopClassUid ? [[tag, dataSet.string(tag), vr]] : [];
    return [[tag, dataSet.bytes(tag), vr]];
  });
}
