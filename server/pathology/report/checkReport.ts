import type { ReportContent, ReportProblem } from '../../core/center.ts';
import type { Queryable } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { findTemplate } from '../synoptic/findTemplate.ts';
import { checkSynoptic } from '../synoptic/renderSynoptic.ts';
import { readKinds } from '../cases/finishStain.ts';
import { readContent, type PathologyContent } from './reportContent.ts';
import { checkSecondReader } from './checkSecondReader.ts';

/** Pictures that are not of this case, or of a slide that was taken out of it since. */
async function foreignPictures(
  db: Queryable,
  orderId: string,
  images: PathologyContent['images'],
): Promise<number[]> {
  const foreign: number[] = [];
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
    if (!mine) foreign.push(index + 1);
  }
  return foreign;
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
  const stop = (code: string, message: string, params: ReportProblem['params'] = {}) =>
    problems.push({ severity: 'stop', code, message, params });
  const ask = (code: string, message: string, params: ReportProblem['params'] = {}) =>
    problems.push({ severity: 'ask', code, message, params });
  const { content, faults } = readContent(raw);
  if (!content) {
    stop('wrong-form', `wrong form: ${faults.join(', ')}`, { fields: faults.join(', ') });
    return problems;
  }
  const diagnosis = (content.impression ?? '').trim();
  if (diagnosis === '') stop('empty-diagnosis', 'the diagnosis is empty');
  if (content.synoptic) {
    const template = await findTemplate(db, content.synoptic.code, content.synoptic.version);
    const { code: form, version, values } = content.synoptic;
    if (!template) stop('unknown-form', `no form ${form} version ${version}`, { form, version });
    else
      for (const fault of checkSynoptic(template, values)) {
        const asked = template.elements.find(({ code }) => code === fault.element);
        stop(`synoptic-${fault.code}`, `${form} ${fault.element}: ${fault.code}`, {
          form: template.name.zh,
          formEn: template.name.en,
          label: fault.label,
          labelEn: asked?.label.en ?? fault.element,
        });
      }
  }
  const category = content.synoptic?.code === 'CYTO-TBS' ? content.synoptic.values.category : undefined;
  // The mark decides what is read again by lot and what the site must act on: it never contradicts the interpretation.
  if (typeof category === 'string' && (category !== 'nilm') !== (raw.positive === true))
    stop(
      'positive-mark',
      'the positive mark contradicts the interpretation',
      category === 'nilm' ? { context: 'nilm' } : {},
    );
  for (const n of await foreignPictures(db, order.id, content.images))
    stop('picture', `picture ${n} is not of this case`, { n });
  const secondReader = await checkSecondReader(db, order.id, diagnosis);
  if (secondReader) problems.push(secondReader);
  const openOpinion = await db
    .selectFrom('pathologyOpinion')
    .select('id')
    .where('orderId', '=', order.id)
    .where('givenAt', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (openOpinion) ask('opinion-open', 'an opinion is open');
  const openStain = await db
    .selectFrom('pathologyStainOrder')
    .select('stain')
    .where('orderId', '=', order.id)
    .where('state', 'in', ['ordered', 'cut', 'stained'])
    .limit(1)
    .executeTakeFirst();
  if (openStain) ask('stain-open', `${openStain.stain} is open`, { stain: openStain.stain });
  const untold = await untoldStains(db, order.id, content.ihc);
  if (untold.length > 0)
    ask('stain-not-reported', `not reported: ${untold.join(', ')}`, { stains: untold.join('、') });
  if ((content.gross ?? (await grossOf(db, order.id))).includes('_'))
    ask('blank-left', 'the gross description has blanks');
  return problems;
}
