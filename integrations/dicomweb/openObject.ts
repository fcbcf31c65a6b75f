import type { Context } from '../../server/core/context.ts';
import { openWaveform } from '../../server/ecg/openWaveform.ts';
import type { Arrival } from '../../server/imaging/arrival.ts';
import type { InstanceSink, StoreOutcome } from '../../server/imaging/sender.ts';
import { openInstance } from '../../server/imaging/storeInstance.ts';
import {
  DicomError,
  isEcgWaveform,
  peekSopClass,
  readHeader,
  tags,
} from '../../server/standards/dicom/index.ts';

/** Preamble, file meta group and the first elements; enough to know what comes. */
const HEAD_BYTES = 4_096;

/**
 * A sink for one file: its first kilobytes are held until they tell what it is, then ECG waveforms go to the ECG centre
 * and everything else to imaging, exactly as by C-STORE.
 */
export function openObject(ctx: Context, arrival: Arrival): InstanceSink {
  let head: Buffer[] = [];
  let held = 0;
  let sink: InstanceSink | undefined;
  let opening: Promise<void> | undefined;
  const open = async (): Promise<InstanceSink> => {
    const first = Buffer.concat(head);
    head = [];
    const opened = isEcgWaveform(peekSopClass(first))
      ? waveformSink(ctx, arrival)
      : await openInstance(ctx, arrival);
    if (first.length > 0) await opened.write(first);
    return opened;
  };
  return {
    write(bytes) {
      if (sink) return sink.write(bytes);
      if (opening) return opening.then(() => sink?.write(bytes));
      head.push(bytes);
      held += bytes.length;
      if (held < HEAD_BYTES) return undefined;
      opening = open().then((opened) => {
        sink = opened;
      });
      return opening;
    },
    async finish() {
      await opening;
      sink ??= await open();
      return sink.finish();
    },
    abort() {
      head = [];
      void Promise.resolve(opening).then(
        () => sink?.abort(),
        () => undefined, // nothing was opened: whoever wrote was told
      );
    },
  };
}

/** One waveform file; it is refused where the request named another study. */
function waveformSink(ctx: Context, arrival: Arrival): InstanceSink {
  const parts: Buffer[] = [];
  const waveform = openWaveform(ctx, {
    ...arrival.sender,
    source: arrival.sender.actor.kind === 'machine' ? 'api' : 'browser',
    orderId: arrival.orderId,
  });
  let kept = 0;
  return {
    write(bytes) {
      // identity stands in front of the waveform sequence (group 0008 to 0020)
      if (kept < 1024 * 1024) parts.push(Buffer.from(bytes));
      kept += bytes.length;
      waveform.write(bytes);
    },
    async finish(): Promise<StoreOutcome> {
      const names = namesOf(Buffer.concat(parts));
      if (arrival.study !== undefined && names.studyInstanceUid !== arrival.study)
        return { status: 'refused', comment: 'the object is of another study than the request', ...names };
      return {
        ...(await waveform.finish()),
        sopClassUid: names.sopClassUid,
        sopInstanceUid: names.sopInstanceUid,
      };
    },
    abort: () => waveform.abort(),
  };
}

function namesOf(bytes: Buffer): { sopClassUid: string; sopInstanceUid: string; studyInstanceUid: string } {
  try {
    const { dataSet } = readHeader(bytes, { complete: false });
    return {
      sopClassUid: dataSet.string(tags.sopClassUid) ?? '',
      sopInstanceUid: dataSet.string(tags.sopInstanceUid) ?? '',
      studyInstanceUid: dataSet.string(tags.studyInstanceUid) ?? '',
    };
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    return { sopClassUid: peekSopClass(bytes) ?? '', sopInstanceUid: '', studyInstanceUid: '' };
  }
}
