import type { EcgLead, EcgRecording } from './formats/model.ts';

export interface SampleBlock {
  leads: string[];
  microvoltPerUnit: number[];
  /** Samples per lead in the block, after bucketing two per bucket (minimum, maximum). */
  count: number;
  /** int16 little-endian, lead after lead. */
  bytes: Buffer;
  /** By lead: samples of the recording that the device marked as absent. They are zero and carry no information. */
  missing: [from: number, to: number][][];
}

/** So many places are told for a lead: a header has an end. */
const mostMissing = 50;

/** Samples that are looked at in one go: others wait no longer than that takes. */
const mostAtOnce = 500_000;

/**
 * A stretch of some leads as int16. Units are those of the recording; a lead whose values do not fit is scaled by a
 * power of two, and its unit says so. With `buckets` each stretch is given as minimum and maximum, for overviews.
 */
export async function sampleBlock(
  recording: EcgRecording,
  wanted: string[],
  from: number,
  to: number,
  buckets?: number,
): Promise<SampleBlock> {
  const leads = wanted.flatMap((name) => recording.leads.filter((lead) => lead.name === name));
  const span = Math.max(0, to - from);
  const folded = buckets !== undefined && span > buckets * 2;
  const count = folded ? buckets * 2 : span;
  const bytes = Buffer.alloc(leads.length * count * 2);
  const units: number[] = [];
  for (const [position, lead] of leads.entries()) {
    const values = folded ? await fold(lead, from, to, buckets) : stretchOf(lead, from, to);
    let scale = 1;
    await inSlices(count, (start, end) => {
      for (let k = start; k < end; k++) while (Math.abs(values[k] as number) / scale > 32767) scale *= 2;
    });
    await inSlices(count, (start, end) => {
      for (let k = start; k < end; k++)
        bytes.writeInt16LE(Math.round((values[k] as number) / scale), (position * count + k) * 2);
    });
    units.push(lead.microvoltPerUnit * scale);
  }
  return {
    leads: leads.map((lead) => lead.name),
    microvoltPerUnit: units,
    count,
    bytes,
    missing: leads.map((lead) => missingIn(lead, from, to)),
  };
}

/** What is missing of a lead within [from, to). */
export function missingIn(lead: EcgLead, from: number, to: number): [from: number, to: number][] {
  return (lead.missing ?? [])
    .filter(([start, end]) => end > from && start < to)
    .slice(0, mostMissing)
    .map(([start, end]) => [Math.max(start, from), Math.min(end, to)]);
}

async function inSlices(count: number, look: (start: number, end: number) => void): Promise<void> {
  for (let start = 0; start < count; start += mostAtOnce) {
    look(start, Math.min(count, start + mostAtOnce));
    await pause();
  }
}

const pause = (): Promise<void> => new Promise(setImmediate);

/** Samples [from, to) of a lead, zero where it has none. */
function stretchOf(lead: EcgLead, from: number, to: number): Float64Array {
  const values = new Float64Array(to - from);
  const first = Math.max(0, from - lead.startSample);
  const samples = lead.samples.subarray(first, Math.max(first, to - lead.startSample));
  if (samples.length > 0) values.set(samples, first + lead.startSample - from);
  return values;
}

/** Minimum and maximum of each of so many parts of a stretch. */
async function fold(lead: EcgLead, from: number, to: number, buckets: number): Promise<Float64Array> {
  const values = new Float64Array(buckets * 2);
  let seen = 0;
  for (let b = 0; b < buckets; b++) {
    const start = from + Math.floor((b * (to - from)) / buckets);
    const end = Math.max(start + 1, from + Math.floor(((b + 1) * (to - from)) / buckets));
    let low = Infinity;
    let high = -Infinity;
    for (let i = start; i < end; i++) {
      const value = lead.samples[i - lead.startSample] ?? 0;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    values[2 * b] = low;
    values[2 * b + 1] = high;
    seen += end - start;
    if (seen < mostAtOnce) continue;
    seen = 0;
    await pause();
  }
  return values;
}
