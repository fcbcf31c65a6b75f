import * as aecg from './aecg.ts';
import * as dicomWaveform from './dicomWaveform.ts';
import * as edf from './edf.ts';
import * as mfer from './mfer.ts';
import { UnreadableRecording } from './model.ts';
import type { EcgReader, EcgRecording } from './model.ts';
import * as muse from './muse.ts';
import * as philips from './philips.ts';
import * as picture from './picture.ts';
import * as scp from './scp.ts';
import * as wfdb from './wfdb.ts';
import type { NamedFile } from './wfdb.ts';
import { isZip, unzip } from './zip.ts';

/** Order matters only where two could match: the narrower test stands first. */
export const readers: readonly EcgReader[] = [
  scp,
  aecg,
  philips,
  muse,
  mfer,
  edf,
  picture,
  wfdb,
  dicomWaveform,
];

export function detectFormat(bytes: Uint8Array): EcgReader | undefined {
  const head = bytes.subarray(0, 4096);
  return readers.find((reader) => reader.matches(head));
}

/**
 * Reads a recording of any known format, detected by content; a zip may hold one file or a WFDB record.
 * @throws UnreadableRecording always and only: whatever goes wrong inside a reader becomes its reason.
 */
export function readRecording(bytes: Uint8Array): EcgRecording {
  return guarded('file', () => {
    if (bytes.byteLength === 0) throw new UnreadableRecording('the file is empty', 'empty');
    if (isZip(bytes)) return readRecordingFiles(unzip(bytes));
    const reader = detectFormat(bytes);
    if (!reader) throw new UnreadableRecording('no known ECG format', 'unknown-format');
    return guarded(reader.name, () => reader.read(bytes));
  });
}

/** The files of a recording: what an archive holds in place of the archive. @throws UnreadableRecording */
export function unpack(files: NamedFile[]): NamedFile[] {
  const [only] = files;
  return only && files.length === 1 && isZip(only.bytes) ? unzip(only.bytes) : files;
}

/** Reads a recording that came as several files (multipart or unpacked zip). */
export function readRecordingFiles(files: NamedFile[]): EcgRecording {
  return guarded('wfdb', () => {
    const [only] = files;
    if (only && files.length === 1 && !isZip(only.bytes)) return readRecording(only.bytes);
    if (files.some((file) => file.name.toLowerCase().endsWith('.hea'))) return wfdb.readFiles(files);
    throw new UnreadableRecording('several files without a WFDB header (.hea)', 'unknown-format');
  });
}

function guarded(what: string, read: () => EcgRecording): EcgRecording {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof UnreadableRecording) throw cause;
    throw new UnreadableRecording(`${what}: damaged file`, 'damaged', { cause });
  }
}

export { UnreadableRecording };
