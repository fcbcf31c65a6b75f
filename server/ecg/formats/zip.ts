import { unzipSync } from 'fflate';
import { UnreadableRecording } from './model.ts';
import type { NamedFile } from './wfdb.ts';

const maximumFiles = 64;
const maximumBytes = 512 * 1024 * 1024;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** Files of an archive, bounded before anything is inflated. */
export function unzip(bytes: Uint8Array): NamedFile[] {
  let count = 0;
  let total = 0;
  try {
    const entries = unzipSync(bytes, {
      filter: (entry) => {
        if (entry.name.endsWith('/') || /(^|\/)(__MACOSX|\.)/.test(entry.name)) return false;
        count++;
        total += entry.originalSize;
        if (
          count > maximumFiles ||
          total > maximumBytes ||
          entry.originalSize > 1000 * Math.max(1024, entry.size)
        )
          throw new UnreadableRecording('zip archive expands beyond what a recording can be', 'too-large');
        return true;
      },
    });
    return Object.entries(entries).map(([name, content]) => ({ name, bytes: content }));
  } catch (cause) {
    if (cause instanceof UnreadableRecording) throw cause;
    throw new UnreadableRecording('zip archive is damaged', 'damaged', { cause });
  }
}
