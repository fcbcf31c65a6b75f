import {
  recordingLength,
  type EcgDevice,
  type EcgFilters,
  type EcgRecording,
  type MachineMeasurements,
  type ReadingNote,
} from './formats/model.ts';

/** What the file says besides its samples and its patient, kept with the recording. */
export interface RecordingHeader {
  device: EcgDevice;
  filters: EcgFilters;
  bitsPerSample?: number;
  leads: { name: string; microvoltPerUnit: number; derived: boolean; samples: number; startSample: number }[];
  machineMeasurements: MachineMeasurements;
  machineStatements: string[];
  notes: ReadingNote[];
  hasMedianBeat: boolean;
  picture?: string;
}

/** Recordings up to this length are measured at once; longer ones by a job. */
export const restingLimitMs = 5 * 60_000;

/** What a recording says of itself, without its samples. */
export interface RecordingFacts extends Pick<
  EcgRecording,
  | 'format'
  | 'formatVersion'
  | 'samplingRateHz'
  | 'patient'
  | 'acquiredAt'
  | 'accessionNumber'
  | 'placerOrderNumber'
  | 'priority'
> {
  sampleCount: number;
  durationMs: number;
  header: RecordingHeader;
}

export function factsOf(recording: EcgRecording): RecordingFacts {
  const { format, formatVersion, samplingRateHz, patient } = recording;
  const { acquiredAt, accessionNumber, placerOrderNumber, priority } = recording;
  const sampleCount = recordingLength(recording);
  return {
    format,
    samplingRateHz,
    patient,
    ...(formatVersion !== undefined && { formatVersion }),
    ...(acquiredAt !== undefined && { acquiredAt }),
    ...(accessionNumber !== undefined && { accessionNumber }),
    ...(placerOrderNumber !== undefined && { placerOrderNumber }),
    ...(priority && { priority }),
    sampleCount,
    durationMs: samplingRateHz > 0 ? (sampleCount / samplingRateHz) * 1000 : 0,
    header: headerOf(recording),
  };
}

function headerOf(recording: EcgRecording): RecordingHeader {
  return {
    device: recording.device,
    filters: recording.filters,
    ...(recording.bitsPerSample !== undefined && { bitsPerSample: recording.bitsPerSample }),
    leads: recording.leads.map((lead) => ({
      name: lead.name,
      microvoltPerUnit: lead.microvoltPerUnit,
      derived: lead.origin === 'derived',
      samples: lead.samples.length,
      startSample: lead.startSample,
    })),
    machineMeasurements: recording.machineMeasurements,
    machineStatements: recording.machineStatements.slice(0, 50).map((text) => text.slice(0, 500)),
    notes: recording.notes.slice(0, 50),
    hasMedianBeat: recording.medianBeat !== undefined,
    ...(recording.picture && { picture: recording.picture.mediaType }),
  };
}

/** Device clocks in the county run on Shanghai time unless the file states a zone. */
export function deviceTime(text: string | undefined): Date | null {
  if (!text) return null;
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}+08:00`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? null : new Date(time);
}

/** Bounded and without control characters, as text columns want it; null when nothing is left. */
export function pinLength(text: string | undefined, most: number): string | null {
  const clean = text
    ?.replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, most);
  return clean ? clean : null;
}
