import { createReadStream } from 'node:fs';
import type { Actor } from '../core/access/actor.ts';
import type { ImportOutcome } from '../core/center.ts';
import type { Context } from '../core/context.ts';
import { isEcgWaveform, peekSopClass } from '../standards/dicom/index.ts';
import { closeArrival, openArrival } from './arrival.ts';
import { openInstance } from './storeInstance.ts';

const OUTCOME: Record<string, ImportOutcome['outcome']> = {
  stored: 'stored',
  rendition: 'stored',
  duplicate: 'duplicate',
  conflict: 'quarantined',
  quarantine: 'quarantined',
  refused: 'refused',
};

/** `hub import` of a DICOM file: known by the letters DICM after the preamble; streamed in like any other object. */
export async function importDicomFile(
  ctx: Context,
  actor: Actor,
  file: { path: string; head: Buffer },
): Promise<ImportOutcome | undefined> {
  if (file.head.toString('latin1', 128, 132) !== 'DICM' || actor.institutionId === null) return undefined;
  if (isEcgWaveform(peekSopClass(file.head))) return undefined;
  const arrival = openArrival({ actor, institutionId: actor.institutionId, deviceId: null, aeTitle: null });
  const sink = await openInstance(ctx, arrival);
  for await (const chunk of createReadStream(file.path, { highWaterMark: 256 * 1024 }))
    await sink.write(chunk as Buffer);
  const stored = await sink.finish();
  await closeArrival(ctx, arrival);
  return {
    outcome: OUTCOME[stored.status] ?? 'refused',
    detail: stored.comment ?? stored.sopInstanceUid ?? '',
  };
}
