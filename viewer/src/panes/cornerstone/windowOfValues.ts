/**
 * A window from the 1st to the 99th percentile of values, at least `narrowest` wide: single bright or dark pixels do not
 * decide it. Sorts the values.
 */
export function windowOfValues(values: number[], narrowest = 1): { lower: number; upper: number } {
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
  const [lower, upper] = [at(0.01), at(0.99)];
  const missing = Math.max(0, narrowest - (upper - lower)) / 2;
  return { lower: lower - missing, upper: upper + missing };
}
