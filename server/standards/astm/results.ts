import { parseTimestamp } from '../hl7v2/timestamp.ts';
import { astmComponents, astmField, type AstmMessage, type AstmRecord } from './parse.ts';

/** One value of an analyzer, independent of the wire it came by. */
export interface AstmResult {
  specimenId: string | undefined;
  instrumentCode: string;
  value: string;
  unit: string | undefined;
  /** R-7 as sent: L H LL HH < > N A … */
  abnormalFlag: string | undefined;
  /** F final, P preliminary, X cannot be done, … */
  status: string | undefined;
  operator: string | undefined;
  measuredAt: Date | undefined;
  /** Q in O-12: a control, not a patient. */
  control: boolean;
  comments: string[];
}

/** How one analyzer places things. Defaults fit LIS2-A2; a driver is this as data. */
export interface AstmLayout {
  /** O-3 (specimen) component and O-4 (instrument specimen) are tried in this order; `[field, component]`. */
  specimen: readonly (readonly [number, number])[];
  /** Component of R-3 with the test code; the first that is filled counts. */
  testComponents: readonly number[];
  valueComponents: readonly number[];
  /** Results whose code matches are not values (images, suspect flags). */
  ignoreCodes?: RegExp;
}

export const standardLayout: AstmLayout = {
  specimen: [
    [3, 1],
    [4, 1],
    [3, 3],
    [4, 3],
  ],
  testComponents: [4, 5, 3, 2, 1],
  valueComponents: [1, 2],
};

/** Flattens O and R records into results, each with its specimen and the comments behind it. */
export function readAstmResults(message: AstmMessage, layout: AstmLayout = standardLayout): AstmResult[] {
  const results: AstmResult[] = [];
  let order: AstmRecord | undefined;
  let last: AstmResult | undefined;
  for (const record of message.records) {
    if (record.type === 'P') order = undefined;
    if (record.type === 'P' || record.type === 'O') last = undefined;
    if (record.type === 'O') order = record;
    if (record.type === 'C' && last) {
      const said = astmComponents(record, 4)
        .filter((one) => one.trim() !== '')
        .join(' ')
        .trim();
      if (said) last.comments.push(said);
    }
    if (record.type !== 'R') continue;
    last = readResult(record, order, layout);
    if (last) results.push(last);
  }
  return results;
}

function readResult(
  record: AstmRecord,
  order: AstmRecord | undefined,
  layout: AstmLayout,
): AstmResult | undefined {
  const instrumentCode = firstOf(record, 3, layout.testComponents);
  if (!instrumentCode || layout.ignoreCodes?.test(instrumentCode)) return undefined;
  return {
    specimenId: order ? specimenOf(order, layout) : undefined,
    instrumentCode,
    value: firstOf(record, 4, layout.valueComponents) ?? '',
    unit: astmField(record, 5),
    abnormalFlag: astmField(record, 7),
    status: astmField(record, 9),
    operator: astmField(record, 11),
    measuredAt: parseTimestamp(astmField(record, 13)) ?? parseTimestamp(astmField(record, 12)),
    control: order ? astmField(order, 12) === 'Q' : false,
    comments: [],
  };
}

/** The specimen number of an O record by the analyzer's layout. */
export function specimenOf(order: AstmRecord, layout: AstmLayout = standardLayout): string | undefined {
  for (const [field, component] of layout.specimen) {
    const found = astmField(order, field, component);
    if (found) return found;
  }
  return undefined;
}

function firstOf(record: AstmRecord, field: number, components: readonly number[]): string | undefined {
  for (const component of components) {
    const found = astmField(record, field, component);
    if (found) return found;
  }
  return undefined;
}

/** Specimen numbers asked for in Q records (host query); `ALL` when the analyzer asks for its worklist. */
export function readAstmQueries(message: AstmMessage): string[] {
  const asked: string[] = [];
  for (const record of message.records) {
    if (record.type !== 'Q') continue;
    const repetitions = record.fields[3] ?? [];
    for (const components of repetitions) {
      const number = components.map((one) => one.trim()).find((one) => one !== '');
      if (number) asked.push(number.toUpperCase() === 'ALL' ? 'ALL' : number);
    }
  }
  return asked;
}
