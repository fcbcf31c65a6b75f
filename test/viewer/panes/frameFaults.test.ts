import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { openServer, sendPathsTo } from '../browser/window.ts';

/** As the browser sees it; its own types are unknown on this side. */
interface FrameStore {
  loadPreview(place: { study: string; series: string }, ahead?: boolean): Promise<boolean>;
  loadCoded(imageId: string, how: 'urgent' | 'background' | 'ahead'): Promise<{ bytes: Uint8Array }>;
  onImageLine(listener: (lost: boolean) => void): () => void;
  storeFacts(): { codedBytes: number; waiting: number };
}
const source: string = '../../../viewer/src/panes/cornerstone/frameStore.ts';
const server = openServer();
sendPathsTo(server.base);

/** The machine's own word that its network is back. */
const online = new Set<() => void>();
Object.assign(globalThis, {
  addEventListener: (_kind: string, listener: () => void) => online.add(listener),
  removeEventListener: (_kind: string, listener: () => void) => online.delete(listener),
});
const lineIsBack = async () => {
  await expect.poll(() => online.size).toBeGreaterThan(0);
  for (const tell of [...online]) tell();
};

const image = (n: number, series = '1.2.3') =>
  `wadors:/dicom-web/studies/1.2/series/${series}/instances/9.${n}/frames/1`;
const framed = (bytes: number, fault?: string): Buffer => {
  const json = Buffer.from(
    JSON.stringify({
      transferSyntax: '1.2.840.10008.1.2.1',
      from: 0,
      length: bytes,
      ...(fault && { fault }),
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, Buffer.alloc(bytes, 7)]);
};

let store: FrameStore;
let copy = 0;
/** Requests for frames, as lists of their numbers. */
let asked: number[][];
let answer: (numbers: number[], response: ServerResponse, time: number) => unknown;
beforeEach(async () => {
  asked = [];
  online.clear();
  answer = (numbers, response) => response.end(Buffer.concat(numbers.map(() => framed(10))));
  server.answer((request, response) => {
    const list = new URL(request.url ?? '', 'http://hub').searchParams.get('f') ?? '';
    const numbers = list.split(',').map((each) => Number(each.split('/')[0]?.split('.').at(-1)));
    asked.push(numbers);
    answer(numbers, response, asked.length);
  });
  store = (await import(`${source}?faults${(copy += 1)}`)) as FrameStore;
});

describe('a hub that does not answer', () => {
  test.each([
    ['breaks the line', (response: ServerResponse) => response.destroy()],
    ['is being started', (response: ServerResponse) => response.writeHead(503).end()],
    ['ends its answer early', (response: ServerResponse) => response.end()],
  ])('and %s is asked again when the line is back', async (_name, fail) => {
    const said: boolean[] = [];
    store.onImageLine((lost) => said.push(lost));
    answer = (numbers, response, time) =>
      time === 1 ? fail(response) : response.end(framed(numbers.length * 10));
    const made = store.loadCoded(image(1), 'urgent');
    await lineIsBack();
    expect((await made).bytes).toHaveLength(10);
    await expect.poll(() => said).toEqual([false, true, false]);
    expect(asked).toEqual([[1], [1]]);
  });

  test('after a part of a batch is asked for the rest alone', async () => {
    answer = (numbers, response, time) => {
      if (time <= 2)
        setTimeout(() => response.end(framed(10)), 30); // both lanes busy: the others gather
      else if (time === 3)
        response.end(framed(10)); // one of three, then the line ends
      else response.end(Buffer.concat(numbers.map(() => framed(10))));
    };
    const made = [1, 2, 3, 4, 5].map((n) => store.loadCoded(image(n), 'background'));
    await lineIsBack();
    await Promise.all(made);
    expect(asked).toEqual([[1], [2], [3, 4, 5], [4, 5]]);
  });
});

describe('a hub that refuses', () => {
  test.each([403, 404, 422])(
    'with %i is not asked again by itself; all of the batch are told',
    async (status) => {
      answer = (_numbers, response, time) =>
        time > 2 ? response.writeHead(status).end() : setTimeout(() => response.end(framed(10)), 30);
      const made = [1, 2, 3, 4].map((n) => store.loadCoded(image(n), 'background'));
      const ended = await Promise.allSettled(made);
      expect(
        ended.map((each) => (each.status === 'rejected' ? (each.reason as { status: number }).status : 200)),
      ).toEqual([200, 200, status, status]);
      expect([asked, online.size]).toEqual([[[1], [2], [3, 4]], 0]);
    },
  );

  test('one frame gives the others', async () => {
    answer = (numbers, response, time) =>
      time <= 2
        ? setTimeout(() => response.end(framed(10)), 30)
        : response.end(
            Buffer.concat(numbers.map((n) => (n === 3 ? framed(0, 'no pixel data') : framed(10)))),
          );
    const ended = await Promise.allSettled([1, 2, 3, 4].map((n) => store.loadCoded(image(n), 'background')));
    expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(ended[2]).toMatchObject({ reason: { status: 422, message: 'no pixel data' } });
  });
});

describe('what is asked together', () => {
  /** Holds the first answers until all has been asked for. */
  const hold = (most: number) => {
    const held: (() => void)[] = [];
    answer = (numbers, response, time) => {
      const send = () => void response.end(Buffer.concat(numbers.map(() => framed(10))));
      if (time <= most) held.push(send);
      else send();
    };
    return () => held.splice(0).forEach((send) => send());
  };

  test('are frames of one series, and not those of a case that nobody opened', async () => {
    const release = hold(2);
    const made = [
      store.loadCoded(image(1), 'background'),
      store.loadCoded(image(2), 'background'),
      store.loadCoded(image(3), 'background'),
      store.loadCoded(image(4, '7.7'), 'background'),
      store.loadCoded(image(5), 'ahead'),
      store.loadCoded(image(6), 'background'),
    ];
    await expect.poll(() => asked.length).toBe(2);
    release();
    await Promise.all(made);
    expect(asked.slice(2).sort()).toEqual([[3, 6], [4], [5]]);
  });

  test('a frame fetched ahead goes with the others once its case is opened', async () => {
    const release = hold(2);
    const made = [1, 2].map((n) => store.loadCoded(image(n), 'background'));
    const early = store.loadCoded(image(3), 'ahead');
    made.push(store.loadCoded(image(4), 'background'), store.loadCoded(image(3), 'background'));
    await expect.poll(() => asked.length).toBe(2);
    release();
    await Promise.all([...made, early]);
    expect(asked[2]).toEqual([3, 4]);
  });

  test('urgent ones leave alone, the newest first, no more than three at once', async () => {
    const release = hold(3);
    const made = [1, 2, 3, 4, 5].map((n) => store.loadCoded(image(n), 'urgent'));
    await expect.poll(() => asked.length).toBe(3);
    expect(store.storeFacts().waiting).toBe(2);
    release();
    await Promise.all(made);
    expect(asked.slice(0, 3).sort()).toEqual([[1], [2], [3]]);
    expect(asked[3]).toEqual([5]);
  });

  test('coded frames beyond the bound leave, the least used first', async () => {
    const large = 24 * 1024 ** 2;
    answer = (_numbers, response) => response.end(framed(large));
    for (const n of [1, 2]) await store.loadCoded(image(n), 'urgent');
    await store.loadCoded(image(1), 'urgent'); // used again
    await store.loadCoded(image(3), 'urgent');
    expect(store.storeFacts().codedBytes).toBe(2 * large);
    await store.loadCoded(image(1), 'urgent');
    expect(asked).toEqual([[1], [2], [3]]);
    await store.loadCoded(image(2), 'urgent');
    expect(asked).toHaveLength(4);
  });
});
