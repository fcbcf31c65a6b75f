import { ByteReader, crcCcitt } from './byteReader.ts';
import { UnreadableRecording } from './model.ts';
import type { ReadingNote } from './model.ts';

export interface ScpSection {
  id: number;
  version: number;
  /** Content behind the 16-byte section header. */
  content: Uint8Array;
}

/** Sections whose damage changes the trace: a wrong checksum there refuses the file. */
const waveformSections = new Set([2, 3, 4, 5, 6]);

/**
 * Splits a record into its sections (EN 1064: pointers of section 0). The checksum over the record may be
 * wrong in the field; it is then noted, unless a waveform section's own checksum is wrong as well.
 */
export function splitSections(bytes: Uint8Array, notes: ReadingNote[]): Map<number, ScpSection> {
  const reader = new ByteReader(bytes, 'SCP-ECG record');
  const crc = reader.u16();
  const length = reader.u32();
  if (length > bytes.byteLength)
    throw new UnreadableRecording(
      `SCP-ECG record is cut off: ${length} bytes announced, ${bytes.byteLength} received`,
      'cut-off',
    );
  if (length < 22) throw new UnreadableRecording('SCP-ECG record is shorter than its first section');
  const intact = crcCcitt(bytes.subarray(2, length)) === crc;
  if (length < bytes.byteLength)
    notes.push({ code: 'trailing-bytes', detail: `${bytes.byteLength - length}` });
  const pointers = readSection(bytes, 6, length, 0);
  const sections = new Map<number, ScpSection>();
  const table = new ByteReader(pointers.content, 'SCP-ECG section 0');
  const damaged: number[] = [];
  while (table.remaining >= 10) {
    const id = table.u16();
    const size = table.u32();
    const index = table.u32();
    if (size === 0 || id === 0 || sections.has(id)) continue;
    if (index === 0 || size < 16 || index - 1 + size > length)
      throw new UnreadableRecording(`SCP-ECG section ${id} lies outside the record`);
    const section = readSection(bytes, index - 1, length, id);
    const stored = bytes[index - 1] ?? 0;
    const sectionCrc = stored | ((bytes[index] ?? 0) << 8);
    if (
      sectionCrc !== 0 &&
      crcCcitt(bytes.subarray(index + 1, index - 1 + section.content.byteLength + 16)) !== sectionCrc
    )
      damaged.push(id);
    sections.set(id, section);
  }
  if (!intact) {
    const broken = damaged.filter((id) => waveformSections.has(id));
    if (broken.length > 0)
      throw new UnreadableRecording(
        `SCP-ECG checksum is wrong in section ${broken.join(', ')}: the record is damaged`,
      );
    notes.push({
      code: 'checksum-mismatch',
      detail: damaged.length > 0 ? `record, section ${damaged.join(', ')}` : 'record',
    });
  }
  return sections;
}

function readSection(bytes: Uint8Array, at: number, end: number, expected: number): ScpSection {
  const reader = new ByteReader(bytes.subarray(0, end), 'SCP-ECG section');
  reader.position = at;
  reader.u16();
  const id = reader.u16();
  const length = reader.u32();
  const version = reader.u8();
  if (id !== expected) throw new UnreadableRecording(`SCP-ECG section ${expected} expected, ${id} found`);
  if (length < 16 || at + length > end)
    throw new UnreadableRecording(`SCP-ECG section ${id} is cut off`, 'cut-off');
  return { id, version, content: bytes.subarray(at + 16, at + length) };
}
