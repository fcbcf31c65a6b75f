import type { ReportContent } from '../center.ts';

export interface NotifiableRule {
  code: string;
  words: string[];
  testCodes: string[];
  testValues: string[];
}

/** Words that deny a disease in their clause, or say that it is old. */
const DENIED = /未见|未发现|未提示|无[^色痛力效]|不支持|不考虑|排除|除外|否认|陈旧|已愈|愈合|治愈|阴性/;
/** Suspected cases are reported too. */
const SUSPECTED = /待排|待除外|不除外|不能排除|不能除外/;

/**
 * What of a signed report speaks for a rule: the clause of the conclusion, or the result line. Undefined when nothing
 * does. A rule proposes a card, it diagnoses nothing: the doctor reports or dismisses.
 */
export function findEvidence(rule: NotifiableRule, content: ReportContent): string | undefined {
  return inConclusion(rule, content) ?? inResults(rule, content);
}

function inConclusion({ words }: NotifiableRule, { impression }: ReportContent): string | undefined {
  if (typeof impression !== 'string' || words.length === 0) return undefined;
  return impression
    .split(/[,，。；;\n]/)
    .map((clause) => clause.trim())
    .find(
      (clause) =>
        words.some((word) => clause.includes(word)) && (SUSPECTED.test(clause) || !DENIED.test(clause)),
    );
}

function inResults(rule: NotifiableRule, { results }: ReportContent): string | undefined {
  if (!Array.isArray(results) || rule.testCodes.length === 0) return undefined;
  for (const line of results as Record<string, unknown>[]) {
    const code = String(line.code ?? '').toUpperCase();
    const value = String(line.value ?? line.text ?? '').trim();
    if (!rule.testCodes.includes(code) || !value || /阴性|negative|non-?reactive|非反应/i.test(value))
      continue;
    const said = rule.testValues.find((each) => value.toLowerCase().includes(each.toLowerCase()));
    if (said) return `${String(line.name ?? code)} ${value}`;
  }
  return undefined;
}
