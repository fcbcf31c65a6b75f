import { expect, test } from 'vitest';
import {
  bandsOf,
  parseRange,
  rowsOf,
  type CumulativePoint,
} from '../../../viewer/src/centers/lab/cumulative.ts';
import { labelMarks } from '../../../viewer/src/centers/lab/qcMarks.ts';

test('limits of a printed range: both, one of them, or none', () => {
  expect(parseRange('3.5～9.5')).toEqual({ low: 3.5, high: 9.5 });
  expect(parseRange('-2.0~3.0')).toEqual({ low: -2, high: 3 });
  expect(parseRange('≤5.2')).toEqual({ low: null, high: 5.2 });
  expect(parseRange('≥90')).toEqual({ low: 90, high: null });
  expect(parseRange('阴性')).toEqual({ low: null, high: null });
  expect(parseRange(null)).toEqual({ low: null, high: null });
});

test('a reference band ends where the range changed, words make no band', () => {
  expect(
    bandsOf([
      { at: 1, range: '3～5' },
      { at: 2, range: '3～5' },
      { at: 3, range: '阴性' },
      { at: 4, range: '≤9' },
    ]),
  ).toEqual([
    { low: 3, high: 5, from: null, to: 3 },
    { low: null, high: 9, from: 4, to: null },
  ]);
});

test('values in another unit are another row', () => {
  const point = (at: string, unit: string, value: number): CumulativePoint => ({
    testCode: 'GLU',
    name: '葡萄糖',
    unit,
    at,
    value,
    text: null,
    flag: null,
    range: null,
    source: 'hub',
    accessionNumber: null,
  });
  const rows = rowsOf([point('3', 'mmol/L', 5), point('2', 'mg/dL', 90), point('1', 'mmol/L', 6)]);
  expect(rows.map((row) => [row.unit, row.points.map((one) => one.value)])).toEqual([
    ['mmol/L', [5, 6]],
    ['mg/dL', [90]],
  ]);
});

test('marks of one day share a label of three lines, far ones have their own', () => {
  const marks = labelMarks(
    [
      { at: 50, kind: 'event', note: 'd' },
      { at: 10, kind: 'event', note: 'a' },
      { at: 11, kind: 'lot', note: 'b' },
      { at: 11, kind: 'lot', note: 'b' },
      { at: 12, kind: 'lot', note: 'c' },
      { at: 13, kind: 'event', note: 'e' },
    ],
    100,
  );
  expect(marks.map((mark) => mark.label)).toEqual([['a', 'b', '+2'], [], [], [], [], ['d']]);
});
