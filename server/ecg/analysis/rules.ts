/**
 * Rules that raise flags. The limits are the defaults of DOMAIN (浙江, with known variants) and can be edited
 * by the centre; a flag never diagnoses, a doctor confirms or dismisses it.
 */
export type FlagTier = 'critical' | 'notable' | 'information';

export interface FlagRule {
  code: string;
  tier: FlagTier;
  enabled: boolean;
  zh: string;
  en: string;
  limits: Record<string, number>;
}

export const defaultRules: readonly FlagRule[] = [
  {
    code: 'long-rr',
    tier: 'critical',
    enabled: true,
    zh: '长 RR 间期',
    en: 'Long RR interval',
    limits: { rrMs: 3000 },
  },
  {
    code: 'slow-rate',
    tier: 'critical',
    enabled: true,
    zh: '平均心室率过缓',
    en: 'Very slow ventricular rate',
    limits: { bpm: 35 },
  },
  {
    code: 'av-dissociation',
    tier: 'critical',
    enabled: true,
    zh: '疑似三度房室传导阻滞',
    en: 'Suspected third-degree AV block',
    limits: { bpm: 50, prSpreadMs: 60 },
  },
  {
    code: 'qtc-r-on-t',
    tier: 'critical',
    enabled: true,
    zh: 'QTc 延长伴 R-on-T',
    en: 'Long QTc with R-on-T',
    limits: { qtcMs: 550 },
  },
  {
    code: 'ventricular-tachycardia',
    tier: 'critical',
    enabled: true,
    zh: '疑似室性心动过速',
    en: 'Suspected ventricular tachycardia',
    limits: { bpm: 150, beats: 3, wideQrsMs: 140 },
  },
  {
    code: 'ventricular-fibrillation',
    tier: 'critical',
    enabled: true,
    zh: '疑似心室扑动/颤动',
    en: 'Suspected ventricular flutter or fibrillation',
    limits: { sineShare: 0.5 },
  },
  {
    code: 'fast-rate',
    tier: 'critical',
    enabled: true,
    zh: '室上性心动过速/房颤/房扑 快速心室率',
    en: 'SVT, AF or flutter with very fast rate',
    limits: { bpm: 200 },
  },
  {
    code: 'pre-excited-af',
    tier: 'critical',
    enabled: true,
    zh: '疑似预激伴房颤',
    en: 'Suspected pre-excited AF',
    limits: { shortestRrMs: 250, qrsMs: 120 },
  },
  {
    code: 'st-elevation',
    tier: 'critical',
    enabled: true,
    zh: 'ST 段抬高(疑似急性心肌梗死)',
    en: 'ST elevation (suspected acute infarction)',
    limits: { microvolt: 100, v2v3MenMicrovolt: 200, v2v3WomenMicrovolt: 150, leads: 2 },
  },
  {
    code: 'peaked-t',
    tier: 'critical',
    enabled: true,
    zh: '高尖 T 波(疑似高钾血症)',
    en: 'Tall peaked T (suspected hyperkalaemia)',
    limits: { microvolt: 1200, leads: 2 },
  },
  {
    code: 'st-depression',
    tier: 'notable',
    enabled: true,
    zh: 'ST 段压低',
    en: 'ST depression',
    limits: { microvolt: 100, leads: 2 },
  },
  {
    code: 'atrial-fibrillation',
    tier: 'notable',
    enabled: true,
    zh: '疑似心房颤动/扑动',
    en: 'Suspected atrial fibrillation or flutter',
    limits: { irregularity: 0.08, pConsistency: 0.72, episodeSeconds: 30 },
  },
  {
    code: 'bradycardia',
    tier: 'notable',
    enabled: true,
    zh: '心动过缓',
    en: 'Bradycardia',
    limits: { bpm: 60 },
  },
  {
    code: 'tachycardia',
    tier: 'notable',
    enabled: true,
    zh: '心动过速',
    en: 'Tachycardia',
    limits: { bpm: 100 },
  },
  {
    code: 'long-qtc',
    tier: 'notable',
    enabled: true,
    zh: 'QTc 延长',
    en: 'Long QTc',
    limits: { qtcMs: 500 },
  },
  {
    code: 'long-pr',
    tier: 'notable',
    enabled: true,
    zh: 'PR 间期延长',
    en: 'Long PR interval',
    limits: { prMs: 200 },
  },
  {
    code: 'wide-qrs',
    tier: 'notable',
    enabled: true,
    zh: 'QRS 增宽',
    en: 'Wide QRS',
    limits: { qrsMs: 120 },
  },
  {
    code: 'short-pr-wide-qrs',
    tier: 'notable',
    enabled: true,
    zh: '疑似心室预激',
    en: 'Suspected pre-excitation',
    limits: { prMs: 120, qrsMs: 110 },
  },
  {
    code: 'ventricular-ectopy',
    tier: 'notable',
    enabled: true,
    zh: '室性早搏',
    en: 'Ventricular ectopic beats',
    limits: { count: 1 },
  },
  {
    code: 'supraventricular-ectopy',
    tier: 'information',
    enabled: true,
    zh: '房性/室上性早搏',
    en: 'Supraventricular ectopic beats',
    limits: { count: 1 },
  },
  {
    code: 'paced',
    tier: 'information',
    enabled: true,
    zh: '起搏信号',
    en: 'Pacemaker spikes',
    limits: { spikes: 2 },
  },
  {
    code: 'axis-deviation',
    tier: 'information',
    enabled: true,
    zh: '电轴偏移',
    en: 'Axis deviation',
    limits: { leftDegrees: -30, rightDegrees: 90 },
  },
  {
    code: 'high-voltage',
    tier: 'information',
    enabled: true,
    zh: '左室高电压',
    en: 'High left ventricular voltage',
    limits: { sokolowMicrovolt: 4000 },
  },
  {
    code: 'low-voltage',
    tier: 'information',
    enabled: true,
    zh: '肢导低电压',
    en: 'Low limb voltage',
    limits: { microvolt: 500 },
  },
];
