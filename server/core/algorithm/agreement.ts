import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import { wilson } from '../quality/figures.ts';
import { weightedKappa } from '../quality/reviewStatistics.ts';

/** What an algorithm's "positive" means: the examination shows disease, or the images have faults. */
export const JUDGES = ['disease', 'image'] as const;

/** Cells of the two by two table of algorithm and doctor. */
export const CELLS = ['bothPositive', 'onlyAlgorithm', 'onlyDoctor', 'bothNegative'] as const;
export type Cell = (typeof CELLS)[number];

interface AgreementRow extends Record<Cell, number> {
  name: string;
  version: string;
  judges: (typeof JUDGES)[number];
  cases: number;
  agreed: number;
  partly: number;
  disagreed: number;
}

/**
 * Results of a span, each beside what the doctor said of the same question: of disease the signed conclusion, of images
 * the reader's grade (甲 is negative, 乙 and 丙 positive). `doctor` is null while nothing can be compared.
 */
const judged = (from: string, to: string) => sql`
  select r.id, r.order_id, r.algorithm_name as name, r.algorithm_version as version, a.judges, r.positive as algorithm, r.conclusion, r.received_at, v.verdict,
    case a.judges when 'image' then (select g.grade <> 'A' from image_grade g where g.order_id = r.order_id and g.superseded_at is null)
      else case when o.final_at is not null then o.positive end end as doctor
  from algorithm_result r join algorithm a on a.device_id = r.device_id join orders o on o.id = r.order_id left join algorithm_verdict v on v.result_id = r.id
  where r.received_at >= ${`${from}T00:00:00+08:00`}::timestamptz and r.received_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day'`;

const IN_CELL: Record<Cell, ReturnType<typeof sql>> = {
  bothPositive: sql`j.algorithm and j.doctor`,
  onlyAlgorithm: sql`j.algorithm and not j.doctor`,
  onlyDoctor: sql`not j.algorithm and j.doctor`,
  bothNegative: sql`not j.algorithm and not j.doctor`,
};

/**
 * How each version of an algorithm agrees with the doctors: the two by two table, Cohen's κ with its 95 % interval (null
 * where it cannot be told: no pair, or one side always the same), sensitivity and specificity, and what doctors said of its
 * drafts.
 */
export async function readAgreement(db: Queryable, from: string, to: string) {
  const { rows } =
    await sql<AgreementRow>`select j.name, j.version, j.judges, count(*)::int as cases, ${sql.join(CELLS.map((cell) => sql`count(*) filter (where ${IN_CELL[cell]})::int as ${sql.ref(cell)}`))},
      count(*) filter (where j.verdict = 'agree')::int as agreed, count(*) filter (where j.verdict = 'partly')::int as partly, count(*) filter (where j.verdict = 'disagree')::int as disagreed
    from (${judged(from, to)}) j group by 1, 2, 3 order by 1, 2`.execute(db);
  return rows.map((row) => ({
    ...row,
    kappa: hasBothAnswers(row)
      ? weightedKappa([
          [row.bothNegative, row.onlyDoctor],
          [row.onlyAlgorithm, row.bothPositive],
        ])
      : null,
    sensitivity: wilson(row.bothPositive, row.bothPositive + row.onlyDoctor),
    specificity: wilson(row.bothNegative, row.bothNegative + row.onlyAlgorithm),
    accepted: wilson(row.agreed, row.agreed + row.partly + row.disagreed),
  }));
}

/** Where one side always says the same, κ is 0 by its formula, with an interval of no width, and says nothing. */
const hasBothAnswers = (row: Record<Cell, number>): boolean =>
  [
    row.bothPositive + row.onlyAlgorithm,
    row.bothNegative + row.onlyDoctor,
    row.bothPositive + row.onlyDoctor,
    row.bothNegative + row.onlyAlgorithm,
  ].every((count) => count > 0);

/** The cases behind a figure of `readAgreement`, newest first: of one cell, or all of a version. */
export async function readAgreementCases(
  db: Queryable,
  query: { from: string; to: string; name: string; version: string; cell?: Cell | undefined },
) {
  const { rows } = await sql`
    select j.id, j.order_id, o.accession_number, o.patient_name, o.item_name, i.short_name as institution_name, j.received_at, j.algorithm, j.conclusion, j.doctor, j.verdict,
      coalesce((select s.content->>'impression' from signed_report s where s.order_id = o.id order by s.number desc limit 1), '') as impression,
      (select g.grade from image_grade g where g.order_id = o.id and g.superseded_at is null) as grade
    from (${judged(query.from, query.to)}) j join orders o on o.id = j.order_id join institution i on i.id = o.performing_institution_id
    where j.name = ${query.name} and j.version = ${query.version} and ${query.cell ? IN_CELL[query.cell] : sql`true`}
    order by j.received_at desc limit 200`.execute(db);
  return rows;
}
