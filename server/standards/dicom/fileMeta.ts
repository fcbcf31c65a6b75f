import { tags } from './tags.ts';
import { implementationClassUid, implementationVersionName } from './uids.ts';
import type { ElementList } from './writeDataSet.ts';
import { writeDataSet } from './writeDataSet.ts';

export interface FileMeta {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntax: string;
  /** AE title of the sender. */
  readonly sourceAeTitle?: string | undefined;
}

/**
 * Preamble, "DICM" and file meta information (PS3.10 §7.1) to stand in front of a data set that is kept as it came.
 */
export function writeFileMeta({
  sopClassUid,
  sopInstanceUid,
  transferSyntax,
  sourceAeTitle,
}: FileMeta): Buffer {
  const elements: ElementList = [
    [tags.fileMetaInformationVersion, Buffer.from([0, 1])],
    [tags.mediaStorageSopClassUid, sopClassUid],
    [tags.mediaStorageSopInstanceUid, sopInstanceUid],
    [tags.transferSyntaxUid, transferSyntax],
    [tags.implementationClassUid, implementationClassUid],
    [tags.implementationVersionName, implementationVersionName],
    ...(sourceAeTitle === undefined || sourceAeTitle === ''
      ? []
      : ([[tags.sourceApplicationEntityTitle, sourceAeTitle]] as ElementList)),
  ];
  const body = writeDataSet(elements, { characterSet: '' });
  const length = writeDataSet([[tags.fileMetaInformationGroupLength, body.length]], { characterSet: '' });
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, body]);
}
