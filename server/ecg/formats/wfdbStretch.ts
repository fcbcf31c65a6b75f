import type { EcgRecording } from './model.ts';
import { startingAt, type PlacedFile } from './placedFile.ts';
import { baseName, readRecord, type NamedFile } from './wfdb.ts';
import { parseHeader } from './wfdbHeader.ts';
import { bitsPerSample } from './wfdbSignal.ts';

/** First differences need everything before them. */
const differences = 8;
/** Absent samples are known by two in a row: so much is read beyond either end. Even, as 212 packs two samples. */
const margin = 2;

/** The samples [from, to) of a WFDB record; undefined where its signal files do not allow it. */
export async function wfdbStretch(
  files: PlacedFile[],
  from: number,
  to: number,
): Promise<EcgRecording | undefined> {
  const headerFile = files.find((file) => file.name.toLowerCase().endsWith('.hea'));
  if (!headerFile) return undefined;
  const header = parseHeader(Buffer.from(await headerFile.read(0, headerFile.size)).toString('utf8'));
  const start = Math.max(0, from - (from % 2) - margin);
  const end = to + (to % 2) + margin;
  const parts: NamedFile[] = [];
  let frames = header.sampleCount || Infinity;
  const groups = [...Map.groupBy(header.signals, (signal) => signal.fileName)];
  const places = groups.map(([fileName, [first, ...others]]) => {
    const file = files.find((candidate) => baseName(candidate.name) === baseName(fileName));
    const bits = bitsPerSample[first?.format ?? differences];
    if (!file || !first || !bits || first.format === differences) return undefined;
    const bytesPerFrame = (bits / 8) * (others.length + 1);
    frames = Math.min(frames, Math.floor((file.size - first.byteOffset) / bytesPerFrame));
    return { file, offset: first.byteOffset, bytesPerFrame };
  });
  if (header.signals.some((signal) => signal.samplesPerFrame !== 1)) return undefined;
  const last = Math.min(frames, end);
  if (last <= start) return undefined;
  for (const place of places) {
    if (!place) return undefined;
    const { file, offset, bytesPerFrame } = place;
    const bytes = await file.read(
      offset + start * bytesPerFrame,
      Math.min(file.size, Math.ceil(offset + last * bytesPerFrame)),
    );
    parts.push({ name: file.name, bytes });
  }
  const signals = header.signals.map(({ checksum: _ofTheWhole, ...signal }) => ({
    ...signal,
    byteOffset: 0,
  }));
  return startingAt(readRecord({ ...header, sampleCount: last - start, signals }, parts), start);
}
