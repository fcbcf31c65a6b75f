import type { QualityKind, QualityMark } from '../analysis/types.ts';

const words: Record<QualityKind, string> = {
  'lead-off': '导联脱落',
  noise: '干扰',
  saturation: '信号饱和',
  'baseline-wander': '基线漂移',
  mains: '交流干扰',
  'limb-reversal': '肢体导联反接可疑',
  'low-rate': '采样率低于 500 Hz',
  filtered: '设备低通偏低',
  'missing-lead': '缺导联',
  checksum: '文件校验和不符',
};

/** What must be known of a recording before its trace is trusted, each kind once with its leads; empty where nothing is. */
export function qualityText(marks: readonly QualityMark[]): string {
  return [...Map.groupBy(marks, (mark) => mark.kind)]
    .map(([kind, found]) => {
      const leads = [...new Set(found.flatMap((mark) => mark.lead ?? []))];
      return `${words[kind]}${leads.length > 0 ? ` ${leads.join(' ')}` : ''}`;
    })
    .join(' · ');
}
