import type { ReportContent, ReportProblem } from '../../core/center.ts';
import type { Queryable } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import type { ResultLine } from './buildContent.ts';

type Named = { testCode: string; name: string; nameEn: string };
const codes = (tests: readonly Named[]) => tests.map((test) => test.testCode).join(', ');
/** Tests as the words of a fault name them, in both languages. */
const named = (tests: readonly Named[]) => ({
  tests: tests.map((test) => test.name).join('、'),
  testsEn: tests.map((test) => test.nameEn).join(', '),
});

/**
 * Faults of a laboratory report: results that changed since it was written (stale screen), held results, tests
 * without a result. A report of text only, for work done elsewhere, is allowed when nothing was measured here.
 */
export async function checkReport(
  db: Queryable,
  order: Order,
  content: ReportContent,
): Promise<ReportProblem[]> {
  const problems: ReportProblem[] = [];
  const tests = await db
    .selectFrom('labOrderTest as o')
    .innerJoin('labTest as t', 't.code', 'o.testCode')
    .leftJoin('labResult as r', (join) =>
      join
        .onRef('r.orderId', '=', 'o.orderId')
        .onRef('r.testCode', '=', 'o.testCode')
        .on('r.current', '=', true),
    )
    .select(['o.testCode', 't.name', 't.nameEn', 'r.id as resultId', 'r.holds', 'r.state', 'r.preliminary'])
    .where('o.orderId', '=', order.id)
    .where('o.state', 'not in', ['rejected', 'cancelled'])
    .execute();
  const measured = tests.filter((test) => test.resultId !== null);
  const lines = Array.isArray(content['results']) ? (content['results'] as ResultLine[]) : [];
  if (measured.length === 0) {
    const written = ['findings', 'impression'].some(
      (key) => typeof content[key] === 'string' && content[key].trim() !== '',
    );
    if (!written) problems.push({ severity: 'stop', code: 'no-results', message: 'there are no results' });
    else if (tests.length > 0)
      problems.push({ severity: 'ask', code: 'text-only', message: 'a report of text, no single results' });
    return problems;
  }
  const missing = tests.filter((test) => test.resultId === null);
  if (missing.length > 0)
    problems.push({
      severity: 'stop',
      code: 'incomplete',
      params: named(missing),
      message: `no result of ${codes(missing)}`,
    });
  for (const test of measured)
    for (const hold of test.holds ?? [])
      problems.push({
        severity: 'stop',
        code: `held-${hold}`,
        params: { test: test.name, testEn: test.nameEn },
        message: `${test.testCode} is held: ${hold}`,
      });
  const growing = measured.filter((test) => test.preliminary === true);
  if (growing.length > 0)
    problems.push({
      severity: 'stop',
      code: 'preliminary-culture',
      params: named(growing),
      message: `preliminary cultures: ${codes(growing)}`,
    });
  const stale = measured.filter(
    (test) =>
      !lines.some(
        (line) =>
          line.code === test.testCode && (line.resultId === test.resultId || line.corrected !== undefined),
      ),
  );
  if (stale.length > 0)
    problems.push({
      severity: 'stop',
      code: 'results-changed',
      params: named(stale),
      message: `results changed: ${codes(stale)}`,
    });
  const open = await db
    .selectFrom('criticalValue')
    .select('finding')
    .where('orderId', '=', order.id)
    .where('state', '=', 'open')
    .execute();
  for (const one of open)
    problems.push({
      severity: 'ask',
      code: 'critical-not-notified',
      params: { finding: one.finding },
      message: `critical value not told: ${one.finding}`,
    });
  return problems;
}
