import {
  FrameRefusal,
  imageIdAt,
  placeOf,
  readFrames,
  readPreview,
  type CodedFrame,
  type FramePlace,
  type PreviewFrame,
} from './frameStream.ts';

const mebibyte = 1024 ** 2;
/** Coded frames that were fetched: a frame that left the picture cache is decoded again without the line. */
const mostCoded = 64 * mebibyte;
const mostPreview = 24 * mebibyte;
/** Bytes of one background request: small enough that a jump is not waited for. */
const batchBytes = 640 * 1024;
const mostInBatch = 24;
const backgroundLanes = 2;
const urgentLanes = 3;
/** Above this a decoder is the narrow place, below it the line. */
const fastBytesPerSecond = 8 * mebibyte;
const longestPauseMs = 8_000;

/** A map that forgets what was not used for longest once it holds too many bytes. */
class ByteCache<T extends { bytes: Uint8Array }> {
  private readonly entries = new Map<string, T>();
  private held = 0;
  private readonly most: number;
  constructor(most: number) {
    this.most = most;
  }
  get(key: string): T | undefined {
    const found = this.entries.get(key);
    if (!found) return undefined;
    this.entries.delete(key);
    this.entries.set(key, found);
    return found;
  }
  has(key: string): boolean {
    return this.entries.has(key);
  }
  set(key: string, value: T): void {
    this.delete(key);
    this.entries.set(key, value);
    this.held += value.bytes.length;
    for (const oldest of this.entries.keys()) {
      if (this.held <= this.most || oldest === key) break;
      this.delete(oldest);
    }
  }
  delete(key: string): void {
    this.held -= this.entries.get(key)?.bytes.length ?? 0;
    this.entries.delete(key);
  }
  get size(): number {
    return this.held;
  }
}

interface Waiting {
  imageId: string;
  place: FramePlace;
  /** Nobody has opened its case yet. */
  ahead: boolean;
  resolve: (frame: CodedFrame) => void;
  reject: (fault: unknown) => void;
}

const coded = new ByteCache<CodedFrame>(mostCoded);
const previews = new ByteCache<PreviewFrame>(mostPreview);
const pending = new Map<string, Promise<CodedFrame>>();
/** Newest first: the image under the reader's eyes comes before those he has scrolled past. */
const urgent: Waiting[] = [];
const background: Waiting[] = [];
let urgentRunning = 0;
let backgroundRunning = 0;
let bytesPerSecond = 0;
let typicalBytes = 160 * 1024;
let lineLost = false;
const previewListeners = new Set<(imageId: string) => void>();
const lineListeners = new Set<(lost: boolean) => void>();
const readSeries = new Map<string, Promise<boolean>>();

export const previewAt = (imageId: string): PreviewFrame | undefined => previews.get(imageId);

/** Calls back when the low-resolution prefix of a frame has come. */
export function onPreview(listener: (imageId: string) => void): () => void {
  previewListeners.add(listener);
  return () => previewListeners.delete(listener);
}

/** Calls back when images stop coming because the hub is not reached, and when they come again. */
export function onImageLine(listener: (lost: boolean) => void): () => void {
  lineListeners.add(listener);
  listener(lineLost);
  return () => lineListeners.delete(listener);
}

function setLine(lost: boolean): void {
  if (lost === lineLost) return;
  lineLost = lost;
  for (const tell of lineListeners) tell(lost);
}

function measure(bytes: number, ms: number): void {
  if (bytes < 100_000 || ms <= 0) return;
  const now = (bytes / ms) * 1000;
  bytesPerSecond = bytesPerSecond === 0 ? now : bytesPerSecond * 0.6 + now * 0.4;
}

const prefer = () => (bytesPerSecond > fastBytesPerSecond ? 'fast' : 'small');

/** Fetches the prefixes of all frames of a series once; false where the hub has none (yet). */
export function loadPreview(place: Pick<FramePlace, 'study' | 'series'>, ahead = false): Promise<boolean> {
  const known = readSeries.get(place.series);
  if (known) return known;
  const started = performance.now();
  const reading = readPreview(
    place,
    (at, frame) => {
      const imageId = imageIdAt(at);
      previews.set(imageId, frame);
      for (const tell of previewListeners) tell(imageId);
    },
    { ahead },
  )
    .then((bytes) => {
      measure(bytes, performance.now() - started);
      return true;
    })
    .catch((fault: unknown) => {
      // Asked again when the case is opened again; full frames are fetched all the same.
      readSeries.delete(place.series);
      if (fault instanceof FrameRefusal || fault instanceof TypeError) return false;
      throw fault;
    });
  readSeries.set(place.series, reading);
  return reading;
}

/** For whom a frame is: under the reader's eyes, near them, or of a case that he has not opened yet. */
export type Wanted = 'urgent' | 'background' | 'ahead';

/**
 * Bytes of a frame at full quality. `urgent` frames come first, the newest of them before the others. While the hub is
 * not reached it is asked again with growing pauses; rejects with FrameRefusal where it has no such image.
 */
export function loadCoded(imageId: string, how: Wanted): Promise<CodedFrame> {
  const have = coded.get(imageId);
  if (have) return Promise.resolve(have);
  const running = pending.get(imageId);
  if (running) {
    const known = [...urgent, ...background].find((each) => each.imageId === imageId);
    if (known && how !== 'ahead') known.ahead = false;
    if (how === 'urgent') hurry(imageId);
    return running;
  }
  const place = placeOf(imageId);
  if (!place) return Promise.reject(new FrameRefusal(404, imageId));
  const made = new Promise<CodedFrame>((resolve, reject) => {
    const waiting = { imageId, place, ahead: how === 'ahead', resolve, reject };
    if (how === 'urgent') urgent.unshift(waiting);
    else background.push(waiting);
  }).finally(() => pending.delete(imageId));
  pending.set(imageId, made);
  void made.catch(() => undefined);
  pump();
  return made;
}

/** Moves a frame that waits in the background to the front. */
function hurry(imageId: string): void {
  const at = background.findIndex((each) => each.imageId === imageId);
  const [moved] = at >= 0 ? background.splice(at, 1) : [];
  if (moved) urgent.unshift(moved);
  const waiting = urgent.findIndex((each) => each.imageId === imageId);
  const [first] = waiting > 0 ? urgent.splice(waiting, 1) : [];
  if (first) urgent.unshift(first);
  pump();
}

/** Frames that wait in the background for a viewport that is gone leave the queue; those on the way still come. */
export function forgetWaiting(imageIds: ReadonlySet<string>): void {
  for (let at = background.length - 1; at >= 0; at -= 1) {
    const each = background[at];
    if (!each || !imageIds.has(each.imageId)) continue;
    background.splice(at, 1);
    each.reject(new DOMException('not wanted any more', 'AbortError'));
  }
}

function pump(): void {
  // Images that the reader has scrolled past go out in batches: fewer round trips for the same bytes.
  background.unshift(...urgent.splice(urgentLanes));
  while (urgent.length > 0 && urgentRunning < urgentLanes) {
    const next = urgent.shift();
    if (!next) break;
    urgentRunning += 1;
    void fetchBatch([next]).finally(() => {
      urgentRunning -= 1;
      pump();
    });
  }
  while (urgent.length === 0 && backgroundRunning < backgroundLanes) {
    const [head] = background;
    if (!head) break;
    const room = Math.max(1, Math.min(mostInBatch, Math.floor(batchBytes / typicalBytes)));
    const batch: Waiting[] = [];
    for (let at = 0; at < background.length && batch.length < room;) {
      const each = background[at];
      if (each?.place.series === head.place.series && each.ahead === head.ahead)
        batch.push(...background.splice(at, 1));
      else at += 1;
    }
    backgroundRunning += 1;
    void fetchBatch(batch).finally(() => {
      backgroundRunning -= 1;
      pump();
    });
  }
}

async function fetchBatch(batch: Waiting[]): Promise<void> {
  let left = batch;
  for (let attempt = 0; left.length > 0; attempt += 1) {
    const started = performance.now();
    const done = new Set<Waiting>();
    try {
      const bytes = await readFrames(
        left.map((each) => ({ ...each.place, known: previews.get(each.imageId)?.bytes ?? null })),
        prefer(),
        (asked, frame, fault) => {
          const waiting = left.find(
            (each) => each.place.instance === asked.instance && each.place.frame === asked.frame,
          );
          if (!waiting) return;
          done.add(waiting);
          if (!frame) return waiting.reject(new FrameRefusal(422, fault));
          typicalBytes = typicalBytes * 0.8 + frame.bytes.length * 0.2;
          coded.set(waiting.imageId, frame);
          waiting.resolve(frame);
        },
        { ahead: left.every((each) => each.ahead) },
      );
      setLine(false);
      measure(bytes, performance.now() - started);
      return;
    } catch (fault) {
      left = left.filter((each) => !done.has(each));
      const status = fault instanceof FrameRefusal ? fault.status : 0;
      if (status !== 0 && status < 500) {
        for (const each of left) each.reject(fault);
        return;
      }
      if (!(fault instanceof FrameRefusal || fault instanceof TypeError)) {
        for (const each of left) each.reject(fault);
        return;
      }
      setLine(true);
      await lineOrPause(Math.min(longestPauseMs, 500 * 2 ** attempt));
    }
  }
}

/** Waits, shorter when the machine says that its network is back. */
function lineOrPause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      removeEventListener('online', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    addEventListener('online', finish);
  });
}

/** What is held and waits, for proofs and the speed line. */
export const storeFacts = () => ({
  codedBytes: coded.size,
  previewBytes: previews.size,
  mostCoded,
  waiting: urgent.length + background.length,
  bytesPerSecond,
});
