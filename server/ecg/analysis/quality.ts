import type { EcgLead, EcgRecording } from '../formats/model.ts';
import { standardLeads } from '../formats/leadNames.ts';
import { highPass, lowPass, movingAverage, quantile } from './filters.ts';
import type { LeadMeasurement, QualityMark } from './types.ts';

/** Marks that a person must see before trusting the trace. Nothing is repaired. */
export function judgeQuality(
  recording: EcgRecording,
  traces: { name: string; microvolts: Float64Array }[],
): QualityMark[] {
  const marks: QualityMark[] = [];
  const rate = recording.samplingRateHz;
  for (const { name, microvolts } of traces) {
    const lead = recording.leads.find((entry) => entry.name === name);
    marks.push(...leadMarks(name, microvolts, rate, lead));
  }
  if (rate < 500) marks.push({ kind: 'low-rate', value: rate });
  if ((recording.filters.lowPassHz ?? 150) < 100)
    marks.push({ kind: 'filtered', value: recording.filters.lowPassHz ?? 0 });
  if (recording.notes.some((note) => note.code === 'checksum-mismatch')) marks.push({ kind: 'checksum' });
  const present = new Set(recording.leads.map((lead) => lead.name));
  if (recording.leads.length >= 6)
    for (const name of standardLeads)
      if (!present.has(name)) marks.push({ kind: 'missing-lead', lead: name });
  return marks;
}

function leadMarks(name: string, x: Float64Array, rate: number, lead: EcgLead | undefined): QualityMark[] {
  const marks: QualityMark[] = [];
  const missing =
    (lead?.missing ?? []).reduce((sum, [from, to]) => sum + to - from, 0) / Math.max(1, x.length);
  const flat = longestFlat(x, rate);
  if (missing > 0.1 || flat > Math.min(1.5 * rate, x.length * 0.5))
    return [{ kind: 'lead-off', lead: name, value: Math.max(missing, flat / x.length) }];
  const clipped = clippedShare(x);
  if (clipped > 0.002) marks.push({ kind: 'saturation', lead: name, value: clipped });
  const fast = highPass(x, Math.min(40, rate * 0.3), rate);
  const noise = quantile(movingAverage(fast.map(Math.abs), rate * 0.2), 0.5);
  const range = quantile(x, 0.995) - quantile(x, 0.005);
  if (noise > 30 || (noise > 12 && noise > range * 0.05))
    marks.push({ kind: 'noise', lead: name, value: Math.round(noise) });
  const slow = lowPass(x, 0.7, rate);
  const wander = quantile(slow, 0.98) - quantile(slow, 0.02);
  if (wander > 600) marks.push({ kind: 'baseline-wander', lead: name, value: Math.round(wander) });
  return marks;
}

/** Longest run that stays within one microvolt (a cable off) in samples. */
function longestFlat(x: Float64Array, rate: number): number {
  let longest = 0;
  let start = 0;
  for (let i = 1; i <= x.length; i++) {
    if (i < x.length && Math.abs((x[i] as number) - (x[start] as number)) < 2) continue;
    longest = Math.max(longest, i - start);
    start = i;
  }
  return longest > rate * 0.3 ? longest : 0;
}

/**
 * Share of samples that sit in runs exactly at the highest or lowest value. On a small signal coarse steps make short runs
 * of their own: there four in a row count, and only where it happens again and again.
 */
function clippedShare(x: Float64Array): number {
  let high = -Infinity;
  let low = Infinity;
  for (const value of x) {
    if (value > high) high = value;
    if (value < low) low = value;
  }
  if (high - low < 600) return 0;
  const [leastRun, leastRuns] = high - low < 1500 ? [4, 4] : [2, 1];
  let clipped = 0;
  let runs = 0;
  for (let start = 0, i = 1; i <= x.length; i++) {
    if (i < x.length && x[i] === x[start]) continue;
    const length = i - start;
    if (length >= leastRun && (x[start] === high || x[start] === low)) {
      clipped += length - 1;
      runs++;
    }
    start = i;
  }
  return clipped >= 4 && runs >= leastRuns ? clipped / x.length : 0;
}

/** Arm electrodes exchanged: lead I upside down, aVR upright, while V6 is as usual. Suspected, never corrected. */
export function limbReversal(leads: LeadMeasurement[]): QualityMark[] {
  const of = (name: string): LeadMeasurement | undefined => leads.find((lead) => lead.name === name);
  const [one, right, six] = [of('I'), of('aVR'), of('V6')];
  if (!one || !right || !six) return [];
  const net = (lead: LeadMeasurement): number => lead.rMicrovolt + lead.sMicrovolt + lead.qMicrovolt;
  const upsideDown = net(one) < -150 && (one.pMicrovolt ?? 0) < -25 && (one.tMicrovolt ?? 0) < 0;
  return upsideDown && net(right) > 0 && net(six) > 0
    ? [{ kind: 'limb-reversal', lead: 'I', value: net(one) }]
    : [];
}
