/** Ranges of recognition from widest to narrowest, with the mark printed top right of a report. */
export const RANGES = ['nation', 'region', 'province', 'city', 'county'] as const;
export type RecognitionRange = (typeof RANGES)[number];

export const MARK: Record<RecognitionRange, string> = {
  nation: '全国HR',
  region: '区域HR',
  province: '省HR',
  city: '市HR',
  county: '县HR',
};

/** The six national reasons for repeating an examination in spite of a valid result. */
export const REPEAT_REASONS = [
  'condition-changed',
  'fast-changing',
  'before-major-act',
  'emergency',
  'assessment',
  'other',
] as const;
