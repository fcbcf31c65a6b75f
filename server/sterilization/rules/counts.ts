export interface CountedLine {
  instrumentTypeCode?: string | undefined;
  expected: number;
  found: number;
  damaged: number;
  discrepancy: string;
}

/**
 * What a set should hold is said by its version, not by whoever counts: the expected number of each line is taken from
 * the content. An instrument that does not belong to the set is expected zero times, hence foreign.
 */
export function expectByContent<L extends CountedLine>(
  content: readonly { code: string; quantity: number }[],
  lines: readonly L[],
): L[] {
  if (content.length === 0) return [...lines];
  return lines.map((line) =>
    line.instrumentTypeCode === undefined
      ? line
      : {
          ...line,
          expected: content
            .filter((item) => item.code === line.instrumentTypeCode)
            .reduce((sum, item) => sum + item.quantity, 0),
        },
  );
}

/**
 * Count in ≠ count out: instruments that were missing or damaged when the set was sorted, and of which assembly says
 * nothing. Each needs a line there, be it only that it was replaced.
 */
export function unexplained(
  sorted: readonly { code: string; expected: number; found: number; damaged: number }[],
  assembly: readonly CountedLine[],
): string[] {
  const short = sorted.filter((one) => one.found < one.expected || one.damaged > 0).map((one) => one.code);
  return [...new Set(short)].filter(
    (code) => !assembly.some((line) => line.instrumentTypeCode === code && line.discrepancy !== 'none'),
  );
}
