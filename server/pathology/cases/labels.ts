import bwipjs from 'bwip-js/node';
import PDFDocument from 'pdfkit';
import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import { invalid, notFound } from '../../core/errors.ts';
import { getVisibleOrder } from '../../core/order/order.ts';
import { face } from '../../core/print/faces.ts';
import { pointsPerMm } from '../../core/print/sections.ts';

export const labelsQuery = z.object({
  what: z.enum(['containers', 'blocks', 'slides']),
  /** every label of a case */
  orderId: z.uuid().optional(),
  /** or these, separated by commas, of one or several cases */
  barcodes: z.string().max(8_000).optional(),
});
type What = z.output<typeof labelsQuery>['what'];

/** One label: the code, its large word, and the lines beside it. */
export interface ItemLabel {
  barcode: string;
  /** 病理号, or the accession number as long as there is none */
  number: string;
  title: string;
  lines: string[];
}

/** Millimetres: jar, the writing face of a cassette, the frosted end of a slide. */
const sizes: Record<What, { width: number; height: number; code: number }> = {
  containers: { width: 60, height: 30, code: 20 },
  blocks: { width: 34, height: 12, code: 9 },
  slides: { width: 24, height: 22, code: 9 },
};

const sides: Record<string, string> = { left: '左侧', right: '右侧', both: '双侧', midline: '中线' };

/** What stands on the labels of jars, blocks or slides, in the order of their numbers. */
export async function loadItemLabels(
  db: Queryable,
  what: What,
  by: { orderId?: string | undefined; barcodes?: string[] | undefined },
): Promise<(ItemLabel & { orderId: string })[]> {
  const table = (
    { containers: 'pathologyContainer', blocks: 'pathologyBlock', slides: 'pathologySlide' } as const
  )[what];
  const found = db
    .selectFrom(table)
    .select(['id', 'orderId'])
    .where('state', '!=', 'discarded')
    .$if(by.orderId !== undefined, (query) => query.where('orderId', '=', by.orderId ?? ''))
    .$if(by.orderId === undefined, (query) => query.where('barcode', 'in', by.barcodes ?? []))
    .limit(400);
  const ids = (await found.execute()).map(({ id }) => id);
  if (ids.length === 0) return [];
  const base = db
    .selectFrom('pathologyCase as c')
    .innerJoin('orders as o', 'o.id', 'c.orderId')
    .innerJoin('institution as i', 'i.id', 'o.requestingInstitutionId')
    .innerJoin('pathologySpecimen as s', 's.orderId', 'c.orderId')
    .select([
      'c.orderId',
      'c.pathologyNumber',
      'o.accessionNumber',
      'o.patientName',
      'i.shortName as institutionName',
      's.letter',
      's.site',
      's.laterality',
      's.fixative',
    ]);
  if (what === 'containers') {
    const rows = await base
      .innerJoin('pathologyContainer as x', 'x.specimenId', 's.id')
      .select('x.barcode')
      .where('x.id', 'in', ids)
      .orderBy('x.barcode')
      .execute();
    return rows.map((row) => ({
      orderId: row.orderId,
      barcode: row.barcode,
      number: row.pathologyNumber ?? row.accessionNumber,
      title: `${row.letter} ${sides[row.laterality] ?? ''}${row.site}`,
      lines: [row.patientName ?? '', row.institutionName, row.fixative ?? '固定液 ________', row.barcode],
    }));
  }
  if (what === 'blocks') {
    const rows = await base
      .innerJoin('pathologyBlock as x', 'x.specimenId', 's.id')
      .select(['x.barcode', 'x.label', 'x.tissue', 'x.decalcified'])
      .where('x.id', 'in', ids)
      .orderBy('x.barcode')
      .execute();
    return rows.map((row) => ({
      orderId: row.orderId,
      barcode: row.barcode,
      number: row.pathologyNumber ?? row.accessionNumber,
      title: row.label,
      lines: [`${row.tissue ?? ''}${row.decalcified ? '（脱钙）' : ''}`],
    }));
  }
  const rows = await base
    .innerJoin('pathologySlide as x', 'x.specimenId', 's.id')
    .select(['x.barcode', 'x.label', 'x.stain'])
    .where('x.id', 'in', ids)
    .orderBy('x.barcode')
    .execute();
  return rows.map((row) => ({
    orderId: row.orderId,
    barcode: row.barcode,
    number: row.pathologyNumber ?? row.accessionNumber,
    title: `${row.label}  ${row.stain}`,
    lines: [row.patientName ?? '', row.institutionName],
  }));
}

/** Labels as PDF, one page each in the label's own size, DataMatrix of the barcode: prints on any label printer. */
export async function itemLabelsPdf(what: What, labels: readonly ItemLabel[]): Promise<Buffer> {
  const mm = (value: number) => value * pointsPerMm;
  const { width, height, code } = sizes[what];
  const size: [number, number] = [mm(width), mm(height)];
  const pdf = new PDFDocument({
    size,
    margin: 0,
    autoFirstPage: false,
    font: face('regular').file,
    info: { Title: labels.map(({ barcode }) => barcode).join(' '), Creator: 'county-hub' },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  pdf.registerFont('regular', face('regular').file);
  pdf.registerFont('bold', face('bold').file);
  for (const label of labels) {
    pdf.addPage({ size, margin: 0 });
    const matrix = await bwipjs.toBuffer({ bcid: 'datamatrix', text: label.barcode, scale: 6 });
    const line = (text: string, x: number, y: number, points: number, bold = false) =>
      pdf
        .font(bold ? 'bold' : 'regular')
        .fontSize(points)
        .text(text, mm(x), mm(y), {
          width: mm(width - x) - 2,
          height: points * 1.5,
          ellipsis: true,
          lineBreak: false,
        });
    if (what === 'containers') {
      pdf.image(matrix, mm(2), mm(5), { width: mm(code) });
      line(label.title, 25, 2, 11, true);
      line(label.number, 25, 8, 9, true);
      label.lines.forEach((text, n) => line(text, 25, 13 + n * 4, 7.5));
    } else if (what === 'blocks') {
      pdf.image(matrix, mm(1.5), mm(1.5), { width: mm(code) });
      line(label.number, 12, 0.8, 7.5, true);
      line(label.title, 12, 3.8, 11, true);
      line(label.lines[0] ?? '', 12, 8.4, 6);
    } else {
      line(label.number, 1.2, 0.8, 8.5, true);
      line(label.title, 1.2, 4.6, 8.5, true);
      pdf.image(matrix, mm(1.5), mm(8.8), { width: mm(code) });
      line(label.lines[1] ?? '', 11.5, 9, 6);
      line(label.lines[0] ?? '', 1.2, 18.2, 7.5);
    }
  }
  pdf.end();
  return done;
}

/** The labels of a case, or of chosen items of cases the actor sees, as PDF. Audited per case. Throws 404 for none. */
export async function printItemLabels(
  ctx: Context,
  actor: Actor,
  query: z.output<typeof labelsQuery>,
): Promise<Buffer> {
  const barcodes = query.barcodes?.split(',').filter((barcode) => barcode !== '');
  if (!query.orderId && !barcodes?.length) throw invalid('name a case or barcodes', 'no-label');
  const labels = await loadItemLabels(ctx.db, query.what, { orderId: query.orderId, barcodes });
  for (const orderId of new Set(labels.map((label) => label.orderId))) {
    const order = await getVisibleOrder(ctx.db, actor, orderId);
    await recordAudit(ctx.db, actor, {
      action: 'label.print',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
      detail: { what: query.what, labels: labels.filter((label) => label.orderId === orderId).length },
    });
  }
  if (labels.length === 0) throw notFound('label', barcodes?.[0] ?? query.orderId ?? '');
  return itemLabelsPdf(query.what, labels);
}
