import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';
import type { PreviousResult } from '../queries.ts';
import { organismText, type Organism } from '../result/organism.ts';
import { printedUnit } from '../rules/units.ts';

/** One printed line; also what goes out as OBX. */
export interface ResultLine {
  code: string;
  name: string;
  nameEn: string;
  value: string;
  unit: string | null;
  range: string | null;
  flag: string | null;
  critical: boolean;
  previous: string | null;
  previousAt: string | null;
  method: string | null;
  loinc: string | null;
  numeric: boolean;
  measuredAt: string | null;
  instrument: string | null;
  resultId: string;
  version: number;
  rule: string | null;
  note: string | null;
  panel: string;
  /** Absent in reports signed before lines named their panel's code. */
  panelCode?: string;
  /** A culture that still grows: 初步结果. */
  preliminary?: boolean;
  /** What its preliminary report said. */
  earlier?: string;
  /** Earlier value of a corrected result, printed beside the new one. */
  corrected?: { from: string; reason: string };
  organisms?: Organism[];
}

export interface SpecimenLine {
  barcode: string;
  type: string;
  tube: string;
  collectedAt: string | null;
  collectedBy: string | null;
  receivedAt: string | null;
  state: string;
}

export interface LabContent {
  results: ResultLine[];
  specimens: SpecimenLine[];
  findings: string;
  impression: string;
  positive: boolean;
  critical: boolean;
  pending: string[];
  /** Rules that passed results without a person, e.g. `NA v1`. */
  rules: string[];
  [key: string]: unknown;
}

interface Row {
  code: string;
  name: string;
  nameEn: string;
  decimals: number;
  method: string | null;
  loinc: string | null;
  reactiveText: string | null;
  abnormalChoices: string[];
  panel: string;
  panelCode: string;
  preliminary: boolean | null;
  barcode: string | null;
  testState: string;
  resultId: string | null;
  version: number | null;
  valueNumber: number | null;
  comparator: string | null;
  valueText: string | null;
  organisms: ResultLine['organisms'] | null;
  unit: string | null;
  flag: string | null;
  critical: boolean | null;
  rangeText: string | null;
  previous: PreviousResult | null;
  measuredAt: Date | null;
  instrument: string | null;
  rule: string | null;
  note: string | null;
  reason: string | null;
  /** The released value that this one follows. */
  replaces: { valueNumber: number | null; valueText: string | null; preliminary: boolean } | null;
  state: string | null;
}

export function loadRows(db: Queryable, orderId: string): Promise<Row[]> {
  return sql<Row>`
    select t.code, t.name, t.name_en, t.decimals, t.method, t.loinc, t.reactive_text, t.abnormal_choices, c.name as panel, c.code as panel_code, o.state as test_state, g.barcode, r.preliminary,
      r.id as result_id, r.version, r.value_number::float8 as value_number, r.comparator, r.value_text, r.organisms, r.unit, r.flag, r.critical, r.range_text, r.previous, r.measured_at,
      case when r.source <> 'manual' then i.name end as instrument, r.verified_rule as rule, r.note, r.reason, r.state,
      case when b.id is null then null else json_build_object('valueNumber', b.value_number, 'valueText', b.value_text, 'preliminary', b.preliminary) end as replaces
    from lab_order_test o join lab_test t on t.code = o.test_code join catalogue_item c on c.code = o.panel_code
      left join lab_result r on r.order_id = o.order_id and r.test_code = o.test_code and r.current
      left join lab_result b on b.id = r.replaces_id and b.verified_at is not null
      left join lab_instrument i on i.id = r.instrument_id left join lab_container g on g.id = o.container_id
    where o.order_id = ${orderId} and o.state not in ('rejected', 'cancelled')
    order by c.code, t.print_order, t.code`
    .execute(db)
    .then(({ rows }) => rows);
}

/** What the report says: every current result as it will be printed, tubes, and a summary in words. */
export async function buildContent(db: Queryable, orderId: string): Promise<LabContent> {
  const rows = await loadRows(db, orderId);
  const results = rows.flatMap((row) => (row.resultId ? [toLine(row)] : []));
  const specimens = await db
    .selectFrom('labContainer as c')
    .innerJoin('labTubeType as t', 't.code', 'c.tubeCode')
    .select([
      'c.barcode',
      'c.specimenType as type',
      't.name as tube',
      'c.collectedAt',
      'c.collectedByName as collectedBy',
      'c.receivedAt',
      'c.state',
    ])
    .where('c.orderId', '=', orderId)
    .where('c.state', '<>', 'cancelled')
    .orderBy('c.barcode')
    .execute();
  return {
    results,
    specimens: specimens.map((one) => ({
      ...one,
      collectedAt: one.collectedAt?.toISOString() ?? null,
      receivedAt: one.receivedAt?.toISOString() ?? null,
    })),
    ...summarize(results),
    pending: rows.filter((row) => !row.resultId).map((row) => row.name),
    rules: [...new Set(results.flatMap((line) => (line.rule ? [line.rule] : [])))],
  };
}

/** The lines in words, and what of them is abnormal or critical. */
export function summarize(
  results: readonly ResultLine[],
): Pick<LabContent, 'findings' | 'impression' | 'positive' | 'critical'> {
  const abnormal = results.filter((line) => line.flag !== null && line.flag !== 'N');
  return {
    findings: results.map(inWords).join('\n'),
    impression:
      abnormal.length === 0
        ? ''
        : `异常 ${abnormal.length} 项:${abnormal.map((line) => `${line.name}${arrowOf(line.flag)}`).join('、')}`.slice(
            0,
            2000,
          ),
    positive: abnormal.length > 0,
    critical: results.some((line) => line.critical),
  };
}

function inWords(line: ResultLine): string {
  const grown = line.organisms?.length ? ` ${organismText(line.organisms)}` : '';
  return `${line.name} ${line.value}${line.unit ? ` ${printedUnit(line.unit)}` : ''}${arrowOf(line.flag)}${grown}`;
}

function toLine(row: Row): ResultLine {
  const shown = showValue(row);
  return {
    code: row.code,
    name: row.name,
    nameEn: row.nameEn,
    value: printedValue(row, shown),
    unit: row.unit,
    range: row.rangeText,
    flag: row.flag,
    critical: row.critical ?? false,
    previous: row.previous
      ? row.previous.value !== null
        ? Number(row.previous.value).toFixed(row.decimals)
        : row.previous.text
      : null,
    previousAt: row.previous ? new Date(row.previous.at).toISOString() : null,
    method: row.method,
    loinc: row.loinc,
    numeric: row.valueNumber !== null && row.comparator === null,
    measuredAt: row.measuredAt?.toISOString() ?? null,
    instrument: row.instrument,
    resultId: row.resultId ?? '',
    version: row.version ?? 0,
    rule: row.rule,
    note: row.note,
    panel: row.panel,
    panelCode: row.panelCode,
    ...(row.preliminary ? { preliminary: true } : {}),
    ...(row.replaces?.preliminary
      ? { earlier: showValue({ ...row, ...row.replaces, comparator: null }) }
      : {}),
    ...(row.replaces && !row.replaces.preliminary && row.reason
      ? { corrected: { from: showValue({ ...row, ...row.replaces, comparator: null }), reason: row.reason } }
      : {}),
    ...(row.organisms ? { organisms: row.organisms } : {}),
  };
}

/** A reactive screening test is never printed as positive: 待复检 or 待确证. */
export function printedValue(
  test: { reactiveText: string | null; abnormalChoices: string[] },
  shown: string,
): string {
  return test.reactiveText && test.abnormalChoices.includes(shown) ? test.reactiveText : shown;
}

export function showValue(row: {
  valueNumber: number | null;
  comparator: string | null;
  valueText: string | null;
  decimals: number;
}): string {
  return row.valueNumber === null
    ? (row.valueText ?? '')
    : `${row.comparator ?? ''}${Number(row.valueNumber).toFixed(row.decimals)}`;
}

/** The sign beside a value: never colour alone. */
export function arrowOf(flag: string | null): string {
  switch (flag) {
    case 'H':
      return ' ↑';
    case 'L':
      return ' ↓';
    case 'HH':
      return ' ↑↑';
    case 'LL':
      return ' ↓↓';
    case 'A':
      return ' *';
    default:
      return '';
  }
}
