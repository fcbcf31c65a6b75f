import type { ReportContent, ReportProblem } from '../core/center.ts';
import type { Queryable } from '../core/database.ts';
import type { Order } from '../core/order/order.ts';
import { checkSides, type ExaminedSides } from './checkSides.ts';
import { studiesOfOrder } from './queries.ts';
import { viewingLimitsText } from './viewingLimits.ts';

const MALE_ORGANS = /前列腺|精囊|睾丸|附睾|阴茎|阴囊/;
const FEMALE_ORGANS = /子宫|卵巢|输卵管|宫颈|宫腔|阴道|附件区/;
/** What a template leaves to be filled in. */
const LEFT_OVER =
  /\{\{[^}]*\}\}|\[[^\]]*(?:填写|选择|待填)[^\]]*\]|[_＿]{2,}|×{2,}|XX+|【\s*】|[(（]\s*[)）]\s*(?:mm|cm|HU)|左[/／]右|有[/／]无/;
const DENIED = /(?:未见|无|没有|术后缺如|已切除|缺如)[^,，。;；\n]{0,6}$/;

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
  problems.push(...checkSides(await examinedSides(db, order), findings, impression));
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

async function examinedSides(db: Queryable, order: Order): Promise<ExaminedSides> {
  const studies = await studiesOfOrder(db, order.id);
  const series =
    studies.length === 0
      ? []
      : await db
          .selectFrom('series')
          .select('laterality')
          .distinct()
          .where(
            'studyId',
            'in',
            studies.map(({ id }) => id),
          )
          .where('laterality', 'is not', null)
          .execute();
  return {
    itemName: order.itemName,
    lateralities: series.flatMap(({ laterality }) => laterality?.trim().toUpperCase() ?? []),
    descriptions: studies.flatMap(({ studyDescription }) => studyDescription ?? []),
  };
}
