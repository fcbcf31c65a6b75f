import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openServer, sendPathsTo } from '../browser/window.ts';
import { core } from '../imaging/cornerstone.ts';

const server = openServer();
sendPathsTo(server.base);
/** As the browser sees it; its own types are unknown on this side. */
const source: string = '../../../viewer/src/panes/cornerstone/prefetchStack.ts';
const { prefetchStack } = (await import(source)) as {
  prefetchStack(
    imageIds: readonly string[],
    current: () => number,
    onCount: (loaded: number) => void,
  ): { stop: () => void; moved: () => void };
};

const mebibyte = 1024 ** 2;
let series = 0;
/** A stack of a series of its own. */
const stack = (length: number): string[] => {
  series += 1;
  return Array.from(
    { length },
    (_, n) => `wadors:/dicom-web/studies/1.2/series/1.2.${series}/instances/9.${n}/frames/1`,
  );
};
/** A picture that stands in the cache at full quality. */
const keep = (imageId: string, megabytes = 1) =>
  core.cache.putImageSync(imageId, { imageId, sizeInBytes: megabytes * mebibyte } as never);

/** Places in their stacks, as they were asked for: two requests that leave together may come in either order. */
let asked: number[];
const sorted = () => asked.toSorted((a, b) => a - b);
let held: (() => void)[];
/** The hub has no bytes of these frames: each is refused by itself, as a frame whose pixel data is missing. */
const refuse = (count: number, response: ServerResponse) => {
  const json = Buffer.from(
    JSON.stringify({ transferSyntax: '', from: 0, length: 0, fault: 'no pixel data' }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  response.end(Buffer.concat(Array.from({ length: count }, () => Buffer.concat([length, json]))));
};
let hold: boolean;
const stops: (() => void)[] = [];
const prefetch = (
  imageIds: string[],
  current: () => number,
  onCount: (n: number) => void = () => undefined,
) => {
  const made = prefetchStack(imageIds, current, onCount);
  stops.push(made.stop);
  return made;
};

beforeEach(() => {
  asked = [];
  held = [];
  hold = false;
  core.cache.purgeCache();
  core.cache.setMaxCacheSize(100 * mebibyte);
  server.answer((request, response) => {
    const list = new URL(request.url ?? '', 'http://hub').searchParams.get('f') ?? '';
    const places = list.split(',').map((each) => Number(each.split('/')[0]?.slice(2)));
    asked.push(...places);
    if (hold) held.push(() => refuse(places.length, response));
    else refuse(places.length, response);
  });
});
afterEach(() => {
  stops.splice(0).forEach((stop) => stop());
  held.splice(0).forEach((release) => release());
});

describe('a stack around its reader', () => {
  test('is asked for from the picture that he looks at outward, each once, also where none can be had', async () => {
    prefetch(stack(9), () => 4);
    await expect.poll(sorted).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(asked.slice(0, 2).sort()).toEqual([4, 5]);
    expect(asked.filter((at) => [3, 6, 2, 7].includes(at))).toEqual([3, 6, 2, 7]); // one batch
  });

  test('what stands already is not asked for, and is counted', async () => {
    const imageIds = stack(5);
    [0, 2].forEach((at) => keep(imageIds[at] ?? ''));
    const counts: number[] = [];
    prefetch(
      imageIds,
      () => 0,
      (loaded) => counts.push(loaded),
    );
    await expect.poll(sorted).toEqual([1, 3, 4]);
    await expect.poll(() => counts.length).toBe(4);
    expect(new Set(counts)).toEqual(new Set([2]));
  });

  test('no more of it is loaded than the cache holds around him', async () => {
    const imageIds = stack(40);
    keep(imageIds[20] ?? '', 16); // four fifths of 100 MiB hold five such pictures
    prefetch(imageIds, () => 20);
    await expect.poll(sorted).toEqual([18, 19, 21, 22]);
  });

  test('a second stack on the screen has its half of that', async () => {
    const [one, other] = [stack(40), stack(40)];
    for (const imageIds of [one, other]) keep(imageIds[20] ?? '', 13); // six together, three each
    hold = true;
    prefetch(one, () => 20);
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    asked = [];
    prefetch(other, () => 20);
    hold = false;
    held.splice(0).forEach((release) => release());
    await expect.poll(() => asked.filter((at) => at === 21 || at === 19).length).toBeGreaterThanOrEqual(2);
    expect(asked.every((at) => Math.abs(at - 20) <= 3)).toBe(true);
  });

  test('he scrolls on: what is near the new place comes next', async () => {
    const imageIds = stack(60);
    let at = 0;
    hold = true;
    const made = prefetch(imageIds, () => at);
    await expect.poll(() => held.length).toBe(2);
    at = 50;
    made.moved();
    hold = false;
    held.splice(0).forEach((release) => release());
    await expect.poll(() => asked.length).toBe(60);
    const order = asked.filter((place) => place >= 16); // sixteen were on the way before he moved
    expect(order.slice(0, 8).sort()).toEqual([47, 48, 49, 50, 51, 52, 53, 54]);
  });

  test('closed, nothing more of it is asked for', async () => {
    hold = true;
    const made = prefetch(stack(30), () => 0);
    await expect.poll(() => held.length).toBe(2);
    made.stop();
    hold = false;
    held.splice(0).forEach((release) => release());
    const next = stack(1);
    prefetch(next, () => 0);
    await expect.poll(() => asked.length).toBe(3);
    expect(asked.slice(0, 2).sort()).toEqual([0, 1]);
  });
});
