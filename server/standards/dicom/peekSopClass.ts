import { DicomError } from './errors.ts';
import { readHeader } from './readHeader.ts';
import { tags } from './tags.ts';

/**
 * SOP class of a DICOM file by its first bytes (a few kilobytes are enough for any file meta group); undefined where
 * they do not tell.
 */
export function peekSopClass(head: Buffer): string | undefined {
  try {
    const { meta, dataSet } = readHeader(head, { complete: false });
    return meta?.string(tags.mediaStorageSopClassUid) ?? dataSet.string(tags.sopClassUid);
  } catch (error) {
    if (error instanceof DicomError) return undefined;
    throw error;
  }
}
