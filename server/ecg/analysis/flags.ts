import type { AtrialFeatures, RhythmFeatures } from './rhythm.ts';
import type { FlagRule, FlagTier } from './rules.ts';
import { patternFlags } from './patternFlags.ts';
import type { Beat, LeadMeasurement, Measurements, PacerSpike } from './types.ts';

export interface Flag {
  rule: string;
  tier: FlagTier;
  lead?: string;
  /** Where in the recording, ms from its start. */
  atMs?: number;
  values: Record<string, number>;
  /** Set when a short strip cannot prove what the rule asks for: the reader is asked. */
  ask?: 'duration-not-proven' | 'no-earlier-recording';
}

export interface FlagInput {
  measurements: Measurements;
  leads: LeadMeasurement[];
  beats: Beat[];
  rhythm: RhythmFeatures;
  spikes: PacerSpike[];
  samplingRateHz: number;
  durationMs: number;
  sex?: 'M' | 'F' | 'O' | 'U';
  /** Spread of the PR interval over single beats, where P waves are found. */
  prSpreadMs?: number;
}

/** Applies the enabled rules; order is the order of the rules. */
export function raiseFlags(input: FlagInput, rules: readonly FlagRule[]): Flag[] {
  const flags: Flag[] = [];
  for (const rule of rules) {
    if (!rule.enabled) continue;
    const found = rhythmFlag(rule, input) ?? patternFlags(rule, input);
    for (const flag of Array.isArray(found) ? found : [found])
      if (flag) flags.push({ rule: rule.code, tier: rule.tier, ...flag });
  }
  return flags;
}

type Found = Omit<Flag, 'rule' | 'tier'>;

function rhythmFlag(rule: FlagRule, input: FlagInput): Found | undefined {
  const { measurements: m, beats, rhythm, samplingRateHz } = input;
  const limit = (name: string): number => rule.limits[name] ?? Number.NaN;
  const at = (sample: number): number => Math.round((sample / samplingRateHz) * 1000);
  const rate = m.heartRateBpm ?? 0;
  switch (rule.code) {
    case 'long-rr': {
      const longest = beats.reduce<Beat | undefined>(
        (best, beat) => (beat.rrMs > (best?.rrMs ?? 0) ? beat : best),
        undefined,
      );
      return longest && longest.rrMs >= limit('rrMs')
        ? { atMs: at(longest.sample) - Math.round(longest.rrMs), values: { rrMs: Math.round(longest.rrMs) } }
        : undefined;
    }
    case 'slow-rate':
      return beats.length > 2 && rate > 0 && rate <= limit('bpm')
        ? { values: { heartRateBpm: rate } }
        : undefined;
    case 'av-dissociation':
      return rate > 0 &&
        rate <= limit('bpm') &&
        rhythm.regularShare > 0.9 &&
        (input.prSpreadMs ?? 0) > limit('prSpreadMs')
        ? {
            values: { heartRateBpm: rate, prSpreadMs: Math.round(input.prSpreadMs ?? 0) },
            ask: 'no-earlier-recording',
          }
        : undefined;
    case 'qtc-r-on-t': {
      const early = beats.find(
        (beat) => beat.kind === 'ventricular' && beat.rrMs > 0 && beat.rrMs < (m.qtMs ?? 0),
      );
      return early && (m.qtcMs ?? 0) >= limit('qtcMs')
        ? { atMs: at(early.sample), values: { qtcMs: m.qtcMs ?? 0, couplingMs: Math.round(early.rrMs) } }
        : undefined;
    }
    case 'ventricular-tachycardia': {
      const run = rhythm.ventricularRun;
      if (run.beats >= limit('beats') && run.rateBpm >= limit('bpm'))
        return { atMs: at(run.sample), values: { beats: run.beats, rateBpm: run.rateBpm } };
      return rate >= limit('bpm') && (m.qrsMs ?? 0) >= limit('wideQrsMs')
        ? { values: { heartRateBpm: rate, qrsMs: m.qrsMs ?? 0 }, ask: 'duration-not-proven' }
        : undefined;
    }
    case 'ventricular-fibrillation':
      return rhythm.sineShare >= limit('sineShare')
        ? { values: { sineShare: Number(rhythm.sineShare.toFixed(2)) }, ask: 'duration-not-proven' }
        : undefined;
    case 'fast-rate':
      return rate >= limit('bpm') ? { values: { heartRateBpm: rate } } : undefined;
    case 'pre-excited-af':
      return rhythm.irregularity > 0.08 &&
        (m.rrMinimumMs ?? 999) <= limit('shortestRrMs') &&
        (m.qrsMs ?? 0) >= limit('qrsMs') &&
        rate > 120
        ? { values: { shortestRrMs: m.rrMinimumMs ?? 0, qrsMs: m.qrsMs ?? 0 } }
        : undefined;
    case 'atrial-fibrillation':
      return isFibrillation(beats, rhythm, limit('irregularity'), limit('pConsistency'))
        ? {
            values: {
              irregularity: Number(rhythm.irregularity.toFixed(3)),
              pConsistency: Number(rhythm.pConsistency.toFixed(2)),
            },
          }
        : undefined;
    case 'bradycardia':
      return rate > 0 && rate < limit('bpm') ? { values: { heartRateBpm: rate } } : undefined;
    case 'tachycardia':
      return rate > limit('bpm') ? { values: { heartRateBpm: rate } } : undefined;
    case 'ventricular-ectopy':
    case 'supraventricular-ectopy': {
      const kind = rule.code === 'ventricular-ectopy' ? 'ventricular' : 'supraventricular';
      const ectopic = beats.filter((beat) => beat.kind === kind);
      return ectopic.length >= limit('count') && ectopic[0]
        ? { atMs: at(ectopic[0].sample), values: { count: ectopic.length } }
        : undefined;
    }
    case 'paced':
      return input.spikes.length >= limit('spikes') && input.spikes[0]
        ? { atMs: at(input.spikes[0].sample), values: { spikes: input.spikes.length } }
        : undefined;
    default:
      return undefined;
  }
}

/** Fibrillating windows of 30 s stay below 0.4, windows with P waves above 0.75 (cpsc2021). */
const distantPLimit = 0.6;

/** Fast fibrillation has less uneven intervals: where no wave at all stands before the beats, less suffices. */
const weaker = 0.75;
const noWave = 0.55;
/** The least irregularity that can be fibrillation, of the rule's limit. */
export const leastIrregularity = (limit: number): number => limit * weaker;

/** Irregular beats without a constant wave before them. Limits as in the rule. */
export function isFibrillation(
  beats: Beat[],
  rhythm: AtrialFeatures,
  irregularity = 0.08,
  pConsistency = 0.72,
): boolean {
  if (beats.length < 6 || rhythm.regularShare >= 0.75) return false;
  // a wave that keeps its distance to the next QRS is a P wave, however long the PR interval is
  if (rhythm.distantPConsistency > distantPLimit) return false;
  // the more irregular the beats, the less the stretch before them has to look alike
  const slack = Math.min(0.12, (rhythm.irregularity - irregularity) * 0.8);
  return (
    (rhythm.irregularity > irregularity && rhythm.pConsistency < pConsistency + slack) ||
    (rhythm.irregularity > leastIrregularity(irregularity) && rhythm.pConsistency < noWave)
  );
}
