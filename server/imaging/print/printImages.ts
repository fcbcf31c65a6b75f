import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { localDateTime } from '../../core/localTime.ts';
import { getVisibleOrder, type Order } from '../../core/order/order.ts';
import { renderPrintDocument } from '../../core/print/renderPrintDocument.ts';
import type { PrintSection } from '../../core/print/sections.ts';
import { examinedText, loadDocumentFacts } from '../../core/report/documentFacts.ts';
import { studiesOfOrder } from '../queries.ts';
import { resolveImages } from '../query/resolveImages.ts';
import { printedImages, type PrintedImage } from './printedImages.ts';

export interface ImagesToPrint {
  images: {
    sopInstanceUid: string;
    frame: number;
    note?: string | undefined;
    view?: Record<string, unknown> | undefined;
  }[];
  /** 1, 2, 4 or 6 on a page. */
  perPage: number;
}

/** Height of an image so that so many fit on a page beside their captions. */
const HEIGHT_MM: Record<number, number> = { 1: 185, 2: 92, 4: 92, 6: 60 };

/**
 * A4 pages with chosen images of a case, as seen and with what was measured on them; a film in paper. Recorded with
 * number and person before a byte goes out. Throws 404 for an image of another case, 409 where none can be printed.
 */
export async function printImages(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: ImagesToPrint,
): Promise<Buffer> {
  const staffId = personId(actor);
  const order = await getVisibleOrder(ctx.db, actor, orderId);
  requirePermission(actor, 'input.read');
  const places = new Map<string, string>();
  for (const { studyInstanceUid } of await studiesOfOrder(ctx.db, order.id))
    for (const each of await resolveImages(ctx, actor, { study: studyInstanceUid }))
      places.set(each.sopInstanceUid, studyInstanceUid);
  const wanted = input.images.map((image) => {
    const studyInstanceUid = places.get(image.sopInstanceUid);
    if (!studyInstanceUid) throw notFound('image', image.sopInstanceUid);
    return { ...image, note: image.note ?? null, studyInstanceUid };
  });
  const { printed, failed } = await printedImages(ctx, wanted, await measuredContent(ctx, order));
  if (printed.length === 0) throw conflict('not-printable', 'none of these images can be printed');
  const facts = await ctx.db.transaction().execute(async (trx) => {
    await trx
      .insertInto('imageExport')
      .values({
        orderId: order.id,
        kind: 'print',
        reason: `images on paper: ${printed.length}`,
        instances: printed.length,
        exportedBy: staffId,
        exportedAt: ctx.clock.now(),
      })
      .execute();
    await recordAudit(trx, actor, {
      action: 'image.print',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
      detail: { images: wanted.map(({ sopInstanceUid, frame }) => ({ sopInstanceUid, frame })) },
    });
    return loadDocumentFacts(trx, order, { reporterId: null, signerId: staffId, replacesId: null });
  });
  return renderPrintDocument({
    title: '影像图片',
    issuer: facts.reportingName,
    performer: facts.performingName,
    patientName: order.patientName ?? '',
    accessionNumber: order.accessionNumber,
    strip: [
      { label: '姓名', value: order.patientName ?? '', strong: true },
      { label: '性别', value: { M: '男', F: '女', O: '其他', U: '未知' }[facts.sex ?? 'U'] ?? '' },
      { label: '年龄', value: facts.age ?? '' },
      { label: '检查号', value: order.accessionNumber },
      { label: '检查项目', value: order.itemName, span: 2 },
      { label: '检查时间', value: examinedText(facts), span: 2 },
      { label: '打印', span: 2, value: `${actor.name} ${localDateTime(ctx.clock.now())}` },
    ],
    notices: failed > 0 ? [`${failed} 幅图像的编码不能打印,未列入。`] : [],
    sections: pages(printed, input.perPage),
    footnote: '本页图片供参考,诊断以影像中心的原始影像和签发的报告为准。',
    createdAt: ctx.clock.now(),
  });
}

/** What has been measured: in the draft, or in the signed report. */
async function measuredContent(ctx: Context, order: Order): Promise<Record<string, unknown>> {
  const row = await ctx.db
    .selectFrom('report')
    .select('content')
    .where('orderId', '=', order.id)
    .executeTakeFirst();
  return (row?.content as Record<string, unknown> | undefined) ?? {};
}

function pages(printed: PrintedImage[], perPage: number): PrintSection[] {
  const sections: PrintSection[] = [];
  for (let from = 0; from < printed.length; from += perPage) {
    if (from > 0) sections.push({ type: 'pageBreak' });
    const images = printed.slice(from, from + perPage);
    if (perPage === 2)
      for (const image of images)
        sections.push({ type: 'image', images: [image], heightMm: HEIGHT_MM[2] ?? 92 });
    else sections.push({ type: 'image', images, heightMm: HEIGHT_MM[perPage] ?? 60 });
  }
  return sections;
}
