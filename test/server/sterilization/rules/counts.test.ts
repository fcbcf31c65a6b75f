import { expect, test } from 'vitest';
import { expectByContent, unexplained } from '../../../../server/sterilization/rules/counts.ts';

const line = (
  instrumentTypeCode: string | undefined,
  expected: number,
  found: number,
  discrepancy = 'none',
) => ({
  instrumentTypeCode,
  expected,
  found,
  damaged: 0,
  discrepancy,
});
const content = [
  { code: 'SCISSORS', quantity: 2 },
  { code: 'FORCEPS', quantity: 4 },
  { code: 'SCISSORS', quantity: 1 },
];

test('the expected number is the one of the set, whatever the station sent', () => {
  expect(expectByContent(content, [line('SCISSORS', 1, 1)])[0]?.expected).toBe(3);
  expect(expectByContent(content, [line('FORCEPS', 0, 4)])[0]?.expected).toBe(4);
});

test('an instrument that is not of the set is expected zero times', () => {
  expect(expectByContent(content, [line('RETRACTOR', 1, 1)])[0]?.expected).toBe(0);
});

test('a line without an instrument, and a set without a list, keep what was counted', () => {
  expect(expectByContent(content, [line(undefined, 42, 41)])[0]?.expected).toBe(42);
  expect(expectByContent([], [line('SCISSORS', 5, 5)])[0]?.expected).toBe(5);
});

test('what was short at reception needs a word at assembly', () => {
  const sorted = [
    { code: 'SCISSORS', expected: 3, found: 2, damaged: 0 },
    { code: 'FORCEPS', expected: 4, found: 4, damaged: 1 },
    { code: 'CLAMP', expected: 1, found: 2, damaged: 0 },
  ];
  expect(unexplained(sorted, [])).toEqual(['SCISSORS', 'FORCEPS']);
  expect(unexplained(sorted, [line('SCISSORS', 3, 3, 'replaced'), line('FORCEPS', 4, 4)])).toEqual([
    'FORCEPS',
  ]);
  expect(unexplained(sorted, [line('SCISSORS', 3, 2, 'missing'), line('FORCEPS', 4, 4, 'repair')])).toEqual(
    [],
  );
});
