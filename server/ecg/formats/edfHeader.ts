import { latin1 } from './byteReader.ts';
import { UnreadableRecording } from './model.ts';

export interface EdfSignal {
  label: string;
  unit: string;
  physicalMinimum: number;
  physicalMaximum: number;
  digitalMinimum: number;
  digitalMaximum: number;
  prefilter: string;
  samplesPerRecord: number;
}

export interface EdfHeader {
  /** Text of `size` characters at `at`, without the blanks around it. */
  field: (at: number, size: number) => string;
  headerBytes: number;
  /** As announced; -1 while the file was still being written. */
  records: number;
  /** Length of one record. */
  seconds: number;
  signals: EdfSignal[];
  /** Samples of all signals in one record. */
  perRecord: number;
}

/** Where the header states how many records follow. */
export const recordCountField = { at: 236, size: 8 };

/** Bytes of the header, read from its first 256. */
export function headerSize(fixed: Uint8Array): number {
  return numberIn(fixed, 184, 8, 'header size');
}

/**
 * Header of EDF and EDF+ (Kemp 1992, 2003): 256 bytes, then 256 by signal, column after column.
 * @throws UnreadableRecording for what cannot be a header
 */
export function parseHeader(bytes: Uint8Array): EdfHeader {
  const field = (at: number, size: number): string => latin1(bytes.subarray(at, at + size)).trim();
  const headerBytes = headerSize(bytes);
  const count = numberIn(bytes, 252, 4, 'number of signals');
  const seconds = numberIn(bytes, 244, 8, 'duration of a record');
  if (count < 1 || count > 512 || headerBytes !== 256 * (count + 1))
    throw new UnreadableRecording('EDF: header size does not fit the number of signals');
  if (bytes.byteLength < headerBytes) throw new UnreadableRecording('EDF: header is cut off', 'cut-off');
  if (!(seconds > 0))
    throw new UnreadableRecording('EDF: records without duration hold no trace', 'no-trace');
  const signals = Array.from({ length: count }, (_, i): EdfSignal => {
    const at = (column: number, width: number): number => 256 + column * count + i * width;
    return {
      label: field(at(0, 16), 16),
      unit: field(at(96, 8), 8),
      physicalMinimum: numberIn(bytes, at(104, 8), 8, 'physical minimum'),
      physicalMaximum: numberIn(bytes, at(112, 8), 8, 'physical maximum'),
      digitalMinimum: numberIn(bytes, at(120, 8), 8, 'digital minimum'),
      digitalMaximum: numberIn(bytes, at(128, 8), 8, 'digital maximum'),
      prefilter: field(at(136, 80), 80),
      samplesPerRecord: numberIn(bytes, at(216, 8), 8, 'samples per record'),
    };
  });
  if (signals.some((signal) => !Number.isInteger(signal.samplesPerRecord) || signal.samplesPerRecord < 1))
    throw new UnreadableRecording('EDF: impossible samples per record');
  return {
    field,
    headerBytes,
    records: numberIn(bytes, recordCountField.at, recordCountField.size, 'number of records'),
    seconds,
    signals,
    perRecord: signals.reduce((sum, signal) => sum + signal.samplesPerRecord, 0),
  };
}

function numberIn(bytes: Uint8Array, at: number, size: number, what: string): number {
  const text = latin1(bytes.subarray(at, at + size)).trim();
  const value = Number(text);
  if (!Number.isFinite(value) || text === '') throw new UnreadableRecording(`EDF: ${what} is no number`);
  return value;
}
