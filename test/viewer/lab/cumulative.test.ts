import { expect, test } from 'vitest';
import {
  bandsOf,
  parseRange,
  rowsOf,
  type CumulativePoint,
} from '../../../viewer/src/centers/lab/cumulative.ts';
import { labelMarks, lotsOf, shortLabel } from '../../../viewer/src/centers/lab/qc/qcMarks.ts';

test('limits of a printed range: both, one of them, or none', () => {
  expect(parseRange('3.5～9.5')).toEqual({ low: 3.5, high: 9.5 });
  expect(parseRange('-2.0~3.0')).toEqual({ low: -2, high: 3 });
  expect(parseRange('≤5.2')).toEqual({ low: null, high: 5.2 });
  expect(parseRange('≥90')).toEqual({ low: 90, high: null });
  expect(parseRange('阴性')).toEqual({ low: null, high: null });
  expect(parseRange(null)).toEqual({ low: null, high: null });
});

test.each([
  ['3.9-6.1', 3.9, 6.1],
  ['3.9--6.1', 3.9, 6.1],
  ['3.9 – 6.1', 3.9, 6.1],
  ['3.9——6.1', 3.9, 6.1],
  ['-3-+3', -3, 3],
  ['-3～-1', -3, -1],
  [' 0-5 ', 0, 5],
  ['<=5.2', null, 5.2],
  ['＜5.2', null, 5.2],
  ['>=60', 60, null],
  ['>60', 60, null],
  ['1:40', null, null],
  ['3.9-6.1 mmol/L', null, null],
  ['男 3-5', null, null],
  ['', null, null],
])('a range of another laboratory is read as it writes it: %j', (range, low, high) => {
  expect(parseRange(range)).toEqual({ low, high });
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
      { at: 10.5, kind: 'lot', note: 'b' },
      { at: 11, kind: 'lot', note: 'b' },
      { at: 11, kind: 'lot', note: 'c' },
      { at: 11.4, kind: 'event', note: 'e' },
    ],
    100,
  );
  expect(marks.map((mark) => mark.label)).toEqual([['a', 'b', '+2'], [], [], [], [], ['d']]);
});

test('labels that would touch are one, however wide the later one is', () => {
  const marks = labelMarks(
    [
      { at: 13, kind: 'lot', note: '水平 1 新批号 QC2612' },
      { at: 16, kind: 'lot', note: 'L1 QC2611 → QC2612' },
      { at: 22, kind: 'event', note: '保养 周保养' },
    ],
    30,
  );
  expect(marks.map((mark) => mark.label.length)).toEqual([2, 0, 1]);
  expect(shortLabel('质控品换批之后又做了全面的定标与验证工作').length).toBeLessThan(15);
});

test('lots of a level in their order of use, lines told apart only where there are several', () => {
  expect(
    lotsOf([
      { level: 2, lot: 'X', at: '2026-01-01' },
      { level: 1, lot: 'B', at: '2026-01-01' },
      { level: 1, lot: 'A', at: '2026-01-05' },
      { level: 1, lot: 'B', at: '2026-01-06' },
    ]).map((one) => [one.level, one.lot, one.age]),
  ).toEqual([
    [1, 'B', 0],
    [1, 'A', 1],
    [2, 'X', 1],
  ]);
});
