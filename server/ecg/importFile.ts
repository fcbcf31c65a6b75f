import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Actor } from '../core/access/actor.ts';
import type { ImportOutcome } from '../core/center.ts';
import type { Context } from '../core/context.ts';
import { isEcgWaveform, peekSopClass } from '../standards/dicom/index.ts';
import { detectFormat } from './formats/index.ts';
import * as picture from './formats/picture.ts';
import { storeRecording } from './storeRecording.ts';

const MAX_BYTES = 256 * 1024 * 1024;
/** A picture alone says nothing; of DICOM only the ECG waveforms are this centre's. */
const isTaken = (name: string, head: Buffer): boolean =>
  name === 'dicom' ? isEcgWaveform(peekSopClass(head)) : name !== picture.name;

/** `hub import` of a recording in one file, known by its content. */
export async function importRecordingFile(
  ctx: Context,
  actor: Actor,
  file: { path: string; head: Buffer },
): Promise<ImportOutcome | undefined> {
  const format = detectFormat(file.head);
  if (!format || !isTaken(format.name, file.head) || actor.institutionId === null) return undefined;
  if ((await stat(file.path)).size > MAX_BYTES)
    return { outcome: 'refused', detail: 'a recording is at most 256 MB' };
  const stored = await storeRecording(ctx, actor, {
    files: [{ name: path.basename(file.path), bytes: await readFile(file.path) }],
    source: 'folder',
    institutionId: actor.institutionId,
  });
  return stored.kind === 'quarantine'
    ? { outcome: 'quarantined', detail: stored.reason }
    : { outcome: stored.kind, detail: stored.id };
}
