import { microvolts } from '../formats/model.ts';
import type { EcgRecording } from '../formats/model.ts';
import { classifyBeats } from './beats.ts';
import { lowPass, quantile } from './filters.ts';
import { isFibrillation, raiseFlags } from './flags.ts';
import type { Flag } from './flags.ts';
import { measureIntervals, measureLeads } from './intervals.ts';
import { medianBeat } from './medianBeat.ts';
import { findPacerSpikes } from './pacer.ts';
import { judgeQuality, limbReversal } from './quality.ts';
import { detectRPeaks } from './rPeaks.ts';
import { rhythmFeatures } from './rhythm.ts';
import { defaultRules } from './rules.ts';
import type { FlagRule } from './rules.ts';
import type {
  Beat,
  LeadMeasurement,
  Measurements,
  MedianBeatResult,
  PacerSpike,
  QualityMark,
} from './types.ts';

/** Version of the method; stored with every result so that values can be traced to it. */
export const analysisVersion = 'hub-ecg-3';

export interface Analysis {
  version: string;
  beats: Beat[];
  medianBeat?: MedianBeatResult;
  measurements: Measurements;
  leads: LeadMeasurement[];
  quality: QualityMark[];
  spikes: PacerSpike[];
  flags: Flag[];
}

/** Independent leads first: the other four limb leads carry nothing new. */
const detectionOrder = ['II', 'V5', 'V2', 'I', 'V1', 'V3', 'V4', 'V6', 'MLII'];

interface Trace {
  name: string;
  microvolts: Float64Array;
}

/**
 * Measures a resting recording (up to some minutes): beats, median beat, intervals, axes, ST, variability,
 * quality and flags. Pure; a recording without usable leads gives empty results.
 */
export function analyse(recording: EcgRecording, rules: readonly FlagRule[] = defaultRules): Analysis {
  const rate = recording.samplingRateHz;
  const traces = usableTraces(recording);
  const empty: Analysis = {
    version: analysisVersion,
    beats: [],
    measurements: {},
    leads: [],
    quality: [],
    spikes: [],
    flags: [],
  };
  if (traces.length === 0 || !(rate >= 60)) return empty;
  const quality = judgeQuality(recording, traces);
  const off = new Set(quality.filter((mark) => mark.kind === 'lead-off').map((mark) => mark.lead));
  const live = traces.filter((trace) => !off.has(trace.name));
  if (live.length === 0) return { ...empty, quality };
  const detection = detectionLeads(live);
  const peaks = detectRPeaks(
    detection.map((trace) => trace.microvolts),
    rate,
  );
  const spikes = findPacerSpikes(
    detection.map((trace) => trace.microvolts),
    rate,
  );
  const beats = classifyBeats(
    detection.map((trace) => trace.microvolts),
    peaks,
    rate,
    spikes.map((spike) => spike.sample),
  );
  const rhythm = rhythmFeatures(live, beats, rate);
  const median = withoutFalseP(medianBeat(live, beats, rate), isFibrillation(beats, rhythm));
  const measurements = measureIntervals(beats, median);
  const leads = median ? measureLeads(median) : [];
  quality.push(...limbReversal(leads));
  const spread = prSpread(live, beats, median);
  const flags = raiseFlags(
    {
      measurements,
      leads,
      beats,
      rhythm,
      spikes,
      samplingRateHz: rate,
      durationMs: ((traces[0]?.microvolts.length ?? 0) / rate) * 1000,
      ...(recording.patient.sex ? { sex: recording.patient.sex } : {}),
      ...(spread === undefined ? {} : { prSpreadMs: spread }),
    },
    rules,
  );
  return {
    version: analysisVersion,
    beats,
    ...(median ? { medianBeat: median } : {}),
    measurements,
    leads,
    quality,
    spikes,
    flags,
  };
}

/** Where the atria fibrillate, a bump before the averaged QRS is no P wave. */
function withoutFalseP(
  beat: MedianBeatResult | undefined,
  fibrillation: boolean,
): MedianBeatResult | undefined {
  if (!beat || !fibrillation) return beat;
  const { qrsOnMs, qrsOffMs, rMs, tOffMs } = beat.fiducials;
  return { ...beat, fiducials: { qrsOnMs, qrsOffMs, rMs, ...(tOffMs !== undefined && { tOffMs }) } };
}

/** Leads that share the commonest length and start, in microvolts. */
export function usableTraces(recording: EcgRecording): Trace[] {
  const groups = Map.groupBy(recording.leads, (lead) => `${lead.startSample}/${lead.samples.length}`);
  const largest = [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  const traces = largest.map((lead) => ({ name: lead.name, microvolts: microvolts(lead) }));
  const end = endOfSignal(traces, recording.samplingRateHz);
  return traces.map((trace) => ({ ...trace, microvolts: trace.microvolts.subarray(0, end) }));
}

/** Some devices append a calibration pulse: the same values in every lead. It is shown, but not measured. */
function endOfSignal(traces: Trace[], rateHz: number): number {
  const [first, ...others] = traces;
  if (!first || others.length < 2) return first?.microvolts.length ?? 0;
  let end = first.microvolts.length;
  while (end > 0 && others.every((other) => other.microvolts[end - 1] === first.microvolts[end - 1])) end--;
  return first.microvolts.length - end > rateHz * 0.05 ? end : first.microvolts.length;
}

export function detectionLeads<T extends { name: string }>(traces: T[]): T[] {
  const chosen = detectionOrder.flatMap((name) => traces.filter((trace) => trace.name === name));
  return chosen.length > 0 ? chosen : traces.slice(0, 8);
}

/** Place of the P wave before single beats: wide spread with a steady ventricle means the atria go their own way. */
function prSpread(traces: Trace[], beats: Beat[], median: MedianBeatResult | undefined): number | undefined {
  const trace = traces.find((entry) => entry.name === 'II') ?? traces[0];
  if (!trace || !median || beats.length < 5) return undefined;
  const rate = median.samplingRateHz;
  const smooth = lowPass(trace.microvolts, 15, rate);
  const places = beats.slice(1).flatMap((beat) => {
    const from = beat.sample - Math.round(0.34 * rate);
    const to = beat.sample - Math.round(0.07 * rate);
    if (from < 0) return [];
    let best = from;
    for (let i = from; i < to; i++) if ((smooth[i] as number) > (smooth[best] as number)) best = i;
    const height = (smooth[best] as number) - quantile(smooth.subarray(from, to), 0.2);
    return height > 40 ? [((beat.sample - best) / rate) * 1000] : [];
  });
  return places.length >= 4 ? quantile(places, 0.85) - quantile(places, 0.15) : undefined;
}
