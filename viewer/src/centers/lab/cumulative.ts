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

/** Limits of a printed range: `3.5～9.5` → both, `≤5.2` → one, words → none. */
export function parseRange(range: string | null): number[] {
  if (!range) return [];
  const both = /^(-?\d+(?:\.\d+)?)\s*[～~]\s*(-?\d+(?:\.\d+)?)$/.exec(range);
  if (both) return [Number(both[1]), Number(both[2])];
  const one = /^[≤≥<>]\s*(-?\d+(?:\.\d+)?)$/.exec(range);
  return one ? [Number(one[1])] : [];
}
