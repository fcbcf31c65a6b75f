import {
  tags,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type ElementList,
} from '../../standards/dicom/index.ts';

const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';
const ITEM_HEAD = 8;
const SEQUENCE_HEAD = 12;

const fileSetId = 0x00041130;
const firstRootRecord = 0x00041200;
const lastRootRecord = 0x00041202;
const consistencyFlag = 0x00041212;
const recordSequence = 0x00041220;
const nextRecord = 0x00041400;
const inUseFlag = 0x00041410;
const lowerLevelRecord = 0x00041420;
const recordType = 0x00041430;
const referencedFileId = 0x00041500;
const referencedSopClass = 0x00041510;
const referencedSopInstance = 0x00041511;
const referencedTransferSyntax = 0x00041512;

/** One entry of the directory with what lies below it. */
export interface DirectoryRecord {
  type:
    | 'PATIENT'
    | 'STUDY'
    | 'SERIES'
    | 'IMAGE'
    | 'KEY OBJECT DOC'
    | 'SR DOCUMENT'
    | 'ENCAP DOC'
    | 'PRESENTATION'
    | 'WAVEFORM'
    | 'RT DOSE'
    | 'RT STRUCTURE SET'
    | 'RT PLAN'
    | 'RAW DATA';
  keys: ElementList;
  /** File below the root, components of up to 8 characters; objects only. */
  file?: { path: string[]; sopClassUid: string; sopInstanceUid: string; transferSyntax: string };
  below: DirectoryRecord[];
}

interface Placed {
  record: DirectoryRecord;
  next: Placed | undefined;
  lower: Placed | undefined;
  offset: number;
}

/**
 * DICOMDIR of a file set (PS3.10 §8, PS3.3 Annex F). Records point at each other by byte offsets, so everything is
 * measured first with empty offsets, then written.
 */
export function writeDicomdir(roots: DirectoryRecord[], name: string, uid: string): Buffer {
  const order: Placed[] = [];
  const place = (records: DirectoryRecord[]): Placed[] => {
    const placed = records.map((record): Placed => {
      const own: Placed = { record, next: undefined, lower: undefined, offset: 0 };
      order.push(own);
      own.lower = place(record.below)[0];
      return own;
    });
    placed.forEach((own, index) => (own.next = placed[index + 1]));
    return placed;
  };
  const top = place(roots);
  const meta = writeFileMeta({
    sopClassUid: MEDIA_STORAGE_DIRECTORY,
    sopInstanceUid: uid,
    transferSyntax: transferSyntaxes.explicitLittleEndian,
  });
  const head = (): ElementList => [
    [fileSetId, name, 'CS'],
    [firstRootRecord, top[0]?.offset ?? 0, 'UL'],
    [lastRootRecord, top.at(-1)?.offset ?? 0, 'UL'],
    [consistencyFlag, 0, 'US'],
  ];
  let at = meta.length + writeDataSet(head(), { characterSet: '' }).length + SEQUENCE_HEAD;
  for (const own of order) {
    own.offset = at;
    at += ITEM_HEAD + writeDataSet(elementsOf(own)).length;
  }
  const body = writeDataSet([...head(), [recordSequence, order.map(elementsOf), 'SQ']], { characterSet: '' });
  return Buffer.concat([meta, body]);
}

function elementsOf({ record, next, lower }: Placed): ElementList {
  return [
    [nextRecord, next?.offset ?? 0, 'UL'],
    [inUseFlag, 0xffff, 'US'],
    [lowerLevelRecord, lower?.offset ?? 0, 'UL'],
    [recordType, record.type, 'CS'],
    ...(record.file
      ? ([
          [referencedFileId, record.file.path, 'CS'],
          [referencedSopClass, record.file.sopClassUid, 'UI'],
          [referencedSopInstance, record.file.sopInstanceUid, 'UI'],
          [referencedTransferSyntax, record.file.transferSyntax, 'UI'],
        ] as ElementList)
      : []),
    [tags.specificCharacterSet, 'ISO_IR 192'],
    ...record.keys,
  ];
}
