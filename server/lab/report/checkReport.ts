import type { ReportContent, ReportProblem } from '../../core/center.ts';
import type { Queryable } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import type { ResultLine } from './buildContent.ts';

/** Words for the reasons that hold a result. */
const HOLD_WORDS: Record<string, string> = {
  'qc-rejected': '质控失控,纠正措施未签字',
  'qc-missing': '当日质控未做',
  'qc-expired': '质控已过有效期',
  'whole-blood-expired': '全血超过稳定时间',
  'separated-late': '离心超时',
  'stability-expired': '标本超过稳定时间',
  'too-cold': '转运温度过低',
  'too-warm': '转运温度过高',
  'above-measuring-range': '超出测量上限,需稀释复测',
  'below-measuring-range': '低于测量下限',
  rerun: '等待复测',
  'no-result': '未出结果',
  preliminary: '培养为初步结果',
};

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
    .select(['o.testCode', 't.name', 'r.id as resultId', 'r.holds', 'r.state', 'r.preliminary'])
    .where('o.orderId', '=', order.id)
    .where('o.state', 'not in', ['rejected', 'cancelled'])
    .execute();
  const measured = tests.filter((test) => test.resultId !== null);
  const lines = Array.isArray(content['results']) ? (content['results'] as ResultLine[]) : [];
  if (measured.length === 0) {
    const written = ['findings', 'impression'].some(
      (key) => typeof content[key] === 'string' && content[key].trim() !== '',
    );
    if (!written) problems.push({ severity: 'stop', code: 'no-results', message: '没有检验结果' });
    else if (tests.length > 0)
      problems.push({ severity: 'ask', code: 'text-only', message: '本单没有逐项结果,仅有文字报告' });
    return problems;
  }
  const missing = tests.filter((test) => test.resultId === null);
  if (missing.length > 0)
    problems.push({
      severity: 'stop',
      code: 'incomplete',
      params: { tests: missing.map((test) => test.name).join('、') },
      message: `未出结果:${missing.map((test) => test.name).join('、')}(可先部分发布)`,
    });
  for (const test of measured)
    for (const hold of test.holds ?? [])
      problems.push({
        severity: 'stop',
        code: `held-${hold}`,
        params: { test: test.name },
        message: `${test.name}:${HOLD_WORDS[hold] ?? hold}`,
      });
  const growing = measured.filter((test) => test.preliminary === true);
  if (growing.length > 0)
    problems.push({
      severity: 'stop',
      code: 'preliminary-culture',
      params: { tests: growing.map((test) => test.name).join('、') },
      message: `培养仍为初步结果,请录入最终结果:${growing.map((test) => test.name).join('、')}`,
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
      params: { tests: stale.map((test) => test.name).join('、') },
      message: `结果已变化,请重新审核:${stale.map((test) => test.name).join('、')}`,
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
      message: `危急值尚未通知:${one.finding}`,
    });
  return problems;
}
