import * as edf from './edf.ts';
import { headerSize, parseHeader, recordCountField } from './edfHeader.ts';
import type { EcgRecording } from './model.ts';
import { startingAt, type PlacedFile } from './placedFile.ts';

/** The records of an EDF file that hold the samples [from, to) behind its header, read as a file of their own. */
export async function edfStretch(
  file: PlacedFile,
  from: number,
  to: number,
): Promise<EcgRecording | undefined> {
  const header = await file.read(0, Math.min(file.size, headerSize(await file.read(0, 256))));
  const { headerBytes, perRecord, records, signals } = parseHeader(header);
  const bytesPerRecord = perRecord * 2;
  const found = Math.floor((file.size - headerBytes) / bytesPerRecord);
  const all = records < 0 ? found : records;
  const samplesPerRecord = edf.chooseSignals(signals, [])[0]?.samplesPerRecord ?? 0;
  if (all > found || samplesPerRecord === 0) return undefined;
  const first = Math.floor(from / samplesPerRecord);
  const last = Math.min(all, Math.ceil(to / samplesPerRecord));
  if (last <= first) return undefined;
  const page = await file.read(headerBytes + first * bytesPerRecord, headerBytes + last * bytesPerRecord);
  const bytes = Buffer.concat([header, page]);
  bytes.write(String(last - first).padEnd(recordCountField.size, ' '), recordCountField.at, 'latin1');
  return startingAt(edf.read(bytes), first * samplesPerRecord);
}
