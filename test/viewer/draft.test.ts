import { beforeEach, expect, test, vi } from 'vitest';
import { givePageStorage } from './browser/window.ts';

interface Draft {
  readDraft(key: string): { at: number; value: unknown } | null;
  keepDraft(key: string, value: unknown): void;
  dropDraft(key: string): void;
  dropOldDrafts(now?: number): void;
}
const source: string = '../../viewer/src/shell/useDraft.ts';
const { readDraft, keepDraft, dropDraft, dropOldDrafts } = (await import(source)) as Draft;

let kept = givePageStorage();
beforeEach(() => {
  kept = givePageStorage();
});
const day = 86_400_000;

test('what was typed last is there again, by order; dropped it is gone', () => {
  keepDraft('report.1', { findings: '两肺' });
  keepDraft('report.1', { findings: '两肺纹理清晰' });
  keepDraft('report.2', { findings: '颅内' });
  expect(readDraft('report.1')?.value).toEqual({ findings: '两肺纹理清晰' });
  dropDraft('report.1');
  expect([readDraft('report.1'), readDraft('report.2')?.value]).toEqual([null, { findings: '颅内' }]);
});

test('drafts of more than a week and broken ones leave at the start, nothing else does', () => {
  const now = Date.now();
  keepDraft('new', 'a');
  for (const [key, value] of [
    ['hub.draft.old', JSON.stringify({ at: now - 7 * day - 1, value: 'b' })],
    ['hub.draft.sixth', JSON.stringify({ at: now - 6 * day, value: 'c' })],
    ['hub.draft.broken', '{"at":'],
    ['hub.draft.empty', 'null'],
    ['hub.language', 'zh-CN'],
    ['another.draft.old', '{'],
  ] as const)
    kept.set(key, value);
  dropOldDrafts(now);
  expect([...kept.keys()].sort()).toEqual([
    'another.draft.old',
    'hub.draft.new',
    'hub.draft.sixth',
    'hub.language',
  ]);
});

test.each(['{"at":', '"', 'undefined'])('a broken draft %s reads as none', (text) => {
  kept.set('hub.draft.report.1', text);
  expect(readDraft('report.1')).toBeNull();
});

test('a full or forbidden storage does not stop the typing', () => {
  const full = vi.spyOn(kept, 'set').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  expect(() => keepDraft('report.1', 'text')).not.toThrow();
  full.mockRestore();
  expect(readDraft('report.1')).toBeNull();
});
