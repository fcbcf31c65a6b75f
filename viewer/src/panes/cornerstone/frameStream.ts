import { aheadOfPerson } from '../../api/ahead.ts';
import { ByteQueue } from './byteQueue.ts';

/** Where a frame is: taken from its image id (`wadors:/dicom-web/studies/…/series/…/instances/…/frames/n`). */
export interface FramePlace {
  study: string;
  series: string;
  instance: string;
  frame: number;
}

/** How samples lie in bytes (PS3.3 §C.7.6.3). */
export interface SampleFormat {
  samplesPerPixel: number;
  bitsAllocated: number;
  bitsStored: number;
  pixelRepresentation: number;
  photometric: string;
  planarConfiguration: number;
}

/** Bytes of one frame as the hub sends them. */
export interface CodedFrame {
  bytes: Uint8Array;
  transferSyntax: string;
  /** Where the bytes are not what the header of the image says. */
  format?: Partial<SampleFormat>;
  /** They decode, but are not what was written. */
  damaged?: boolean;
}

const path = /^wadors:\/dicom-web\/studies\/([\d.]+)\/series\/([\d.]+)\/instances\/([\d.]+)\/frames\/(\d+)$/;

/** Null for ids that are not frames of this hub. */
export function placeOf(imageId: string): FramePlace | null {
  const [, study, series, instance, frame] = path.exec(imageId) ?? [];
  return study && series && instance ? { study, series, instance, frame: Number(frame) } : null;
}

export const imageIdAt = ({ study, series, instance, frame }: FramePlace): string =>
  `wadors:/dicom-web/studies/${study}/series/${series}/instances/${instance}/frames/${frame}`;

/** The hub answered, but not with images. `status` as HTTP says. */
export class FrameRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** How bytes are asked for: `ahead` of the person, which the audit is told. */
export interface ReadOptions {
  ahead: boolean;
  signal?: AbortSignal;
}

async function open(
  url: string,
  { ahead, signal }: ReadOptions,
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const response = await fetch(url, {
    credentials: 'same-origin',
    ...(signal && { signal }),
    ...(ahead && { headers: aheadOfPerson }),
  });
  if (!response.ok || !response.body) throw new FrameRefusal(response.status, `HTTP ${response.status}`);
  return response.body.getReader();
}

interface PreviewIndex {
  transferSyntax: string;
  decodeLevel: number;
  instances: { sopInstanceUid: string; frames: [offset: number, length: number][] }[];
}

/** Low-resolution prefix of a frame; `decodeLevel` 3 = 1/8 of the size. */
export interface PreviewFrame extends CodedFrame {
  decodeLevel: number;
}

/**
 * Reads the prefixes of all frames of a series in one answer and hands each over as it comes. Resolves with the number
 * of bytes; throws FrameRefusal (404 while nothing was derived) or the network's TypeError.
 */
export async function readPreview(
  place: Pick<FramePlace, 'study' | 'series'>,
  onFrame: (place: FramePlace, frame: PreviewFrame) => void,
  options: ReadOptions,
): Promise<number> {
  const reader = await open(`/api/imaging/series/${place.series}/preview`, options);
  const queue = new ByteQueue();
  let index: PreviewIndex | null = null;
  let indexLength: number | null = null;
  let waiting: { instance: string; frame: number; length: number }[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (value) {
      bytes += value.length;
      queue.push(value);
    }
    if (indexLength === null) {
      const head = queue.take(4);
      if (head) indexLength = new DataView(head.buffer).getUint32(0, true);
    }
    if (!index && indexLength !== null) {
      const json = queue.take(indexLength);
      if (json) {
        index = JSON.parse(new TextDecoder().decode(json)) as PreviewIndex;
        waiting = index.instances.flatMap(({ sopInstanceUid, frames }) =>
          frames.map(([, length], at) => ({ instance: sopInstanceUid, frame: at + 1, length })),
        );
      }
    }
    if (index) {
      let next = waiting[0];
      while (next) {
        const part = queue.take(next.length);
        if (!part) break;
        const { transferSyntax, decodeLevel } = index;
        onFrame(
          { study: place.study, series: place.series, instance: next.instance, frame: next.frame },
          { bytes: part, transferSyntax, decodeLevel },
        );
        waiting.shift();
        next = waiting[0];
      }
    }
    if (done) return bytes;
  }
}

interface FrameHeader {
  sopInstanceUid: string;
  frame: number;
  transferSyntax: string;
  from: number;
  length: number;
  format?: Partial<SampleFormat>;
  fault?: string;
  damaged?: boolean;
}

/** A frame that was asked for; `known` are its first bytes where the preview brought them. */
export interface AskedFrame extends FramePlace {
  known: Uint8Array | null;
}

/**
 * Reads frames of one series in one answer, in the asked order, and hands each over as it comes (`fault` instead where
 * the hub has no bytes). Throws FrameRefusal or the network's TypeError, also when the answer ends early.
 */
export async function readFrames(
  asked: readonly AskedFrame[],
  prefer: 'fast' | 'small',
  onFrame: (asked: AskedFrame, frame: CodedFrame | null, fault: string) => void,
  options: ReadOptions,
): Promise<number> {
  const [first] = asked;
  if (!first) return 0;
  const list = asked.map((each) => `${each.instance}/${each.frame}/${each.known?.length ?? 0}`).join(',');
  const reader = await open(
    `/api/imaging/studies/${first.study}/series/${first.series}/frames?prefer=${prefer}&f=${list}`,
    options,
  );
  const queue = new ByteQueue();
  const left = [...asked];
  let headerLength: number | null = null;
  let header: FrameHeader | null = null;
  let bytes = 0;
  // Read to its end, not only to the last frame: an answer that is broken off costs the connection.
  for (let done = false; !done;) {
    const next = await reader.read();
    done = next.done;
    if (next.value) {
      bytes += next.value.length;
      queue.push(next.value);
    }
    for (;;) {
      if (headerLength === null) {
        const head = queue.take(4);
        if (!head) break;
        headerLength = new DataView(head.buffer).getUint32(0, true);
      }
      if (!header) {
        const json = queue.take(headerLength);
        if (!json) break;
        header = JSON.parse(new TextDecoder().decode(json)) as FrameHeader;
      }
      const body = queue.take(header.length);
      if (!body) break;
      const to = left.shift();
      if (to) onFrame(to, header.fault ? null : joined(to, header, body), header.fault ?? '');
      header = null;
      headerLength = null;
    }
  }
  if (left.length > 0) throw new TypeError('the answer ended early');
  return bytes;
}

function joined({ known }: AskedFrame, header: FrameHeader, body: Uint8Array): CodedFrame {
  const { transferSyntax, format, damaged } = header;
  const how = { transferSyntax, ...(format && { format }), ...(damaged && { damaged }) };
  if (!known || header.from === 0) return { bytes: body, ...how };
  const bytes = new Uint8Array(known.length + body.length);
  bytes.set(known);
  bytes.set(body, known.length);
  return { bytes, ...how };
}
