import type { Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { tooLarge } from '../core/errors.ts';
import { sopClasses, writeFileMeta } from '../standards/dicom/index.ts';
import { storeRecording } from './storeRecording.ts';

const waveforms = new Set<string>([
  sopClasses.twelveLeadEcg,
  sopClasses.generalEcg,
  sopClasses.ambulatoryEcg,
]);

/** ECG waveform objects go to the ECG centre, whoever sends them. */
export function isEcgWaveform(sopClassUid: string): boolean {
  return waveforms.has(sopClassUid);
}

export interface WaveformObject {
  sopClassUid: string;
  sopInstanceUid: string;
  transferSyntax: string;
}

export interface WaveformSender {
  actor: Actor;
  institutionId: string;
  deviceId: string;
  aeTitle: string;
}

export interface WaveformOutcome {
  status: 'stored' | 'duplicate' | 'quarantine';
  comment?: string;
}

const mostBytes = 300 * 1024 * 1024;

/**
 * Takes the data set of one waveform object slice by slice. `finish` answers when the bytes are durable behind a file
 * meta group and the recording is committed; throws a domain error when they cannot be.
 */
export function openWaveform(ctx: Context, sender: WaveformSender, object: WaveformObject) {
  let parts: Buffer[] = [];
  let size = 0;
  return {
    write(bytes: Buffer): void {
      size += bytes.byteLength;
      // the caller takes its memory back: a recording is small enough to copy
      if (size <= mostBytes) parts.push(Buffer.from(bytes));
      else parts = [];
    },
    async finish(): Promise<WaveformOutcome> {
      if (size > mostBytes) throw tooLarge('a recording is at most 300 MB');
      const bytes = Buffer.concat([writeFileMeta({ ...object, sourceAeTitle: sender.aeTitle }), ...parts]);
      const outcome = await storeRecording(ctx, sender.actor, {
        files: [{ name: `${object.sopInstanceUid}.dcm`, bytes }],
        source: 'dimse',
        institutionId: sender.institutionId,
        deviceId: sender.deviceId,
      });
      return outcome.kind === 'quarantine'
        ? { status: 'quarantine', comment: outcome.reason.slice(0, 64) }
        : { status: outcome.kind };
    },
    abort(): void {
      parts = [];
    },
  };
}
