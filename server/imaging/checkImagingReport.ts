import type { ReportContent, ReportProblem } from '../core/center.ts';
import type { Queryable } from '../core/database.ts';
import type { Order } from '../core/order/order.ts';
import { viewingLimitsText } from './viewingLimits.ts';

const MALE_ORGANS = /前列腺|精囊|睾丸|附睾|阴茎/;
const FEMALE_ORGANS = /子宫|卵巢|输卵管|宫颈|附件区/;
/** What a template leaves to be filled in. */
const LEFT_OVER =
  /\{\{[^}]*\}\}|\[[^\]]*(?:填写|选择|待填)[^\]]*\]|_{2,}|×{2,}|XX+|【\s*】|\(\s*\)\s*(?:mm|cm|HU)|左\/右|有\/无/;
const DENIED = /(?:未见|无|没有|术后缺如|已切除|缺如)[^,。;]{0,6}$/;

const text = (content: ReportContent, key: string): string =>
  typeof content[key] === 'string' ? content[key].trim() : '';

/**
 * Contradictions that a verifier should see before he signs: empty conclusion and template left-overs stop; organs of
 * the other sex and a side that differs from the order or between findings and conclusion are asked about.
 */
export async function checkImagingReport(
  db: Queryable,
  order: Order,
  content: ReportContent,
): Promise<ReportProblem[]> {
  const findings = text(content, 'findings');
  const impression = text(content, 'impression');
  const whole = `${findings}\n${impression}`;
  const problems: ReportProblem[] = [];
  if (impression === '')
    problems.push({ severity: 'stop', code: 'empty-impression', message: 'the impression is empty' });
  const left = LEFT_OVER.exec(whole);
  if (left)
    problems.push({
      severity: 'stop',
      code: 'template-text',
      params: { words: left[0] },
      message: `template text is left: "${left[0]}"`,
    });
  if (order.patientId) {
    const { sex } = await db
      .selectFrom('patient')
      .select('sex')
      .where('id', '=', order.patientId)
      .executeTakeFirstOrThrow();
    const organ =
      sex === 'F' ? mentioned(whole, MALE_ORGANS) : sex === 'M' ? mentioned(whole, FEMALE_ORGANS) : undefined;
    if (organ)
      problems.push({
        severity: 'ask',
        code: 'sex-organ',
        params: { words: organ },
        message: `the report names "${organ}", the patient is ${sex === 'F' ? 'female' : 'male'}`,
      });
  }
  problems.push(...checkSides(order, findings, impression));
  const limits = viewingLimitsText(content);
  if (limits)
    problems.push({ severity: 'ask', code: 'viewing-limits', message: limits, params: { words: limits } });
  return problems;
}

function mentioned(whole: string, organs: RegExp): string | undefined {
  for (const found of whole.matchAll(new RegExp(organs, 'g')))
    if (!DENIED.test(whole.slice(0, found.index))) return found[0];
  return undefined;
}

const clausesOf = (words: string): string[] => words.split(/[,，。;；、\n]/);

/** The one side that is spoken of; clauses about both sides speak for none. */
const sideOf = (words: string): '左' | '右' | undefined => {
  const single = clausesOf(words)
    .filter((clause) => !/双|两侧/.test(clause))
    .join();
  const [left, right] = [single.includes('左'), single.includes('右')];
  return left === right ? undefined : left ? '左' : '右';
};

function checkSides(order: Order, findings: string, impression: string): ReportProblem[] {
  const problems: ReportProblem[] = [];
  const asked = sideOf(order.itemName);
  const concluded = sideOf(impression);
  if (asked && concluded && asked !== concluded)
    problems.push({
      severity: 'ask',
      code: 'laterality-order',
      params: { asked, concluded },
      message: `ordered side ${asked}, concluded side ${concluded}`,
    });
  const found = sideOf(positiveSentences(findings));
  if (found && concluded && found !== concluded)
    problems.push({
      severity: 'ask',
      code: 'laterality',
      params: { found, concluded },
      message: `found side ${found}, concluded side ${concluded}`,
    });
  return problems;
}

const LESION = /骨折|脱位|占位|结节|肿块|肿物|囊肿|病灶|斑片|积液|积气|出血|梗死|结石|增厚|狭窄|扩张|破坏/;

/** Clauses that describe something abnormal: they deny nothing, and call clear or sharp at most the edge of a lesion. */
function positiveSentences(findings: string): string {
  return clausesOf(findings)
    .filter((clause) => !/未见|正常|无异常|居中|不大/.test(clause))
    .filter((clause) => LESION.test(clause) || !/清晰|对称|锐利/.test(clause))
    .join('。');
}
