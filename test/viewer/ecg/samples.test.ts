import { describe, expect, test } from 'vitest';
import type { Trace } from '../../../viewer/src/centers/ecg/types.ts';
import { givePageDocument, givePageStorage, openServer, sendPathsTo } from '../browser/window.ts';

const server = openServer();
sendPathsTo(server.base);
givePageDocument();
givePageStorage();

interface Recording {
  durationMs: number;
  samplingRateHz: number;
  sampleCount: number;
}
/** As the browser sees it; its own types are unknown on this side. */
const source: string = '../../../viewer/src/centers/ecg/api.ts';
const { firstPage, pageAt, traceQuery } = (await import(source)) as {
  firstPage(recording: Recording): { from?: number; to?: number };
  pageAt(recording: Recording, atMs: number): { from: number; to: number };
  traceQuery(
    id: string,
    range?: object,
    signal?: AbortSignal,
    headers?: object,
  ): { queryKey: unknown[]; queryFn(): Promise<Trace> };
};

const ten = { durationMs: 10_000, samplingRateHz: 500, sampleCount: 5000 };
const day = { durationMs: 86_400_000, samplingRateHz: 250, sampleCount: 86_400 * 250 };

describe('what is loaded of a recording', () => {
  test('all of a short one, of a long one a minute', () => {
    expect(firstPage(ten)).toEqual({});
    expect(firstPage(day)).toEqual({ from: 0, to: 60 * 250 });
  });
  test.each([
    [0, 0],
    [29_999, 0],
    [30_000, 30],
    [100_000, 90],
  ])('at %d ms the minute that begins at %d s: neighbours overlap by half', (atMs, second) => {
    expect(pageAt(day, atMs)).toEqual({ from: second * 250, to: (second + 60) * 250 });
  });
  test('nothing beyond its ends', () => {
    expect(pageAt(day, -5000).from).toBe(0);
    expect(pageAt(day, 86_399_000)).toEqual({ from: (86_400 - 30) * 250, to: 86_400 * 250 });
  });
});

describe('samples as the hub sends them', () => {
  const answer = (values: number[], headers: Record<string, string>, status = 200) => {
    const asked: string[] = [];
    server.answer((request, response) => {
      asked.push(`${request.url} ${request.headers['purpose'] ?? ''}`.trim());
      response.writeHead(status, headers).end(Buffer.from(Int16Array.from(values).buffer));
    });
    return asked;
  };
  const two = {
    'x-ecg-leads': encodeURIComponent('II,V1'),
    'x-ecg-microvolt-per-unit': '2.5,5',
    'x-ecg-samples': '3',
    'x-ecg-sampling-rate': '500',
    'x-ecg-from': '1500',
    'x-ecg-missing': JSON.stringify([[], [[1501, 1503]]]),
  };

  test('are microvolts by lead, each by the unit of its own, with what the device marked as absent', async () => {
    answer([1, -2, 3, 100, 0, -100], two);
    const trace = await traceQuery('r1').queryFn();
    expect([trace.samplingRateHz, trace.from, trace.count]).toEqual([500, 1500, 3]);
    expect([...(trace.leads.get('II') ?? [])]).toEqual([2.5, -5, 7.5]);
    expect([...(trace.leads.get('V1') ?? [])]).toEqual([500, 0, -500]);
    expect([...trace.missing]).toEqual([['V1', [[1501, 1503]]]]);
  });

  test('are asked for by stretch and leads, ahead of the person as such', async () => {
    const asked = answer([], { ...two, 'x-ecg-samples': '0' });
    await traceQuery('r1', { from: 10, to: 20, leads: ['II', 'V1'], buckets: 7 }, undefined, {
      purpose: 'prefetch',
    }).queryFn();
    await traceQuery('r1').queryFn();
    expect(asked).toEqual([
      '/api/ecg/recordings/r1/samples?from=10&to=20&leads=II%2CV1&buckets=7 prefetch',
      '/api/ecg/recordings/r1/samples',
    ]);
  });

  test('of a device with names of its own keep them', async () => {
    answer([7], {
      ...two,
      'x-ecg-leads': encodeURIComponent('胸导'),
      'x-ecg-samples': '1',
      'x-ecg-missing': '',
    });
    expect([...(await traceQuery('r1').queryFn()).leads.keys()]).toEqual(['胸导']);
  });

  test('that cannot be had are a refusal; a lost line is one of status 0 and no English sentence', async () => {
    answer([], {}, 403);
    await expect(traceQuery('r1').queryFn()).rejects.toMatchObject({ name: 'ApiError', status: 403 });
    server.answer((request) => request.socket.destroy());
    await expect(traceQuery('r1').queryFn()).rejects.toMatchObject({ name: 'ApiError', status: 0 });
  });

  test('given up are given up', async () => {
    const control = new AbortController();
    server.answer(() => control.abort());
    await expect(traceQuery('r1', {}, control.signal).queryFn()).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
