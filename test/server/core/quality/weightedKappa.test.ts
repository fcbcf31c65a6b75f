import { expect, test } from 'vitest';
import { weightedKappa } from '../../../../server/core/quality/reviewStatistics.ts';

test('κ of two readers, plain and weighted, as published examples give it', () => {
  // Cohen 1960 style table: 20 5 / 10 15 → 0.4.
  for (const untold of [
    [
      [0, 0],
      [0, 0],
    ],
    [
      [10, 0],
      [0, 0],
    ],
  ])
    // prettier-ignore
    expect(weightedKappa(untold)).toBeNull();
  const two = weightedKappa([
    [20, 5],
    [10, 15],
  ]);
  expect(two?.kappa).toBeCloseTo(0.4, 6);
  expect(two!.low).toBeLessThan(0.4);
  const perfect = weightedKappa([
    [5, 0, 0],
    [0, 5, 0],
    [0, 0, 5],
  ]);
  expect(perfect?.kappa).toBe(1);
});
