import type { StripEvent } from '../types.ts';

/** Places on the time axis of the rate trend. */
export const columns = 1000;

/** What a reader wants to see before single beats and minutes. */
export const isGrave = ({ kind }: Pick<StripEvent, 'kind'>): boolean =>
  kind === 'pause' || kind === 'ventricular-run' || kind === 'fibrillation';

/** Events by place on the time axis, the grave ones before the others: thousands of them are no more lines than fit. */
export function eventColumns(
  events: readonly Pick<StripEvent, 'atMs' | 'kind'>[],
  durationMs: number,
): Map<number, boolean> {
  const found = new Map<number, boolean>();
  for (const event of events) {
    const column = Math.min(columns - 1, Math.floor((event.atMs / durationMs) * columns));
    found.set(column, isGrave(event) || found.get(column) === true);
  }
  return found;
}
