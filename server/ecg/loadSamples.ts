import type { EcgRecording } from './formats/model.ts';
import { readStretch } from './formats/stretch.ts';
import { filesOf, pageFilesOf, type EcgContext } from './queries.ts';
import { decodeInThread } from './threads/inThread.ts';

/** Decoded recordings kept in memory, newest use last; bounded by samples, not by count. */
const cache = new Map<string, { recording: EcgRecording; samples: number }>();
const mostSamples = 60_000_000;

/** A stored recording decoded from its original bytes, in a thread; nothing derived is ever trusted in their place. */
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
  const recording = await decodeInThread(parts);
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
