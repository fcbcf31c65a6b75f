import { expect, test } from 'vitest';
import { overviewTiles } from '../../../viewer/src/centers/pathology/slide/overviewTiles.ts';

const level = (width: number, height: number) => ({ width, height, tileWidth: 256, tileHeight: 256 });

test('the overview is whole levels from the coarsest up, and no more tiles than allowed', () => {
  const levels = [level(100_000, 80_000), level(1_000, 800), level(500, 400)];
  expect(overviewTiles(levels, 15)).toEqual([
    { level: 2, column: 0, row: 0 },
    { level: 2, column: 1, row: 0 },
    { level: 2, column: 0, row: 1 },
    { level: 2, column: 1, row: 1 },
  ]);
  expect(overviewTiles(levels, 24)).toHaveLength(4 + 16);
  expect(overviewTiles(levels.slice(0, 1), 24)).toEqual([]);
});
