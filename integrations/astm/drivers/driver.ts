import type { AstmRecord } from '../../../server/standards/astm/parse.ts';
import type { AstmLayout, AstmResult } from '../../../server/standards/astm/results.ts';

/** How one kind of analyzer speaks: mostly data, a small function where data does not suffice. */
export interface AstmDriver {
  layout: AstmLayout;
  /** Leaves out R records that are no results. */
  keep?(record: AstmRecord): boolean;
  /** Last touch on a value as it was read. */
  adjust?(result: AstmResult): AstmResult;
  /** Where the test code stands in the O record of our answer to a host query: `^^^CODE` (default) or `^^^^CODE`. */
  orderCodeComponent?: number;
  /** Component of O-3 that carries the tube number in our answer. */
  orderSpecimenComponent?: number;
}
