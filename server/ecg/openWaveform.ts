import type { Actor } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import { tooLarge } from '../core/errors.ts';
import { gather } from '../core/threads/gather.ts';
import { writeFileMeta } from '../standards/dicom/index.ts';
import { storeRecording, type RecordingInput } from './storeRecording.ts';

/** C-STORE names the object beside a bare data set; a file names itself. */
export interface WaveformObject {
  sopClassUid: string;
  sopInstanceUid: string;
  transferSyntax: string;
}

export interface WaveformSender {
  actor: Actor;
  institutionId: string;
  deviceId: string | null;
  aeTitle: string | null;
  source: RecordingInput['source'];
  /** The order that a person uploads for. */
  orderId?: string | undefined;
}

export interface WaveformOutcome {
  status: 'stored' | 'duplicate' | 'quarantine';
  comment?: string;
}

const mostBytes = 300 * 1024 * 1024;

/**
 * Takes one waveform object slice by slice: a bare data set with `object`, a whole file without. `finish` answers when
 * the bytes are durable (a data set behind a file meta group) and the recording is committed; throws a domain error
 * when they cannot be.
 */
export function openWaveform(ctx: Context, sender: WaveformSender, object?: WaveformObject) {
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
      if (size > mostBytes) throw tooLarge('a recording is at most 300 MB', '300 MB');
      const meta = object
        ? [writeFileMeta({ ...object, ...(sender.aeTitle && { sourceAeTitle: sender.aeTitle }) })]
        : [];
      const outcome = await storeRecording(ctx, sender.actor, {
        files: [
          { name: object ? `${object.sopInstanceUid}.dcm` : '', bytes: await gather([...meta, ...parts]) },
        ],
        source: sender.source,
        institutionId: sender.institutionId,
        ...(sender.deviceId && { deviceId: sender.deviceId }),
        ...(sender.orderId && { orderId: sender.orderId }),
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
