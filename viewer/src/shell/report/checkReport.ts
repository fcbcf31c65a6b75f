import type { Order } from '../../api/types.ts';

export interface ReportWarning {
  code: string;
  words?: string;
}

/** What the hub calls the same contradiction: said once where both are shown. */
const sameProblem: Record<string, string> = {
  emptyImpression: 'empty-impression',
  sexOrgan: 'sex-organ',
  side: 'laterality-order',
  sideInside: 'laterality',
  templateText: 'template-text',
};

/** The warnings of the page that the hub does not already give. */
export function besides(
  warnings: readonly ReportWarning[],
  problems: readonly { code: string }[],
): ReportWarning[] {
  const known = new Set(problems.map(({ code }) => code));
  return warnings.filter(({ code }) => !known.has(sameProblem[code] ?? ''));
}

const maleOnly = ['前列腺', '睾丸', '精囊', 'prostate', 'testis', 'testicular'];
const femaleOnly = [
  '子宫',
  '卵巢',
  '宫颈',
  '妊娠',
  '胎儿',
  'uterus',
  'uterine',
  'ovary',
  'ovarian',
  'pregnan',
];

/** `未见子宫` about a man still is a contradiction; a template text left over is one too. */
function found(text: string, words: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  return words.find((word) => lower.includes(word));
}

function sides(text: string): { left: boolean; right: boolean } {
  const both = /双|两侧|左右|bilateral|both/i.test(text);
  return { left: both || /左|\bleft\b/i.test(text), right: both || /右|\bright\b/i.test(text) };
}

/** Contradictions a reader wants to hear of before signing. They are asked, never decided, here. */
export function checkReport(order: Order, findings: string, impression: string): ReportWarning[] {
  const warnings: ReportWarning[] = [];
  const all = `${findings}\n${impression}`;
  if (!impression.trim()) warnings.push({ code: 'emptyImpression' });
  if (!findings.trim()) warnings.push({ code: 'emptyFindings' });

  const sex = order.patient?.sex;
  const male = found(all, maleOnly);
  const female = found(all, femaleOnly);
  if (sex === 'F' && male) warnings.push({ code: 'sexOrgan', words: male });
  if (sex === 'M' && female) warnings.push({ code: 'sexOrgan', words: female });

  const ordered = sides(order.items.map((each) => each.name).join(' '));
  const concluded = sides(impression);
  if (ordered.left !== ordered.right) {
    const other = ordered.left ? concluded.right && !concluded.left : concluded.left && !concluded.right;
    if (other) warnings.push({ code: 'side', words: ordered.left ? '左' : '右' });
  }
  const written = sides(findings);
  if (concluded.left && !concluded.right && written.right && !written.left)
    warnings.push({ code: 'sideInside' });
  if (concluded.right && !concluded.left && written.left && !written.right)
    warnings.push({ code: 'sideInside' });

  const left = /\[[^\]\n]{0,20}\]|【[^】\n]{0,20}】|_{3,}|×{2,}|XX+|\?\?+/.exec(all)?.[0];
  if (left) warnings.push({ code: 'templateText', words: left });
  const unit = /\d\s*(cmm|mmm|cmcm|ccm)\b/i.exec(all)?.[0];
  if (unit) warnings.push({ code: 'unit', words: unit });
  return warnings;
}
