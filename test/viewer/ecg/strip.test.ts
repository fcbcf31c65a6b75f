import { expect, test } from 'vitest';
import { layoutsFor, rowsOf } from '../../../viewer/src/centers/ecg/paper/layouts.ts';
import { eventColumns, isGrave } from '../../../viewer/src/centers/ecg/strip/eventColumns.ts';

const dayMs = 24 * 3_600_000;

test('the trend marks events of the whole day, a grave one before the many others', () => {
  const events = Array.from({ length: 3000 }, (_, i) => ({
    atMs: (i / 3000) * dayMs,
    kind: 'ventricular' as const,
  }));
  const marked = eventColumns(
    [...events, { atMs: dayMs - 1, kind: 'pause' }, { atMs: dayMs - 2, kind: 'ventricular' }],
    dayMs,
  );
  expect(marked.size).toBe(1000);
  expect(marked.get(999)).toBe(true);
  expect(marked.get(998)).toBe(false);
});

test('a strip of three leads offers all of them or one', () => {
  expect(layoutsFor(['II', 'V1', 'V5'])).toEqual(['12x1', 'single']);
  expect(rowsOf('12x1', ['II', 'V1', 'V5'], 'II')).toHaveLength(3);
});

test('fibrillation is as grave as a pause on the trend and in the list', () => {
  expect(['fibrillation', 'pause', 'ventricular', 'irregular'].map((kind) => isGrave({ kind }))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
