import { sql } from 'kysely';
import type { CenterKind } from '../../../db/types.ts';
import type { Queryable } from '../database.ts';
import { wilson } from './figures.ts';

/**
 * Weighted κ of two readers over ordered grades, linear weights, with its large-sample 95 % interval (Fleiss, Cohen and
 * Everitt 1969). `counts[i][j]`: first reader said grade i, second grade j. Null where it cannot be told.
 */
export function weightedKappa(
  counts: readonly (readonly number[])[],
): { kappa: number; low: number; high: number; n: number } | null {
  // prettier-ignore
  const k = counts.length;
  const at = (i: number, j: number) => counts[i]?.[j] ?? 0;
  let n = 0;
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) n += at(i, j);
  if (n === 0 || k < 2) return null;
  const row = Array.from({ length: k }, (_, i) => counts[i]?.reduce((sum, each) => sum + each, 0) ?? 0).map((sum) => sum / n); // prettier-ignore
  const column = Array.from({ length: k }, (_, j) => Array.from({ length: k }, (__, i) => at(i, j)).reduce((sum, each) => sum + each, 0) / n); // prettier-ignore
  const weight = (i: number, j: number) => 1 - Math.abs(i - j) / (k - 1);
  let observed = 0;
  let expected = 0;
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++) {
      observed += weight(i, j) * (at(i, j) / n);
      expected += weight(i, j) * (row[i] ?? 0) * (column[j] ?? 0);
    }
  if (expected === 1) return null;
  const kappa = (observed - expected) / (1 - expected);
  const rowMean = row.map((_, i) => column.reduce((sum, share, j) => sum + weight(i, j) * share, 0));
  const columnMean = column.map((_, j) => row.reduce((sum, share, i) => sum + weight(i, j) * share, 0));
  let spread = 0;
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++)
      spread += (at(i, j) / n) * (weight(i, j) - ((rowMean[i] ?? 0) + (columnMean[j] ?? 0)) * (1 - kappa)) ** 2; // prettier-ignore
  const variance = Math.max(0, spread - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2);
  const half = 1.959964 * Math.sqrt(variance);
  return { kappa, low: Math.max(-1, kappa - half), high: Math.min(1, kappa + half), n };
}

interface Group {
  name: string;
  reviewed: number;
  grades: [number, number, number, number];
  significant: number;
  compliant: number;
  judged: number;
  /** Reviews in which the images, trace or specimen were graded, and those that were good (甲). */
  inputGraded: number;
  inputGood: number;
}

/** Sampling statistics of decided reviews: grades by site and by writer with 95 % intervals, κ between two blind readers. */
export async function readReviewStatistics(
  db: Queryable,
  from: string,
  to: string,
  center: CenterKind | undefined,
) {
  const span = sql`q.decided_at >= ${`${from}T00:00:00+08:00`}::timestamptz and q.decided_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day' and ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`}`;
  const by = async (name: ReturnType<typeof sql>) => {
    const { rows } = await sql<
      Omit<Group, 'grades'> & { g1: number; g2: number; g3: number; g4: number }
    >`select ${name} as name, count(*)::int as reviewed, count(*) filter (where q.score = 1)::int as g1, count(*) filter (where q.score = 2)::int as g2, count(*) filter (where q.score = 3)::int as g3, count(*) filter (where q.score = 4)::int as g4,
      count(*) filter (where q.score >= 3)::int as significant, count(*) filter (where (q.compliance->>'compliant')::boolean)::int as compliant, count(*) filter (where q.compliance is not null)::int as judged, count(q.input_grade)::int as input_graded, count(*) filter (where q.input_grade = 'A')::int as input_good
      from quality_review q join orders o on o.id = q.order_id join institution i on i.id = o.performing_institution_id join signed_report s on s.id = q.signed_report_id left join staff w on w.id = s.reporter_id where ${span} group by 1 order by 1`.execute(
      db,
    );
    return rows.map(({ g1, g2, g3, g4, ...row }) => ({
      ...row,
      grades: [g1, g2, g3, g4],
      discrepancy: wilson(row.significant, row.reviewed),
      writing: wilson(row.compliant, row.judged),
      input: wilson(row.inputGood, row.inputGraded),
    }));
  };
  const pairs = await sql<{
    a: number;
    b: number;
    n: number;
  }>`select a.score as a, b.score as b, count(*)::int as n from review_reading a join review_reading b on b.review_id = a.review_id and (b.read_at, b.reader_id) > (a.read_at, a.reader_id) join quality_review q on q.id = a.review_id join orders o on o.id = q.order_id
    where b.read_at >= ${`${from}T00:00:00+08:00`}::timestamptz and b.read_at < ${`${to}T00:00:00+08:00`}::timestamptz + interval '1 day' and ${center ? sql`o.center_kind = ${center}::center_kind` : sql`true`} group by 1, 2`.execute(
    db,
  );
  const counts = [0, 1, 2, 3].map((i) =>
    [0, 1, 2, 3].map((j) => pairs.rows.find((row) => row.a === i + 1 && row.b === j + 1)?.n ?? 0),
  );
  const all = await by(sql`'all'::text`);
  return {
    all: all[0] ?? null,
    bySite: await by(sql`i.short_name`),
    byWriter: await by(sql`coalesce(w.name, '')`),
    agreement: weightedKappa(counts),
    counts,
  };
}
