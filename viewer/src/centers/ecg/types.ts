/** Answers of `/api/ecg/*` as the pages read them. */
export interface LeadInfo {
  name: string;
  microvoltPerUnit: number;
  derived: boolean;
  samples: number;
  startSample: number;
}

export type Values = Partial<Record<MeasurementKey, number>>;

export type MeasurementKey =
  | 'heartRateBpm'
  | 'pMs'
  | 'prMs'
  | 'qrsMs'
  | 'qtMs'
  | 'qtcMs'
  | 'qtcBazettMs'
  | 'qtcFridericiaMs'
  | 'qtcFraminghamMs'
  | 'qtcHodgesMs'
  | 'pAxisDegrees'
  | 'qrsAxisDegrees'
  | 'tAxisDegrees'
  | 'sdnnMs'
  | 'rmssdMs'
  | 'pnn50Percent'
  | 'rrMinimumMs'
  | 'rrMaximumMs';

export interface Fiducials {
  pOnMs?: number;
  pOffMs?: number;
  qrsOnMs: number;
  qrsOffMs: number;
  tOffMs?: number;
  rMs: number;
}

export interface MedianBeat {
  samplingRateHz: number;
  beatsUsed: number;
  fiducials: Fiducials;
  leads: { name: string; microvolts: number[] }[];
}

export interface Beat {
  sample: number;
  rrMs: number;
  kind: string;
}

export interface Flag {
  id: string;
  ruleCode: string;
  tier: 'critical' | 'notable' | 'information';
  lead: string | null;
  atMs: number | null;
  values: Record<string, number>;
  ask: string | null;
  state: 'open' | 'confirmed' | 'dismissed';
  decidedBy: string | null;
  decidedAt: string | null;
}

export interface StripEvent {
  kind: string;
  atMs: number;
  lengthMs: number;
  value: number;
}

export interface LongStrip {
  trend: {
    minute: number;
    meanBpm: number;
    lowBpm: number;
    highBpm: number;
    beats: number;
    ventricular: number;
  }[];
  events: StripEvent[];
  totals: {
    beats: number;
    ventricular: number;
    supraventricular: number;
    pauses: number;
    longestRrMs: number;
    /** Missing in what was measured before episodes were listed. */
    fibrillationEpisodes?: number;
    fibrillationPercent?: number;
  };
}

export interface LeadValues {
  name: string;
  rMicrovolt: number;
  sMicrovolt: number;
  qMicrovolt: number;
  tMicrovolt?: number;
  pMicrovolt?: number;
  stJMicrovolt: number;
  stJ60Microvolt: number;
  stJ80Microvolt: number;
}

export interface Recording {
  id: string;
  format: string;
  formatVersion: string | null;
  sha256: string;
  synthetic: boolean;
  acquiredAt: string | null;
  receivedAt: string;
  samplingRateHz: number;
  sampleCount: number;
  durationMs: number;
  device: { manufacturer?: string; model?: string; serialNumber?: string };
  filters: { highPassHz?: number; lowPassHz?: number; notchHz?: number };
  patient: { name: string | null; sex: string | null; birthDate: string | null };
  notes: { code: string; detail?: string }[];
  picture: string | null;
  leads: LeadInfo[];
  measurements: Values;
  automatic: {
    method: string;
    at: string;
    measurements: Values;
    leads: LeadValues[];
    beats: Beat[];
    medianBeat: MedianBeat | null;
    quality: { kind: string; lead?: string; value?: number }[];
    longStrip: LongStrip | null;
  } | null;
  machine: { measurements: Values; statements: string[] };
  corrections: {
    id: string;
    fiducials: Fiducials;
    measurements: Values;
    correctedBy: string;
    correctedAt: string;
  }[];
  flags: Flag[];
  orders: { id: string; differences: { field: string; input: string; order: string }[] }[];
}

export interface RecordingSummary {
  id: string;
  format: string;
  durationMs: number;
  acquiredAt: string | null;
  receivedAt: string;
  picture: string | null;
  synthetic: boolean;
  openFlags: number;
  criticalFlags: number;
  differences: { field: string; input: string; order: string }[];
}

export interface Statement {
  id: string;
  code: string;
  number: number;
  category: string;
  textZh: string;
  textEn: string;
  initials: string;
  normal: boolean;
  ruleCode: string | null;
  active: boolean;
}

export interface EarlierRecording {
  id: string;
  orderId: string;
  accessionNumber: string;
  institutionName: string;
  receivedAt: string;
  acquiredAt: string | null;
  durationMs: number;
  measurements: Values;
  impression: string | null;
}

/** Samples of one stretch: microvolts by lead, all of the same length. */
export interface Trace {
  samplingRateHz: number;
  /** First sample of the stretch in the recording. */
  from: number;
  count: number;
  leads: Map<string, Float32Array>;
  /** By lead: samples of the recording, [from, to), that the device marked as absent. */
  missing: Map<string, [from: number, to: number][]>;
}
