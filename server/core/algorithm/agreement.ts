import { sql } from 'kysely';
import type { Queryable } from '../database.ts';
import { wilson } from '../quality/figures.ts';

export interface AgreementRow {
  name: string;
  version: string;
  cases: number;
  /** Signed cases where algorithm and doctor both say positive, and so on. */
  bothPositive: number;
  onlyAlgorithm: number;
  onlyDoctor: number;
  bothNegative: number;
  agreed: number;
  partly: number;
  disagreed: number;
}

/** Cohen's κ of a two by two table; null where it cannot be told (no cases, or both always the same). */
export function kappa(
  bothPositive: number,
  onlyFirst: number,
  onlySecond: number,
  bothNegative: number,
): number | null {
  // prettier-ignore
  const n = bothPositive + onlyFirst + onlySecond + bothNegative;
  if (n === 0) return null;
  const observed = (bothPositive + bothNegative) / n;
  const first = (bothPositive + onlyFirst) / n;
  const second = (bothPositive + onlySecond) / n;
  const expected = first * second + (1 - first) * (1 - second);
  return expected === 1 ? null : (observed - expected) / (1 - expected);
}

/** How each version of an algorithm agrees with the signed reports (positive or not) and with what doctors said of it. */
export async function readAgreement(db: Queryable, from: string, to: string) {
  const { rows } =
    await sql<AgreementRow>`select r.algorithm_name as name, r.algorithm_version as version, count(*)::int as cases,
      count(*) filter (where o.final_at is not null and r.positive and o.positive)::int as both_positive, count(*) filter (where o.final_at is not null and r.positive and not o.positive)::int as only_algorithm,
      count(*) filter (where o.final_at is not null and not r.positive and o.positive)::int as only_doctor, count(*) filter (where o.final_at is not null and not r.positive and not o.positive)::int as both_negative,
      count(v.verdict) filter (where v.verdict = 'agree')::int as agreed, count(v.verdict) filter (where v.verdict = 'partly')::int as partly, count(v.verdict) filter (where v.verdict = 'disagree')::int as disagreed
    from algorithm_result r join orders o on o.id = r.order_id left join algorithm_verdict v on v.result_id = r.id
    where r.received_at >= ${`${from}T00:00:00+08:00`}::timestamptz and r.received_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day' group by 1, 2 order by 1, 2`.execute(
      db,
    );
  return rows.map((row) => ({
    ...row,
    kappa: kappa(row.bothPositive, row.onlyAlgorithm, row.onlyDoctor, row.bothNegative),
    sensitivity: wilson(row.bothPositive, row.bothPositive + row.onlyDoctor),
    specificity: wilson(row.bothNegative, row.bothNegative + row.onlyAlgorithm),
    accepted: wilson(row.agreed, row.agreed + row.partly + row.disagreed),
  }));
}
