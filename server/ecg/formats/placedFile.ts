import type { EcgRecording } from './model.ts';

/** A file that is read in parts. */
export interface PlacedFile {
  name: string;
  size: number;
  /** Bytes [start, end). */
  read: (start: number, end: number) => Promise<Uint8Array>;
}

/** Moves a recording that was read from the middle of its file to where it stands in the whole. */
export function startingAt(recording: EcgRecording, start: number): EcgRecording {
  for (const lead of recording.leads) {
    lead.startSample = start;
    if (lead.missing) lead.missing = lead.missing.map(([a, b]) => [a + start, b + start]);
  }
  return recording;
}
