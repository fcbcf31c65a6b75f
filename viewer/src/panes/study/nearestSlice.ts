/** Index of the slice whose position is nearest; -1 when no slice has one. */
export function nearestSlice(positions: readonly (number | null)[], wanted: number): number {
  let best = -1;
  let distance = Infinity;
  positions.forEach((position, index) => {
    if (position === null) return;
    const d = Math.abs(position - wanted);
    if (d < distance) {
      distance = d;
      best = index;
    }
  });
  return best;
}
