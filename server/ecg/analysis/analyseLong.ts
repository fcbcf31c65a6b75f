import { microvolts, recordingLength } from '../formats/model.ts';
import type { EcgLead, EcgRecording } from '../formats/model.ts';
import { analyse, analysisVersion, detectionLeads } from './analyse.ts';
import type { Analysis } from './analyse.ts';
import { classifyBeats } from './beats.ts';
import { fibrillationEpisodes, type Episode } from './fibrillationEpisodes.ts';
import { raiseFlags } from './flags.ts';
import { measureIntervals } from './intervals.ts';
import { detectRPeaks } from './rPeaks.ts';
import { atrialTraces, rhythmFeatures } from './rhythm.ts';
import { defaultRules } from './rules.ts';
import type { FlagRule } from './rules.ts';
import type { Beat } from './types.ts';

export interface StripEvent {
  kind:
    'fibrillation' | 'pause' | 'ventricular-run' | 'fast' | 'slow' | 'irregular' | 'ventricular' | 'noise';
  atMs: number;
  /** Length of the event; 0 for a single beat. */
  lengthMs: number;
  value: number;
}

export interface LongStrip {
  /** One entry per minute: mean, lowest and highest rate over 5 beats, beats, ventricular beats. */
  trend: {
    minute: number;
    meanBpm: number;
    lowBpm: number;
    highBpm: number;
    beats: number;
    ventricular: number;
    supraventricular: number;
    irregularity: number;
  }[];
  events: StripEvent[];
  totals: {
    beats: number;
    ventricular: number;
    supraventricular: number;
    pauses: number;
    longestRrMs: number;
    /** Suspected fibrillation: episodes and their share of the whole time. */
    fibrillationEpisodes: number;
    fibrillationPercent: number;
  };
}

export interface LongAnalysis {
  analysis: Analysis;
  strip: LongStrip;
}

const blockSeconds = 300;
const overlapSeconds = 6;
const mostEvents = 2000;

/**
 * Measures a recording of minutes to days in blocks, so that memory stays that of one block: beats over the whole
 * time, rate trend by minute, events; intervals come from the first quiet block.
 */
export function analyseLong(
  recording: EcgRecording,
  rules: readonly FlagRule[] = defaultRules,
): LongAnalysis {
  const rate = recording.samplingRateHz;
  const length = recordingLength(recording);
  const used = detectionLeads(recording.leads).slice(0, 3);
  const step = Math.round(blockSeconds * rate);
  const overlap = Math.round(overlapSeconds * rate);
  const beats: Beat[] = [];
  for (let start = 0; start < length; start += step) {
    const from = Math.max(0, start - overlap);
    const to = Math.min(length, start + step + overlap);
    const leads = used.map((lead) => part(lead, from, to));
    const found = classifyBeats(leads, detectRPeaks(leads, rate), rate);
    for (const beat of found) {
      const sample = beat.sample + from;
      if (sample < start || sample >= start + step) continue;
      const last = beats.at(-1);
      beats.push({ ...beat, sample, rrMs: last ? ((sample - last.sample) / rate) * 1000 : 0 });
    }
  }
  const first = analyse(excerpt(recording, 0, Math.min(length, Math.round(60 * rate))), rules);
  const rule = rules.find((entry) => entry.code === 'atrial-fibrillation' && entry.enabled);
  const traces = (from: number, to: number): { name: string; microvolts: Float64Array }[] =>
    used.map((lead) => ({ name: lead.name, microvolts: part(lead, from, to) }));
  const episodes = rule ? fibrillationEpisodes(beats, rate, length, rule, traces) : [];
  const strip = describeStrip(beats, rate, length, episodes);
  const measurements = { ...first.measurements, ...measureIntervals(beats, undefined) };
  const flags = raiseFlags(
    {
      measurements,
      leads: first.leads,
      beats,
      spikes: first.spikes,
      samplingRateHz: rate,
      durationMs: (length / rate) * 1000,
      rhythm: {
        ...rhythmFeatures(
          traces(0, Math.min(length, Math.round(60 * rate))),
          beats.filter((beat) => beat.sample < 60 * rate),
          rate,
        ),
        ...wholeRhythm(beats),
      },
    },
    rules.filter((rule) => rule.code !== 'atrial-fibrillation'),
  );
  const [episode] = episodes;
  if (rule && episode)
    flags.push({
      rule: rule.code,
      tier: rule.tier,
      lead: atrialTraces(used)
        .map((lead) => lead.name)
        .join('/'),
      atMs: toMs(episode.from, rate),
      values: {
        episodes: episodes.length,
        longestSeconds: Math.max(...episodes.map(({ from, to }) => Math.round((to - from) / rate))),
        burdenPercent: strip.totals.fibrillationPercent,
      },
    });
  return { analysis: { ...first, version: analysisVersion, beats, measurements, flags }, strip };
}

const toMs = (samples: number, rateHz: number): number => Math.round((samples / rateHz) * 1000);

function part(lead: EcgLead, from: number, to: number): Float64Array {
  return microvolts({
    ...lead,
    samples: lead.samples.subarray(Math.max(0, from - lead.startSample), Math.max(0, to - lead.startSample)),
  });
}

function excerpt(recording: EcgRecording, from: number, to: number): EcgRecording {
  return {
    ...recording,
    leads: recording.leads.map((lead) => ({ ...lead, samples: lead.samples.subarray(from, to) })),
  };
}

function wholeRhythm(beats: Beat[]) {
  let best = { beats: 0, rateBpm: 0, sample: 0 };
  for (let i = 0; i < beats.length; i++) {
    if (beats[i]?.kind !== 'ventricular') continue;
    const from = i;
    while (i + 1 < beats.length && beats[i + 1]?.kind === 'ventricular') i++;
    const intervals = beats.slice(from + 1, i + 1).map((beat) => beat.rrMs);
    const sum = intervals.reduce((a, b) => a + b, 0);
    if (i - from + 1 > best.beats)
      best = {
        beats: i - from + 1,
        rateBpm: sum > 0 ? Math.round((60000 * intervals.length) / sum) : 0,
        sample: beats[from]?.sample ?? 0,
      };
  }
  return { ventricularRun: best };
}

function describeStrip(beats: Beat[], rateHz: number, length: number, episodes: Episode[]): LongStrip {
  const at = (beat: Beat): number => toMs(beat.sample, rateHz);
  const events: StripEvent[] = [];
  const singles: StripEvent[] = [];
  const add = (event: StripEvent): void => {
    // single beats come by the thousand: they must not push the rare events off the list
    const list = event.kind === 'ventricular' ? singles : events;
    if (list.length < mostEvents) list.push(event);
  };
  let fibrillating = 0;
  for (const { from, to } of episodes) {
    fibrillating += to - from;
    add({
      kind: 'fibrillation',
      atMs: toMs(from, rateHz),
      lengthMs: toMs(to - from, rateHz),
      value: Math.round((to - from) / rateHz),
    });
  }
  let longest = 0;
  let pauses = 0;
  for (const beat of beats) {
    longest = Math.max(longest, beat.rrMs);
    if (beat.rrMs >= 2000) {
      pauses++;
      add({
        kind: 'pause',
        atMs: at(beat) - Math.round(beat.rrMs),
        lengthMs: Math.round(beat.rrMs),
        value: Math.round(beat.rrMs),
      });
    }
  }
  for (let i = 0; i < beats.length; i++) {
    if (beats[i]?.kind !== 'ventricular') continue;
    const from = i;
    while (beats[i + 1]?.kind === 'ventricular') i++;
    const count = i - from + 1;
    const start = at(beats[from] as Beat);
    add({
      kind: count >= 3 ? 'ventricular-run' : 'ventricular',
      atMs: start,
      lengthMs: at(beats[i] as Beat) - start,
      value: count,
    });
  }
  const trend = minutes(beats, rateHz);
  for (const minute of trend) {
    if (minute.beats < 10) continue;
    if (minute.highBpm >= 150)
      add({ kind: 'fast', atMs: minute.minute * 60_000, lengthMs: 60_000, value: minute.highBpm });
    if (minute.lowBpm <= 40)
      add({ kind: 'slow', atMs: minute.minute * 60_000, lengthMs: 60_000, value: minute.lowBpm });
    if (minute.irregularity > 0.12)
      add({ kind: 'irregular', atMs: minute.minute * 60_000, lengthMs: 60_000, value: minute.irregularity });
  }
  events.push(...singles.slice(0, mostEvents - events.length));
  events.sort((a, b) => a.atMs - b.atMs);
  const count = (kind: Beat['kind']): number => beats.filter((beat) => beat.kind === kind).length;
  return {
    trend,
    events,
    totals: {
      beats: beats.length,
      ventricular: count('ventricular'),
      supraventricular: count('supraventricular'),
      pauses,
      longestRrMs: Math.round(longest),
      fibrillationEpisodes: episodes.length,
      fibrillationPercent: percent(fibrillating / Math.max(1, length)),
    },
  };
}

/** A share in percent; small ones keep a second digit. */
const percent = (share: number): number => Number((share * 100).toFixed(share < 0.1 ? 2 : 1));

function minutes(beats: Beat[], rateHz: number): LongStrip['trend'] {
  const byMinute = Map.groupBy(beats, (beat) => Math.floor(beat.sample / rateHz / 60));
  return [...byMinute].map(([minute, list]) => {
    const intervals = list.map((beat) => beat.rrMs).filter((rr) => rr > 200 && rr < 4000);
    const mean = intervals.reduce((a, b) => a + b, 0) / Math.max(1, intervals.length);
    let low = Infinity;
    let high = 0;
    for (let i = 0; i + 5 <= intervals.length; i++) {
      const five = (intervals.slice(i, i + 5).reduce((a, b) => a + b, 0) / 5) as number;
      low = Math.min(low, 60000 / five);
      high = Math.max(high, 60000 / five);
    }
    const steps = intervals
      .slice(1)
      .map((value, i) => Math.abs(value - (intervals[i] as number)))
      .sort((a, b) => a - b);
    return {
      minute,
      meanBpm: mean > 0 ? Math.round(60000 / mean) : 0,
      lowBpm: Number.isFinite(low) ? Math.round(low) : 0,
      highBpm: Math.round(high),
      beats: list.length,
      ventricular: list.filter((beat) => beat.kind === 'ventricular').length,
      supraventricular: list.filter((beat) => beat.kind === 'supraventricular').length,
      irregularity: mean > 0 ? Number(((steps[steps.length >> 1] ?? 0) / mean).toFixed(3)) : 0,
    };
  });
}
