import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readHeader, tags } from '../../server/standards/dicom/index.ts';
import { decodeFrame } from '../../server/imaging/pixels/decodeFrame.ts';
import { startReadCase, type ReadCase } from '../server/imaging/readCase.ts';
import { sendPathsTo } from './browser/window.ts';

interface Coded {
  bytes: Uint8Array;
  transferSyntax: string;
}
/** As the browser sees it; its own types are unknown on this side. */
interface FrameStore {
  loadPreview(place: { study: string; series: string }, ahead?: boolean): Promise<boolean>;
  loadCoded(imageId: string, how: 'urgent' | 'background' | 'ahead'): Promise<Coded>;
  previewAt(imageId: string): (Coded & { decodeLevel: number }) | undefined;
  onPreview(listener: (imageId: string) => void): () => void;
  onImageLine(listener: (lost: boolean) => void): () => void;
  forgetWaiting(imageIds: ReadonlySet<string>): void;
  storeFacts(): { codedBytes: number; previewBytes: number; mostCoded: number; waiting: number };
}
const source: string = '../../viewer/src/panes/cornerstone/frameStore.ts';

let read: ReadCase;
let imageIds: string[];
let store: FrameStore;
const asked: { path: string; ahead: boolean }[] = [];
/** Requests for images fail as a lost line does while this is above zero. */
let lost = 0;
const online = new Set<() => void>();

sendPathsTo(
  () => read.hub.url,
  () => ({ cookie: read.people.radiologist1.cookie, origin: read.hub.url }),
);
beforeAll(async () => {
  const page = globalThis as unknown as Record<string, unknown>;
  page['addEventListener'] = (_kind: string, listener: () => void) => online.add(listener);
  page['removeEventListener'] = (_kind: string, listener: () => void) => online.delete(listener);
  read = await startReadCase();
  imageIds = read.files.map((file) => {
    const uid = readHeader(file).dataSet.string(tags.sopInstanceUid) ?? '';
    return `wadors:/dicom-web/studies/${read.study}/series/${read.series}/instances/${uid}/frames/1`;
  });
  const network = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    if (typeof input !== 'string' || !input.startsWith('/api/imaging/')) return network(input, init);
    asked.push({ path: input, ahead: JSON.stringify(init?.headers ?? {}).includes('prefetch') });
    if (lost-- > 0) return Promise.reject(new TypeError('fetch failed'));
    return network(input, init);
  };
});
afterAll(() => read?.hub.close());
let copy = 0;
beforeEach(async () => {
  asked.length = 0;
  lost = 0;
  store = (await import(`${source}?${copy++}`)) as FrameStore; // each test has a store of its own
});

const [first, second, third, fourth] = [0, 1, 2, 3].map((at) => () => imageIds[at] ?? '') as [
  () => string,
  () => string,
  () => string,
  () => string,
];
/** How the case's images were sent. */
const stored = {
  rows: 64,
  columns: 64,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 16,
  pixelRepresentation: 0,
  photometric: 'MONOCHROME2',
  planarConfiguration: 0,
};
const numbers = (path: string) =>
  (new URL(path, 'http://hub').searchParams.get('f') ?? '')
    .split(',')
    .map((one) => imageIds.findIndex((id) => id.includes(`/${one.split('/')[0]}/`)));

describe('frames from the hub', () => {
  test('the prefixes of a series come in one answer and are told one by one', async () => {
    const told: string[] = [];
    store.onPreview((imageId) => told.push(imageId));
    expect(await store.loadPreview(read)).toBe(true);
    expect(await store.loadPreview(read)).toBe(true);
    expect(told.sort()).toEqual([...imageIds].sort());
    expect(asked.map(({ path }) => path)).toEqual([`/api/imaging/series/${read.series}/preview`]);
    expect(store.previewAt(first())).toMatchObject({ decodeLevel: 3 });
  });

  test('a series that nobody prepared is asked for again at the next opening', async () => {
    expect(await store.loadPreview({ ...read, series: '1.2.3' })).toBe(false);
    expect(await store.loadPreview({ ...read, series: '1.2.3' })).toBe(false);
    expect(asked).toHaveLength(2);
  });

  test('each frame is the picture that was sent, with and without its prefix', async () => {
    const alone = await Promise.all(imageIds.map((imageId) => store.loadCoded(imageId, 'background')));
    await store.loadPreview(read);
    const other = (await import(`${source}?${copy++}`)) as FrameStore;
    await other.loadPreview(read);
    const joined = await Promise.all(imageIds.map((imageId) => other.loadCoded(imageId, 'urgent')));
    for (const [at, frame] of joined.entries()) {
      expect(Buffer.from(frame.bytes).equals(Buffer.from(alone[at]?.bytes ?? []))).toBe(true);
      const decoded = await decodeFrame({ ...stored, ...frame });
      expect(Buffer.from(decoded.bytes).equals(Buffer.alloc(64 * 64 * 2, at + 1))).toBe(true);
    }
  });

  test('what is near comes in batches; what is under the eyes does not wait for it', async () => {
    const made = [
      store.loadCoded(first(), 'background'),
      store.loadCoded(second(), 'background'),
      store.loadCoded(third(), 'background'),
      store.loadCoded(fourth(), 'background'),
    ];
    await Promise.all(made);
    expect(asked.map(({ path }) => numbers(path))).toEqual([[0], [1], [2, 3]]);
    expect(store.storeFacts()).toMatchObject({ waiting: 0 });
    asked.length = 0;
    store = (await import(`${source}?${copy++}`)) as FrameStore;
    const near = imageIds.map((imageId) => store.loadCoded(imageId, 'background'));
    const now = store.loadCoded(fourth(), 'urgent'); // waited for already: moved to the front
    await Promise.all([...near, now]);
    expect(asked.map(({ path }) => numbers(path))).toEqual([[0], [1], [3], [2]]);
  });

  test('a frame is fetched once, however many ask, and is at hand afterwards', async () => {
    const [a, b] = await Promise.all([
      store.loadCoded(first(), 'urgent'),
      store.loadCoded(first(), 'background'),
    ]);
    expect(b).toBe(a);
    expect(await store.loadCoded(first(), 'urgent')).toBe(a);
    expect(asked).toHaveLength(1);
    const { codedBytes, mostCoded } = store.storeFacts();
    expect(codedBytes).toBe(a.bytes.length);
    expect(codedBytes).toBeLessThan(mostCoded);
  });

  test('the audit is told what was fetched before anybody looked', async () => {
    await store.loadCoded(first(), 'ahead');
    await store.loadCoded(second(), 'background');
    expect(asked.map(({ ahead }) => ahead)).toEqual([true, false]);
  });
});

describe('what cannot be had', () => {
  test('an id of another kind, and an image that the hub has not, are refused and not asked for again and again', async () => {
    await expect(store.loadCoded('wadouri:/elsewhere', 'urgent')).rejects.toMatchObject({ status: 404 });
    expect(asked).toHaveLength(0);
    const unknown = first().replace(/instances\/[^/]+/, 'instances/1.2.3.4');
    await expect(store.loadCoded(unknown, 'urgent')).rejects.toMatchObject({
      status: expect.any(Number) as number,
    });
    expect(asked).toHaveLength(1);
  });

  test('a lost line is said and asked again; back, the frame comes and that is said too', async () => {
    const said: boolean[] = [];
    store.onImageLine((state) => said.push(state));
    lost = 2;
    const made = store.loadCoded(first(), 'urgent');
    await expect.poll(() => online.size).toBe(1);
    for (const tell of online) tell(); // the machine says that its network is back, but it is not
    await expect.poll(() => asked.length).toBe(2);
    await expect.poll(() => online.size).toBe(1);
    for (const tell of online) tell();
    expect((await made).bytes.length).toBeGreaterThan(100);
    await expect.poll(() => said).toEqual([false, true, false]);
    expect(online.size).toBe(0);
  });

  test('frames that wait for a viewport that is gone are given up, those on the way come', async () => {
    const made = imageIds.map((imageId) => store.loadCoded(imageId, 'background'));
    store.forgetWaiting(new Set(imageIds));
    const ended = await Promise.allSettled(made);
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(ended[3]).toMatchObject({ reason: { name: 'AbortError' } });
    await store.loadCoded(fourth(), 'urgent'); // may be asked for again
  });
});
