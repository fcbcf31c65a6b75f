import type { RawBuilder } from 'kysely';
import type { CenterKind } from '../../../../db/types.ts';

/** A span of instants, from inclusive, to exclusive; columns of an outer row where days are opened one by one. */
export interface Span {
  from: Date | RawBuilder<unknown>;
  to: Date | RawBuilder<unknown>;
}

export interface Indicator {
  code: string;
  /** Raised whenever the query changes; a frozen figure names the version it was computed with. */
  version: number;
  name: string;
  nameEn: string;
  center: CenterKind | 'community';
  better: 'up' | 'down';
  /** Share that is aimed at, 0…1; null: only observed. */
  target: number | null;
  /** N national, L local, P proposal. */
  mark: 'N' | 'L' | 'P';
  formula: string;
  formulaEn: string;
  /** A volume or count that serves other figures; not listed among the indicators. */
  hidden?: true;
  /** Rows (order_id, institution_id, at, met) of every case of the denominator in a span. `order_id` may be null. */
  cases(span: Span): RawBuilder<unknown>;
  /** Instants (one column) of cases that changed since then without an event of their order. */
  changed?(since: Date): RawBuilder<unknown>;
}
