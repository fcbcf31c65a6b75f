import { afterEach, expect, test, vi } from 'vitest';

const source: string = '../../viewer/src/api/getAll.ts';
const { getAll } = (await import(source)) as { getAll: (path: string, most?: number) => Promise<number[]> };
afterEach(() => vi.unstubAllGlobals());

/** A list of numbers that answers three at a time. */
function serve(count: number): string[] {
  const asked: string[] = [];
  vi.stubGlobal('document', { documentElement: { lang: 'zh-CN' } });
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path);
    const from = Number(new URL(path, 'http://hub').searchParams.get('cursor') ?? 0);
    const items = Array.from({ length: Math.min(3, count - from) }, (_, n) => from + n);
    return Promise.resolve(Response.json({ items, nextCursor: from + 3 < count ? String(from + 3) : null }));
  });
  return asked;
}

test('a list is read to its end, however many pages it has', async () => {
  const asked = serve(7);
  expect(await getAll('/api/staff?limit=3')).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(asked).toEqual(['/api/staff?limit=3', '/api/staff?limit=3&cursor=3', '/api/staff?limit=3&cursor=6']);
});

test('an endless list is not', async () => {
  serve(1_000);
  expect((await getAll('/api/staff', 10)).length).toBe(12);
});
