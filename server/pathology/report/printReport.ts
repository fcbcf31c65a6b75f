import sharp from 'sharp';
import type { ReportContent } from '../../core/center.ts';
import type { Context } from '../../core/context.ts';
import type { Order } from '../../core/order/order.ts';
import type { PrintSection } from '../../core/print/sections.ts';
import { clinicalInput } from '../cases/caseInput.ts';
import { findTemplate } from '../synoptic/findTemplate.ts';
import { renderSynoptic } from '../synoptic/renderSynoptic.ts';
import type { PathologyContent } from './reportContent.ts';
import { readContent } from './reportContent.ts';

const laterality: Record<string, string> = {
  left: '左',
  right: '右',
  both: '双侧',
  midline: '中线',
  none: '',
  unknown: '',
};

const localTime = (at: Date) =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

type Specimen = Awaited<ReturnType<typeof specimensOf>>[number];

function specimensOf(ctx: Pick<Context, 'db'>, orderId: string) {
  return ctx.db
    .selectFrom('pathologySpecimen')
    .selectAll()
    .where('orderId', '=', orderId)
    .orderBy('letter')
    .execute();
}

/** Fixation as the national indicator asks for it; what nobody measured is printed as such. */
function fixation({ fixationStartedAt, coldIschaemiaMinutes }: Specimen): string {
  const started = fixationStartedAt ? `固定 ${localTime(fixationStartedAt)}` : '固定时间未记录';
  return `${started}；冷缺血 ${coldIschaemiaMinutes === null ? '未测量' : `${coldIschaemiaMinutes} 分钟`}`;
}

/** What a consultation was read from: slides and blocks made elsewhere, by the number they have there. */
function outsideMaterial(clinical: unknown): { label: string; value: string; span: number }[] {
  const { outsideLaboratory, outsideNumber, outsideMaterial: sent } = clinicalInput.parse(clinical);
  const origin = [outsideLaboratory, outsideNumber].filter(Boolean).join(' ');
  return [
    ...(origin ? [{ label: '原病理', value: origin, span: 2 }] : []),
    { label: '会诊材料', value: sent ?? '未注明', span: 2 },
  ];
}

async function imagesOf(
  ctx: Pick<Context, 'db' | 'objects'>,
  orderId: string,
  wanted: PathologyContent['images'],
) {
  const images: { bytes: Buffer; caption?: string }[] = [];
  for (const { snapshotId, photoId, caption } of wanted ?? []) {
    const row = snapshotId
      ? await ctx.db
          .selectFrom('slideSnapshot')
          .select(['objectAddress', 'caption'])
          .where('id', '=', snapshotId)
          .where('orderId', '=', orderId)
          .executeTakeFirst()
      : await ctx.db
          .selectFrom('pathologyPhoto')
          .select(['objectAddress', 'caption'])
          .where('id', '=', photoId ?? snapshotId ?? '')
          .where('orderId', '=', orderId)
          .executeTakeFirst();
    if (!row) continue;
    const bytes = await sharp(await ctx.objects.read(row.objectAddress))
      .rotate()
      .resize({ width: 1200, height: 1200, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 88 })
      .toBuffer();
    const words = caption ?? row.caption;
    images.push({ bytes, ...(words ? { caption: words } : {}) });
  }
  return images;
}

/** Sections of the printed report: number and specimens, macroscopy, microscopy, pictures, stains, diagnosis, form. */
export async function printReport(ctx: Context, order: Order, raw: ReportContent): Promise<PrintSection[]> {
  const { content } = readContent(raw);
  const found = await ctx.db
    .selectFrom('pathologyCase')
    .selectAll()
    .where('orderId', '=', order.id)
    .executeTakeFirst();
  const specimens = await specimensOf(ctx, order.id);
  const sections: PrintSection[] = [];
  sections.push({
    type: 'fields',
    columns: 2,
    fields: [
      { label: '病理号', value: found?.pathologyNumber ?? '', strong: true },
      {
        label: '送检',
        value: specimens
          .map(({ letter, site, laterality: side }) => `${letter} ${laterality[side] ?? ''}${site}`)
          .join('、'),
      },
      ...(found?.kind === 'consultation'
        ? outsideMaterial(found.clinical)
        : specimens.map((specimen) => ({
            label: `标本 ${specimen.letter}`,
            value: fixation(specimen),
            span: 2,
          }))),
      ...(found?.conditional ? [{ label: '接收', value: '让步接收，结果请结合标本质量判断', span: 2 }] : []),
    ],
  });
  const text = (label: string, value: unknown, strong = false) => {
    if (typeof value === 'string' && value.trim() !== '')
      sections.push({ type: 'text', label, text: value, ...(strong ? { strong } : {}) });
  };
  text('大体所见', content?.gross ?? found?.grossDescription);
  text('镜下所见', raw.findings);
  const images = await imagesOf(ctx, order.id, content?.images);
  if (images.length > 0) sections.push({ type: 'image', images, heightMm: images.length === 1 ? 80 : 55 });
  if (content?.ihc && content.ihc.length > 0) {
    sections.push({
      type: 'table',
      columns: [
        { title: '免疫组化与特殊染色', width: 3 },
        { title: '结果', width: 4 },
        { title: '阳性率', width: 2, align: 'right' },
        { title: '蜡块', width: 2 },
      ],
      rows: content.ihc.map(({ marker, result, percent, intensity, block }) => ({
        cells: [
          marker,
          intensity ? `${result}（${intensity}）` : result,
          percent === undefined ? '' : `${percent} %`,
          block ?? '',
        ],
      })),
    });
  }
  text('病理诊断', raw.impression, true);
  if (content?.synoptic) {
    const template = await findTemplate(ctx.db, content.synoptic.code, content.synoptic.version);
    if (template)
      text(
        `${template.name.zh}（结构化，第 ${template.version} 版）`,
        renderSynoptic(template, content.synoptic.values),
      );
  }
  text('备注', content?.comment);
  return sections;
}
