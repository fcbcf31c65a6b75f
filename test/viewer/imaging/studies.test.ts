import { beforeEach, describe, expect, test } from 'vitest';
import type { Order } from '../../../viewer/src/api/types.ts';
import type { DisplaySet } from '../../../viewer/src/panes/study/displaySets.ts';
import { element, slice } from '../panes/dataSets.ts';
import { givePageDocument, givePageStorage, openServer, sendPathsTo } from '../browser/window.ts';

const server = openServer();
sendPathsTo(server.base);
givePageDocument();
givePageStorage();

/** As the browser sees them; their own types are unknown on this side. */
const at = async <T>(path: string): Promise<T> =>
  (await import(/* @vite-ignore */ `${import.meta.dirname}/../../../viewer/src/${path}`)) as T;
interface Series {
  seriesUid: string;
  modality: string;
  number: number;
}
const { listSeries, loadSeries } = await at<{
  listSeries(study: string, signal?: AbortSignal, headers?: object): Promise<Series[]>;
  loadSeries(study: string, series: string): Promise<DisplaySet[]>;
}>('panes/study/loadStudy.ts');
const { studiesOf } = await at<{ studiesOf(order: object): { uid: string; series: Series[] }[] }>(
  'centers/imaging/studies.ts',
);
type Prior = { orderId: string; date: string; bodyPart: string | null };
const { priorsOf, sameRegion } = await at<{
  priorsOf(answer: object, order: object): Prior[];
  sameRegion(priors: readonly Prior[], order: object): Prior | undefined;
}>('centers/imaging/priors.tsx');
const { setReading, clearReading, getReading, shownQuality } = await at<{
  setReading(orderId: string, part: object): void;
  clearReading(orderId: string): void;
  getReading(orderId: string): { quality: string; screenQuality: string | null; imageIds: string[] };
  shownQuality(reading: object): string;
}>('centers/imaging/readingStore.ts');
const { forgetShown, noteImage, noteVolume, shownInputs } = await at<{
  noteImage(orderId: string, imageId: string): boolean;
  noteVolume(orderId: string, seriesUid: string): void;
  forgetShown(orderId: string): void;
  shownInputs(orderId: string): { quality: string; series: object[] };
}>('centers/imaging/shownImages.ts');
const { fetchFile } = await at<{
  fetchFile(path: string, body: unknown, options?: object): Promise<{ content: Blob; name: string | null }>;
}>('centers/imaging/fetchFile.ts');

describe('series of a study', () => {
  const described = (...list: [string, string | null, number | null][]) => ({
    input: {
      studies: [
        {
          studyInstanceUid: '1.2',
          series: list.map(([seriesInstanceUid, modality, seriesNumber]) => ({
            seriesInstanceUid,
            modality,
            seriesNumber,
          })),
        },
      ],
    },
  });
  const given: [string, string, number][] = [
    ['sr', 'SR', 1],
    ['b', 'CT', 3],
    ['scan', 'OT', 0],
    ['a', 'CT', 2],
    ['ko', 'KO', 1],
  ];

  test('stand by their numbers, documents last, whoever told of them', async () => {
    const rows = given.map(([uid, modality, n]) => ({
      '0020000E': element('UI', uid),
      '00080060': element('CS', modality),
      '00200011': element('IS', n),
    }));
    let asked = '';
    server.answer((request, response) => {
      asked = `${request.url} ${request.headers['purpose']}`;
      response.setHeader('content-type', 'application/dicom+json').end(JSON.stringify(rows));
    });
    const listed = await listSeries('1.2', undefined, { purpose: 'prefetch' });
    expect(asked).toBe('/dicom-web/studies/1.2/series?limit=200 prefetch');
    const [study] = studiesOf(described(...given));
    for (const series of [listed, study?.series ?? []])
      expect(series.map(({ seriesUid }) => seriesUid)).toEqual(['a', 'b', 'scan', 'sr', 'ko']);
  });

  test('what was not told is empty, and an order without images has no study', () => {
    const [study] = studiesOf(described(['x', null, null]));
    expect(study?.series[0]).toMatchObject({ modality: '', number: 0, description: '' });
    expect([studiesOf({}), studiesOf({ input: { studies: 'none' } })]).toEqual([[], []]);
  });

  test('an answer without a body is a study without series', async () => {
    server.answer((_request, response) => response.writeHead(204).end());
    expect([await listSeries('1.2'), await loadSeries('1.2', '1.2.3')]).toEqual([[], []]);
  });

  test('the metadata of a series is its display sets', async () => {
    server.answer((_request, response) =>
      response.setHeader('content-type', 'application/dicom+json').end(JSON.stringify([slice(2), slice(1)])),
    );
    const [set] = await loadSeries('1.2', '1.2.3');
    expect([set?.kind, set?.imageIds.length, set?.seriesUid]).toEqual(['stack', 2, '1.2.3']);
  });
});

describe('earlier examinations', () => {
  const order = { bodyPart: 'CHEST', modality: 'CT' } as Order;
  const prior = (orderId: string, bodyPart: string | null, modality: string | null, performedAt: string | null) => ({
    orderId, studyInstanceUid: orderId, bodyPart, modality, performedAt, createdAt: '2020-01-01T00:00:00Z', itemName: '', institutionName: '',
  }); // prettier-ignore
  const items = [
    prior('head', 'HEAD', 'CT', '2026-11-01T00:00:00Z'),
    prior('dr', 'CHEST', 'DX', '2026-10-01T00:00:00Z'),
    prior('old', 'CHEST', 'CT', '2025-10-01T00:00:00Z'),
    prior('new', 'CHEST', 'CT', '2026-05-01T20:00:00Z'),
    prior('plain', null, null, null),
  ];
  test('stand by region and modality, then the newest; the day is that of the county', () => {
    const priors = priorsOf({ items }, order);
    expect(priors.map(({ orderId }) => orderId)).toEqual(['new', 'old', 'dr', 'head', 'plain']);
    expect([priors[0]?.date, priors[4]?.date]).toEqual(['2026-05-02', '2020-01-01']);
  });
  test('of the same region is one to compare with; without one none', () => {
    expect(sameRegion(priorsOf({ items }, order), order)?.orderId).toBe('new');
    expect(sameRegion(priorsOf({ items }, order), { bodyPart: 'KNEE' })).toBeUndefined();
    expect(sameRegion(priorsOf({ items }, order), { bodyPart: null })).toBeUndefined();
  });
});

describe('what a signature says of the images', () => {
  const image = (series: string, n: number) =>
    `wadors:/dicom-web/studies/1/series/${series}/instances/${series}.${n}/frames/1`;
  const imageIds = [image('7', 1), image('7', 2), image('8', 1)];
  beforeEach(() => {
    clearReading('o1');
    forgetShown('o1');
  });

  test('how many of each series of today stood at full quality, and which was read as a volume', () => {
    setReading('o1', { imageIds, quality: 'diagnostic' });
    expect([noteImage('o1', image('7', 1)), noteImage('o1', image('7', 1))]).toEqual([true, false]);
    noteImage('o1', image('9', 1)); // of a prior
    noteVolume('o1', '8');
    expect(shownInputs('o1')).toEqual({
      quality: 'diagnostic',
      series: [
        { uid: '7', images: 2, full: 1 },
        { uid: '8', images: 1, full: 0, volume: true },
      ],
    });
  });

  test('nothing crosses to another case, and a case that was left begins anew', () => {
    setReading('o1', { imageIds });
    noteImage('o1', image('7', 1));
    setReading('o2', { imageIds });
    expect(shownInputs('o2').series[0]).toMatchObject({ full: 0 });
    forgetShown('o1');
    expect(shownInputs('o1').series[0]).toMatchObject({ full: 0 });
    clearReading('o1');
    expect(shownInputs('o1')).toEqual({ quality: 'unknown', series: [] });
  });

  test('the worse of two screens counts', () => {
    setReading('o1', { quality: 'diagnostic' });
    expect(shownQuality(getReading('o1'))).toBe('diagnostic');
    setReading('o1', { screenQuality: 'preview' });
    expect([shownQuality(getReading('o1')), shownInputs('o1').quality]).toEqual(['preview', 'preview']);
  });
});

describe('a file that is asked for', () => {
  test('comes with its name and kind, and its bytes are counted', async () => {
    const counted: number[] = [];
    server.answer((_request, response) => {
      response.setHeader('content-type', 'application/zip');
      response.setHeader('content-disposition', 'attachment; filename="CT 2026.zip"');
      response.write('abc', () => setImmediate(() => response.end('de')));
    });
    const { content, name } = await fetchFile(
      '/api/x',
      { ids: [1] },
      { onBytes: (bytes: number) => counted.push(bytes) },
    );
    expect([name, content.type, await content.text(), counted.at(-1)]).toEqual([
      'CT 2026.zip',
      'application/zip',
      'abcde',
      5,
    ]);
  });
  test.each([
    [403, '{"type":"urn:hub:problem/forbidden"}', 'forbidden'],
    [502, '<html>', ''],
  ])('refused with %i is thrown', async (status, body, code) => {
    server.answer((_request, response) => response.writeHead(status).end(body));
    await expect(fetchFile('/api/x', {})).rejects.toMatchObject({ status, code });
  });
  test('on a lost line is thrown as one', async () => {
    server.answer((request) => request.socket.destroy());
    await expect(fetchFile('/api/x', {})).rejects.toMatchObject({ status: 0 });
  });
});
