import type { ReportContent, ReportProblem } from '../../core/center.ts';
import type { Queryable } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { findTemplate } from '../synoptic/findTemplate.ts';
import { checkSynoptic } from '../synoptic/renderSynoptic.ts';
import { readContent, type PathologyContent } from './reportContent.ts';

/** Diagnoses that a second reader must see before they leave the house; a centre sets its own words. */
export const defaultSecondReaderWords = ['淋巴瘤', '黑色素瘤', '肉瘤', 'lymphoma', 'melanoma', 'sarcoma'];

const negated = /(未见|排除|除外|不支持|阴性|no evidence of|negative for)[^,。;,.;]{0,12}$/i;

/** True when the text states one of the words and does not deny it just before. */
export function states(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!negated.test(text.slice(Math.max(0, at - 24), at))) return true;
  }
  return false;
}

async function secondReaderWords(db: Queryable): Promise<string[]> {
  const row = await db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'pathology.secondReader')
    .executeTakeFirst();
  return Array.isArray(row?.value)
    ? row.value.filter((word) => typeof word === 'string')
    : defaultSecondReaderWords;
}

const faultWords = {
  required: '未填',
  'unknown-option': '不是本表的选项',
  'out-of-range': '数值不合理',
  'wrong-type': '格式不对',
  contradicts: '与其他项矛盾',
} as const;

/** Pictures that are not of this case, or of a slide that was taken out of it since. */
async function foreignPictures(
  db: Queryable,
  orderId: string,
  images: PathologyContent['images'],
): Promise<string[]> {
  const faults: string[] = [];
  for (const [index, { snapshotId, photoId }] of (images ?? []).entries()) {
    const mine = snapshotId
      ? await db
          .selectFrom('slideSnapshot as n')
          .innerJoin('slideImage as s', 's.id', 'n.slideImageId')
          .select('n.id')
          .where('n.id', '=', snapshotId)
          .where('n.orderId', '=', orderId)
          .where('s.orderId', '=', orderId)
          .executeTakeFirst()
      : photoId &&
        (await db
          .selectFrom('pathologyPhoto')
          .select('id')
          .where('id', '=', photoId)
          .where('orderId', '=', orderId)
          .executeTakeFirst());
    if (!mine) faults.push(`第 ${index + 1} 幅图片不属于本例，请移除`);
  }
  return faults;
}

/** Faults of a pathology report: empty diagnosis, unfinished form, missing second reader, opinions and stains still open. */
export async function checkReport(db: Queryable, order: Order, raw: ReportContent): Promise<ReportProblem[]> {
  const problems: ReportProblem[] = [];
  const stop = (code: string, message: string) => problems.push({ severity: 'stop', code, message });
  const ask = (code: string, message: string) => problems.push({ severity: 'ask', code, message });
  const { content, faults } = readContent(raw);
  if (!content) {
    stop('wrong-form', `报告内容格式不对：${faults.join('、')}`);
    return problems;
  }
  const diagnosis = (content.impression ?? '').trim();
  if (diagnosis === '') stop('empty-diagnosis', '病理诊断为空');
  if (content.synoptic) {
    const template = await findTemplate(db, content.synoptic.code, content.synoptic.version);
    if (!template)
      stop('unknown-form', `没有结构化报告模板 ${content.synoptic.code} 第 ${content.synoptic.version} 版`);
    else
      for (const fault of checkSynoptic(template, content.synoptic.values))
        stop(`synoptic-${fault.code}`, `${template.name.zh}「${fault.label}」${faultWords[fault.code]}`);
  }
  const category = content.synoptic?.code === 'CYTO-TBS' ? content.synoptic.values.category : undefined;
  // The mark decides what is read again by lot and what the site must act on: it never contradicts the interpretation.
  if (typeof category === 'string' && (category !== 'nilm') !== (raw.positive === true))
    stop(
      'positive-mark',
      category === 'nilm' ? '判读为 NILM，不应标为阳性' : '判读为异常（非 NILM），须标为阳性',
    );
  for (const fault of await foreignPictures(db, order.id, content.images)) stop('picture', fault);
  const lower = diagnosis.toLowerCase();
  const word = (await secondReaderWords(db)).find((candidate) => states(lower, candidate.toLowerCase()));
  if (word) {
    const opinion = await db
      .selectFrom('pathologyOpinion')
      .select('agrees')
      .where('orderId', '=', order.id)
      .where('kind', '=', 'second-reader')
      .where('givenAt', 'is not', null)
      .orderBy('givenAt', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (!opinion) stop('second-reader', `诊断含“${word}”，须有第二阅片人意见`);
    else if (opinion.agrees === false)
      stop('second-reader-disagrees', `诊断含“${word}”，第二阅片人不同意：请再会诊或修改诊断`);
  }
  const openOpinion = await db
    .selectFrom('pathologyOpinion')
    .select('id')
    .where('orderId', '=', order.id)
    .where('givenAt', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (openOpinion) ask('opinion-open', '科内会诊意见尚未给出');
  const openStain = await db
    .selectFrom('pathologyStainOrder')
    .select('stain')
    .where('orderId', '=', order.id)
    .where('state', 'in', ['ordered', 'cut', 'stained'])
    .limit(1)
    .executeTakeFirst();
  if (openStain) ask('stain-open', `${openStain.stain} 尚未完成`);
  return problems;
}
