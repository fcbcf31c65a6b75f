import { elements } from '@iwharris/dicom-data-dictionary';
import { isPrivateTag } from './tags.ts';
import type { Vr } from './vr.ts';
import { isVr } from './vr.ts';

interface Entry {
  tag: number;
  vr: Vr;
  keyword: string;
}

/** What the package leaves out: file meta information and media directories (PS3.6 Chapter 7), and elements registered after its edition. */
const added: readonly [number, Vr, string][] = [
  [0x00020001, 'OB', 'FileMetaInformationVersion'],
  [0x00020002, 'UI', 'MediaStorageSOPClassUID'],
  [0x00020003, 'UI', 'MediaStorageSOPInstanceUID'],
  [0x00020010, 'UI', 'TransferSyntaxUID'],
  [0x00020012, 'UI', 'ImplementationClassUID'],
  [0x00020013, 'SH', 'ImplementationVersionName'],
  [0x00020016, 'AE', 'SourceApplicationEntityTitle'],
  [0x00020100, 'UI', 'PrivateInformationCreatorUID'],
  [0x00020102, 'OB', 'PrivateInformation'],
  [0x00041130, 'CS', 'FileSetID'],
  [0x00041200, 'UL', 'OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity'],
  [0x00041202, 'UL', 'OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity'],
  [0x00041212, 'US', 'FileSetConsistencyFlag'],
  [0x00041220, 'SQ', 'DirectoryRecordSequence'],
  [0x00041400, 'UL', 'OffsetOfTheNextDirectoryRecord'],
  [0x00041410, 'US', 'RecordInUseFlag'],
  [0x00041420, 'UL', 'OffsetOfReferencedLowerLevelDirectoryEntity'],
  [0x00041430, 'CS', 'DirectoryRecordType'],
  [0x00041500, 'CS', 'ReferencedFileID'],
  [0x00041510, 'UI', 'ReferencedSOPClassUIDInFile'],
  [0x00041511, 'UI', 'ReferencedSOPInstanceUIDInFile'],
  [0x00041512, 'UI', 'ReferencedTransferSyntaxUIDInFile'],
  [0x00080056, 'CS', 'InstanceAvailability'],
  [0x7fe00001, 'OV', 'ExtendedOffsetTable'],
  [0x7fe00002, 'OV', 'ExtendedOffsetTableLengths'],
  [0x7fe00003, 'UV', 'EncapsulatedPixelDataValueTotalLength'],
];

const byTag = new Map<number, Entry>();
const byRepeatingTag = new Map<number, Entry>();
const byKeyword = new Map<string, Entry>();

function register(entry: Entry, repeating = false): void {
  (repeating ? byRepeatingTag : byTag).set(entry.tag, entry);
  if (entry.keyword !== '') byKeyword.set(entry.keyword, entry);
}

for (const element of Object.values(elements)) {
  const vr = element.vr.split(' ')[0] ?? '';
  if (!isVr(vr)) continue;
  const hex = element.tag.replace(/[(),]/g, '');
  const repeating = /^(50|60)xx/i.test(hex);
  const tag = Number.parseInt(hex.replace(/^(50|60)xx/i, '$100'), 16);
  if (repeating || /^[\da-f]{8}$/i.test(hex)) register({ tag, vr, keyword: element.keyword }, repeating);
}
for (const [tag, vr, keyword] of added) register({ tag, vr, keyword });

function entryOf(tag: number): Entry | undefined {
  const exact = byTag.get(tag);
  if (exact !== undefined) return exact;
  const group = tag >>> 24;
  if (group === 0x50 || group === 0x60) return byRepeatingTag.get((tag & 0xff00ffff) >>> 0);
  return undefined;
}

/** Value representation by PS3.6; the first one where the standard leaves a choice; private creators are LO, group lengths UL. */
export function vrOf(tag: number): Vr | undefined {
  if ((tag & 0xffff) === 0) return 'UL';
  if (isPrivateTag(tag)) return (tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff ? 'LO' : undefined;
  return entryOf(tag)?.vr;
}

/** "PatientName" for 0x00100010; undefined for what PS3.6 does not register. */
export function keywordOf(tag: number): string | undefined {
  return entryOf(tag)?.keyword;
}

/** Tag for a keyword ("PatientName") or for eight hexadecimal digits ("00100010"), as query parameters name attributes. */
export function tagOf(name: string): number | undefined {
  if (/^[\da-f]{8}$/i.test(name)) return Number.parseInt(name, 16);
  return byKeyword.get(name)?.tag;
}
