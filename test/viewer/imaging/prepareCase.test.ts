import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, test } from 'vitest';
import { givePageDocument, givePageStorage, openServer, sendPathsTo } from '../browser/window.ts';
import { element, slice } from '../panes/dataSets.ts';
import './cornerstone.ts';

const server = openServer();
sendPathsTo(server.base);
givePageDocument();
givePageStorage();
// What waits for the line at the end waits for nothing.
Object.assign(globalThis, { addEventListener: () => undefined, removeEventListener: () => undefined });

/** As the browser sees it; its own types are unknown on this side. */
const source: string = '../../../viewer/src/centers/imaging/prepareCase.ts';
const prepared = (await import(source)) as {
  default(client: QueryClient, order: object, signal: AbortSignal, allAsked?: () => void): Promise<void>;
  opening(client: QueryClient, order: object): void;
};

/** Each test has studies of its own: what was fetched is kept for the page. */
let study: string;
let made = 0;
let asked: { path: string; ahead: boolean }[];
let client: QueryClient;
let large: boolean;
const uid = (series: number) => `${study}.${series}`;
const metadata = (series: number) => {
  const of = {
    '0020000D': element('UI', study),
    '0020000E': element('UI', uid(series)),
    '00080018': element('UI', `${uid(series)}.9`),
  };
  return series === 9
    ? [{ ...of, '00080016': element('UI', '1.2.840.10008.5.1.4.1.1.88.33') }]
    : [
        slice(1, {
          ...of,
          ...(large && { '00280010': element('US', 3000), '00280011': element('US', 2500) }),
        }),
      ];
};
const order = (...series: number[]) => ({
  id: 'o1',
  input: {
    studies: [
      {
        studyInstanceUid: study,
        series: series.map((n) => ({
          seriesInstanceUid: uid(n),
          modality: n === 9 ? 'SR' : 'CT',
          seriesNumber: n,
          instances: 1,
        })),
      },
    ],
  },
});
const run = (given: object, signal = new AbortController().signal, allAsked?: () => void) =>
  prepared.default(client, given, signal, allAsked);
const paths = (part: string) => asked.filter(({ path }) => path.includes(part)).map(({ path }) => path);

beforeEach(() => {
  study = `1.2.${(made += 1)}`;
  asked = [];
  large = false;
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  server.answer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, ahead: request.headers['purpose'] === 'prefetch' });
    const series = /\/series\/[\d.]+\.(\d+)\/metadata/.exec(path)?.[1];
    if (series)
      response
        .setHeader('content-type', 'application/dicom+json')
        .end(JSON.stringify(metadata(Number(series))));
    else response.writeHead(404).end();
  });
});

describe('a case that is pointed at', () => {
  test('has the metadata of its first series and the bytes of one picture of each, all asked ahead of the person', async () => {
    await run(order(2, 1));
    expect(paths('metadata')).toEqual(
      [1, 2].map((n) => `/dicom-web/studies/${study}/series/${uid(n)}/metadata`),
    );
    await expect.poll(() => paths('frames?').length).toBe(2);
    expect(asked.every(({ ahead }) => ahead)).toBe(true);
  });

  test('of a large picture the preview comes first, the whole of it at the click', async () => {
    large = true;
    await run(order(1));
    await expect.poll(() => paths('/preview').length).toBeGreaterThan(0);
    expect(paths('frames?')).toEqual([]);
    prepared.opening(client, order(1));
    await expect.poll(() => paths('frames?').length).toBe(1);
    expect(asked.find(({ path }) => path.includes('frames?'))?.ahead).toBe(false);
  });

  test('that is opened with small pictures asks for nothing more at the click', async () => {
    await run(order(1));
    await expect.poll(() => paths('frames?').length).toBe(1);
    const before = asked.length;
    prepared.opening(client, order(1));
    prepared.opening(client, { id: 'o2' });
    expect(asked).toHaveLength(before);
  });

  test('has no more than four series made ready; a document has no picture', async () => {
    let all = 0;
    await run(order(1, 2, 3, 9, 4, 5), undefined, () => (all += 1));
    expect(paths('metadata')).toHaveLength(4);
    await run(order(9));
    expect([all, paths(`${uid(9)}/metadata`).length]).toEqual([4, 1]);
    await expect.poll(() => paths('frames?').length).toBe(4);
  });

  test('is asked for once, however often the pointer comes back', async () => {
    await run(order(1));
    await run(order(1));
    expect(paths('metadata')).toHaveLength(1);
  });

  test('that the pointer has left is given up', async () => {
    const control = new AbortController();
    const made = run(order(1, 2), control.signal);
    control.abort();
    await made.catch(() => undefined);
    expect(paths('frames?')).toEqual([]);
    expect(paths(`${uid(2)}/metadata`)).toEqual([]);
  });

  test('without images has nothing to make ready', async () => {
    await run({ id: 'o1' });
    expect(asked).toEqual([]);
  });
});
