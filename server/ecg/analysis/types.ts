/** Results of our own measuring. Everything here is shown as 自动测量,供参考 beside the machine's values. */
export type BeatKind = 'normal' | 'ventricular' | 'supraventricular' | 'paced' | 'unclassified';

export interface Beat {
  /** R peak, in samples of the recording. */
  sample: number;
  /** Interval to the beat before, 0 for the first. */
  rrMs: number;
  kind: BeatKind;
  /** Likeness to the dominant beat, -1…1. */
  likeness: number;
}

/** Marks of the median beat in ms from its start; absent when the wave is not found. */
export interface Fiducials {
  pOnMs?: number;
  pOffMs?: number;
  qrsOnMs: number;
  qrsOffMs: number;
  tOffMs?: number;
  /** R peak of the beat, the alignment point. */
  rMs: number;
}

export interface MedianLead {
  name: string;
  microvolts: Float64Array;
}

export interface MedianBeatResult {
  samplingRateHz: number;
  leads: MedianLead[];
  beatsUsed: number;
  fiducials: Fiducials;
}

export interface LeadMeasurement {
  name: string;
  pMicrovolt?: number;
  qMicrovolt: number;
  rMicrovolt: number;
  sMicrovolt: number;
  tMicrovolt?: number;
  /** ST level against the isoelectric line before the QRS. */
  stJMicrovolt: number;
  stJ60Microvolt: number;
  stJ80Microvolt: number;
}

export interface Measurements {
  heartRateBpm?: number;
  atrialRateBpm?: number;
  rrMeanMs?: number;
  rrMinimumMs?: number;
  rrMaximumMs?: number;
  pMs?: number;
  prMs?: number;
  qrsMs?: number;
  qtMs?: number;
  /** Bazett: the value devices print as QTc. */
  qtcMs?: number;
  qtcBazettMs?: number;
  qtcFridericiaMs?: number;
  qtcFraminghamMs?: number;
  qtcHodgesMs?: number;
  pAxisDegrees?: number;
  qrsAxisDegrees?: number;
  tAxisDegrees?: number;
  sdnnMs?: number;
  rmssdMs?: number;
  pnn50Percent?: number;
}

export type QualityKind =
  | 'lead-off'
  | 'noise'
  | 'saturation'
  | 'baseline-wander'
  | 'mains'
  | 'limb-reversal'
  | 'low-rate'
  | 'filtered'
  | 'missing-lead'
  | 'checksum';

export interface QualityMark {
  kind: QualityKind;
  lead?: string;
  /** Measured value behind the mark, in the unit the kind implies (µV, Hz, share). */
  value?: number;
}

export interface PacerSpike {
  sample: number;
  microvolts: number;
}
