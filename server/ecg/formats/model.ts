/**
 * The one model every reader produces. Times are milliseconds unless the name says otherwise, amplitudes
 * are stored as received (integer units with their microvolts per unit) so that nothing is rounded on the way in.
 */
export type Samples = Int16Array | Int32Array | Float64Array;

/** Where a lead comes from: measured by the device, or computed from other leads. */
export type LeadOrigin = 'recorded' | 'derived';

export interface EcgLead {
  /** Canonical name: I, II, III, aVR, aVL, aVF, V1–V9, V3R…, or the device's own label. */
  name: string;
  samples: Samples;
  microvoltPerUnit: number;
  origin: LeadOrigin;
  /** Offset of the first sample from the start of the recording, in samples. */
  startSample: number;
  /** Ranges [from, to) the device marked as absent; the samples there carry no information. */
  missing?: [from: number, to: number][];
}

export interface MedianBeat {
  samplingRateHz: number;
  leads: EcgLead[];
  /** Sample of the fiducial point inside the beat, when the device says so. */
  fiducialSample?: number;
}

export interface EcgPatient {
  identifier?: string;
  name?: string;
  sex?: 'M' | 'F' | 'O' | 'U';
  /** YYYY-MM-DD */
  birthDate?: string;
  ageYears?: number;
}

export interface EcgDevice {
  manufacturer?: string;
  model?: string;
  serialNumber?: string;
  software?: string;
  institution?: string;
}

export interface EcgFilters {
  highPassHz?: number;
  lowPassHz?: number;
  notchHz?: number;
}

/** What the machine itself measured; kept apart from our own values, never mixed. */
export interface MachineMeasurements {
  heartRateBpm?: number;
  atrialRateBpm?: number;
  pMs?: number;
  prMs?: number;
  qrsMs?: number;
  qtMs?: number;
  qtcMs?: number;
  pAxisDegrees?: number;
  qrsAxisDegrees?: number;
  tAxisDegrees?: number;
}

/** A remark about the file itself that a person must be able to see. */
export interface ReadingNote {
  code:
    | 'checksum-mismatch'
    | 'text-charset-guessed'
    | 'leads-derived'
    | 'leads-excluded'
    | 'limb-leads-reconstructed'
    | 'reference-beat-restored'
    | 'bimodal-restored'
    | 'missing-samples'
    | 'picture-only'
    | 'discontinuous'
    | 'unequal-lead-lengths'
    | 'trailing-bytes';
  detail?: string;
}

export interface EcgPicture {
  mediaType: 'application/pdf' | 'image/jpeg';
}

export interface EcgRecording {
  format: string;
  /** Version or dialect of the format as the file states it. */
  formatVersion?: string;
  samplingRateHz: number;
  /** Bits per stored sample as the device delivered them. */
  bitsPerSample?: number;
  leads: EcgLead[];
  medianBeat?: MedianBeat;
  patient: EcgPatient;
  device: EcgDevice;
  filters: EcgFilters;
  /** Local device time, `YYYY-MM-DDTHH:MM:SS[.sss]`, without zone unless the file has one. */
  acquiredAt?: string;
  accessionNumber?: string;
  placerOrderNumber?: string;
  priority?: 'emergency' | 'urgent' | 'routine';
  machineMeasurements: MachineMeasurements;
  machineStatements: string[];
  /** Pacemaker spikes the device itself reported, in samples of this recording. */
  pacerSpikes?: number[];
  /** Beat annotations of research formats, in samples. */
  annotatedBeats?: number[];
  picture?: EcgPicture;
  notes: ReadingNote[];
}

/** One reader per file: the plug-in shape of `index.ts`. */
export interface EcgReader {
  name: string;
  /** Decides from the first bytes (up to 4 KB) only. */
  matches(head: Uint8Array): boolean;
  /** @throws UnreadableRecording with the reason a person reads in the quarantine. */
  read(bytes: Uint8Array): EcgRecording;
}

/** What is wrong with a file, for words in the language of the person. */
export type RecordingFault =
  'unknown-format' | 'empty' | 'cut-off' | 'damaged' | 'unsupported' | 'too-large' | 'refused' | 'no-trace';

/** The file cannot be read; `fault` and the technical `reason` are shown to who looks at the quarantine. */
export class UnreadableRecording extends Error {
  readonly reason: string;
  readonly fault: RecordingFault;
  constructor(reason: string, fault: RecordingFault = 'damaged', options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'UnreadableRecording';
    this.reason = reason;
    this.fault = fault;
  }
}

/** Physical value of every sample of a lead, in microvolts. */
export function microvolts(lead: EcgLead): Float64Array {
  const out = new Float64Array(lead.samples.length);
  for (let i = 0; i < out.length; i++) out[i] = (lead.samples[i] ?? 0) * lead.microvoltPerUnit;
  return out;
}

/** Length of the recording in samples: the end of its longest lead. */
export function recordingLength(recording: Pick<EcgRecording, 'leads'>): number {
  let length = 0;
  for (const lead of recording.leads) length = Math.max(length, lead.startSample + lead.samples.length);
  return length;
}

export const maximumLeads = 64;
/** 72 h of 12 leads at 500 Hz; anything longer is refused before memory is asked for. */
export const maximumSamples = 72 * 3600 * 500 * 12;
