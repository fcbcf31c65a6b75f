const mostPoints = 400;

/** An outline of at most so many points, evenly taken: Cornerstone sets one every quarter of a pixel. */
export function thinOutline<T>(outline: readonly T[], most = mostPoints): T[] {
  const step = Math.max(1, Math.ceil(outline.length / most));
  return outline.filter((_point, index) => index % step === 0);
}
