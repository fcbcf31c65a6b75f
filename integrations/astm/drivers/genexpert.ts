import { astmField } from '../../../server/standards/astm/parse.ts';
import { standardLayout } from '../../../server/standards/astm/results.ts';
import type { AstmDriver } from './driver.ts';

/** Cepheid GeneXpert: the analyte stands in component 7 of R-3; lines with component 8 (Ct, EndPt) and lines without a status in R-9 are probe data behind it. */
export const genexpert: AstmDriver = {
  layout: { ...standardLayout, testComponents: [7] },
  keep: (record) => astmField(record, 3, 8) === undefined && astmField(record, 9) !== undefined,
};
