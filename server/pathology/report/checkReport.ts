import type { ReportContent, ReportProblem } from '../../core/center.ts';
import type { Queryable } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { findTemplate } from '../synoptic/findTemplate.ts';
import { checkSynoptic } from '../synoptic/renderSynoptic.ts';
import { readKinds } from '../cases/finishStain.ts';
import { readContent, type PathologyContent } from './reportContent.ts';
import { checkSecondReader } from './checkSecondReader.ts';

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

/** The macroscopic description that is printed where the report has none of its own. */
async function grossOf(db: Queryable, orderId: string): Promise<string> {
  const row = await db
    .selectFrom('pathologyCase')
    .select('grossDescription')
    .where('orderId', '=', orderId)
    .executeTakeFirst();
  return row?.grossDescription ?? '';
}

/** Stains that were read and do not stand in the report's table. */
async function untoldStains(
  db: Queryable,
  orderId: string,
  table: PathologyContent['ihc'],
): Promise<string[]> {
  const read = await db
    .selectFrom('pathologyStainOrder as w')
    .leftJoin('pathologyBlock as b', 'b.id', 'w.blockId')
    .select(['w.stain', 'b.label as block'])
    .where('w.orderId', '=', orderId)
    .where('w.state', '=', 'done')
    .where('w.kind', 'in', readKinds)
    .orderBy('w.orderedAt')
    .execute();
  return read
    .filter(
      ({ stain, block }) =>
        !table?.some((row) => row.marker === stain && (!row.block || row.block === block)),
    )
    .map(({ stain }) => stain);
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
  const secondReader = await checkSecondReader(db, order.id, diagnosis);
  if (secondReader) problems.push(secondReader);
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
  const untold = await untoldStains(db, order.id, content.ihc);
  if (untold.length > 0) ask('stain-not-reported', `${untold.join('、')} 已判读，结果未写入报告`);
  if ((content.gross ?? (await grossOf(db, order.id))).includes('_'))
    ask('blank-left', '大体所见仍有模板空格（_）未填');
  return problems;
}
