import { readRecording, readRecordingFiles } from './formats/index.ts';
import type { EcgRecording } from './formats/model.ts';
import { readStretch } from './formats/stretch.ts';
import { filesOf, pageFilesOf, type EcgContext } from './queries.ts';

/** Decoded recordings kept in memory, newest use last; bounded by samples, not by count. */
const cache = new Map<string, { recording: EcgRecording; samples: number }>();
const mostSamples = 60_000_000;

/** Decodes a stored recording from its original bytes; nothing derived is ever trusted in their place. */
export async function loadRecording(ctx: EcgContext, recordingId: string): Promise<EcgRecording> {
  const known = cache.get(recordingId);
  if (known) {
    cache.delete(recordingId);
    cache.set(recordingId, known);
    return known.recording;
  }
  const files = await filesOf(ctx.db, recordingId);
  const parts = await Promise.all(
    files.map(async (file) => ({ name: file.name ?? '', bytes: await ctx.objects.read(file.objectAddress) })),
  );
  const [only] = parts;
  const recording = only && parts.length === 1 ? readRecording(only.bytes) : readRecordingFiles(parts);
  const samples = recording.leads.reduce((sum, lead) => sum + lead.samples.length, 0);
  if (samples <= mostSamples) {
    cache.set(recordingId, { recording, samples });
    let total = [...cache.values()].reduce((sum, entry) => sum + entry.samples, 0);
    for (const [id, entry] of cache) {
      if (total <= mostSamples) break;
      cache.delete(id);
      total -= entry.samples;
    }
  }
  return recording;
}

/** Of a long recording a page is shown: where the format allows it, only the bytes of the page are read. */
const pageShare = 8;

/** The recording with at least the samples [from, to): the whole of it, or where that is long, that stretch alone. */
export async function loadStretch(
  ctx: EcgContext,
  recordingId: string,
  from: number,
  to: number,
  sampleCount: number,
): Promise<EcgRecording> {
  if (cache.has(recordingId) || (to - from) * pageShare > sampleCount) return loadRecording(ctx, recordingId);
  const files = await pageFilesOf(ctx.db, recordingId);
  const stretch = await readStretch(
    files.map((file) => ({
      name: file.name ?? '',
      size: Number(file.objectSize),
      read: (start, end) => ctx.objects.read(file.objectAddress, { start, end: end - 1 }),
    })),
    from,
    to,
  );
  return stretch ?? loadRecording(ctx, recordingId);
}

export interface SampleBlock {
  leads: string[];
  microvoltPerUnit: number[];
  /** Samples per lead in the block, after bucketing two per bucket (minimum, maximum). */
  count: number;
  /** int16 little-endian, lead after lead. */
  bytes: Buffer;
}

/**
 * A stretch of some leads as int16. Units are those of the recording; a lead whose values do not fit is scaled by a
 * power of two, and its unit says so. With `buckets` each stretch is given as minimum and maximum, for overviews.
 */
export function sampleBlock(
  recording: EcgRecording,
  wanted: string[],
  from: number,
  to: number,
  buckets?: number,
): SampleBlock {
  const leads = wanted.flatMap((name) => recording.leads.filter((lead) => lead.name === name));
  const span = Math.max(0, to - from);
  const folded = buckets !== undefined && span > buckets * 2;
  const count = folded ? buckets * 2 : span;
  const bytes = Buffer.alloc(leads.length * count * 2);
  const units = leads.map((lead, l) => {
    const value = (i: number): number => {
      const at = i - lead.startSample;
      return at >= 0 && at < lead.samples.length ? (lead.samples[at] as number) : 0;
    };
    let highest = 0;
    for (let i = from; i < to; i++) highest = Math.max(highest, Math.abs(value(i)));
    let scale = 1;
    while (highest / scale > 32767) scale *= 2;
    const write = (k: number, raw: number): void =>
      void bytes.writeInt16LE(Math.round(raw / scale), (l * count + k) * 2);
    if (!folded) for (let k = 0; k < count; k++) write(k, value(from + k));
    else
      for (let b = 0; b < buckets; b++) {
        const start = from + Math.floor((b * span) / buckets);
        const end = Math.max(start + 1, from + Math.floor(((b + 1) * span) / buckets));
        let low = Infinity;
        let high = -Infinity;
        for (let i = start; i < end; i++) {
          const v = value(i);
          if (v < low) low = v;
          if (v > high) high = v;
        }
        write(2 * b, low);
        write(2 * b + 1, high);
      }
    return lead.microvoltPerUnit * scale;
  });
  return { leads: leads.map((lead) => lead.name), microvoltPerUnit: units, count, bytes };
}
