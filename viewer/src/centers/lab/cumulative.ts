/** One value of the cumulative view, the hub's own or one signed elsewhere. */
export interface CumulativePoint {
  testCode: string;
  name: string;
  unit: string | null;
  at: string;
  value: number | null;
  text: string | null;
  flag: string | null;
  range: string | null;
  source: string;
  accessionNumber: string | null;
}

export interface Limits {
  low: number | null;
  high: number | null;
}

/** `3.5～9.5` as this hub prints it; other laboratories write `3.5-9.5`, `3.5--9.5` or `3.5 — 9.5`. */
const between = /^([+-]?\d+(?:\.\d+)?)\s*(?:[～~–—]|-{1,2}|—{2})\s*([+-]?\d+(?:\.\d+)?)$/;
const oneSide = /^([≤≥<>＜＞]=?)\s*([+-]?\d+(?:\.\d+)?)$/;

/** Limits of a printed range: `3.5～9.5` → both, `≤5.2` → one, words → none. */
export function parseRange(range: string | null): Limits {
  const none = { low: null, high: null };
  const both = between.exec(range?.trim() ?? '');
  if (both) return { low: Number(both[1]), high: Number(both[2]) };
  const one = oneSide.exec(range?.trim() ?? '');
  if (!one) return none;
  const limit = Number(one[2]);
  return /^[≤<＜]/.test(one[1] ?? '') ? { low: null, high: limit } : { low: limit, high: null };
}

/** A test of the cumulative view. Values in another unit are another row: they are never drawn on one axis. */
export interface CumulativeRow {
  key: string;
  code: string;
  name: string;
  unit: string | null;
  range: string | null;
  cells: Map<string, CumulativePoint>;
  /** Newest first. */
  points: CumulativePoint[];
}

/** Values (newest first) as rows by test and unit. */
export function rowsOf(points: CumulativePoint[]): CumulativeRow[] {
  const rows = new Map<string, CumulativeRow>();
  for (const point of points) {
    const key = `${point.testCode} ${point.unit ?? ''}`;
    const row = rows.get(key) ?? {
      key,
      code: point.testCode,
      name: point.name,
      unit: point.unit,
      range: point.range,
      cells: new Map<string, CumulativePoint>(),
      points: [],
    };
    if (!row.cells.has(point.at)) row.cells.set(point.at, point);
    row.points.push(point);
    rows.set(key, row);
  }
  return [...rows.values()];
}

export const hasTrend = (row: CumulativeRow): boolean =>
  row.points.filter((point) => point.value !== null).length > 1;

export interface Band extends Limits {
  from: number | null;
  to: number | null;
}

/** Reference bands over time: a range that changed (age, method) begins where its first value stands. `points` oldest first. */
export function bandsOf(points: { at: number; range: string | null }[]): Band[] {
  const bands: (Band & { range: string | null })[] = [];
  for (const point of points) {
    const last = bands.at(-1);
    if (last?.range === point.range) continue;
    if (last) last.to = point.at;
    bands.push({
      ...parseRange(point.range),
      from: bands.length === 0 ? null : point.at,
      to: null,
      range: point.range,
    });
  }
  return bands
    .filter((band) => band.low !== null || band.high !== null)
    .map(({ low, high, from, to }) => ({ low, high, from, to }));
}
