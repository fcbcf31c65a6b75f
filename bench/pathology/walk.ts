/** A tile of the synthetic huge slide; level 0 is the finest. */
export interface Place {
  level: number;
  column: number;
  row: number;
}

/** Columns and rows of the levels of 100,000 × 80,000 in tiles of 256. */
const grid = (level: number) => ({
  columns: Math.ceil(Math.ceil(100_000 / 2 ** level) / 256),
  rows: Math.ceil(Math.ceil(80_000 / 2 ** level) / 256),
});

/**
 * What a reader asks for: he looks at a field at some level (a screen of 6 × 4 tiles), goes to the next field, changes
 * the magnification now and then. The same for the hub and for its peer; each viewer has its own walk.
 */
export function* walk(viewer: number, count: number): Generator<Place> {
  let made = 0;
  let seed = 12_345 + viewer * 999_983;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 4_294_967_296) * below);
  };
  while (made < count) {
    const level = random(5);
    const { columns, rows } = grid(level);
    const left = Math.floor(columns * 0.25) + random(Math.max(1, Math.floor(columns * 0.4)));
    const top = Math.floor(rows * 0.25) + random(Math.max(1, Math.floor(rows * 0.4)));
    for (let n = 0; n < 24 && made < count; n++) {
      const column = left + (n % 6);
      const row = top + Math.floor(n / 6);
      if (column >= columns || row >= rows) continue;
      made += 1;
      yield { level, column, row };
    }
  }
}
