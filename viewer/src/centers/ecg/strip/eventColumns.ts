import type { StripEvent } from '../types.ts';

/** Places on the time axis of the rate trend. */
export const columns = 1000;

/** Events by place on the time axis, the grave ones before the others: thousands of them are no more lines than fit. */
export function eventColumns(
  events: readonly Pick<StripEvent, 'atMs' | 'kind'>[],
  durationMs: number,
): Map<number, boolean> {
  const found = new Map<number, boolean>();
  for (const { atMs, kind } of events) {
    const column = Math.min(columns - 1, Math.floor((atMs / durationMs) * columns));
    const grave = kind === 'pause' || kind === 'ventricular-run' || kind === 'fibrillation';
    found.set(column, grave || found.get(column) === true);
  }
  return found;
}
