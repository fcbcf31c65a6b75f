import bwipjs from 'bwip-js/node';
import PDFDocument from 'pdfkit';
import type { Queryable } from '../../core/database.ts';
import { face } from '../../core/print/faces.ts';
import { pointsPerMm } from '../../core/print/sections.ts';

export interface TubeLabel {
  barcode: string;
  tubeName: string;
  colorName: string;
  specimenType: string;
  patientName: string;
  sex: string;
  birthDate: string | null;
  institutionName: string;
  accessionNumber: string;
  tests: string;
  priority: string;
  printedAt: Date;
}

const SEX: Record<string, string> = { M: '男', F: '女', O: '其他', U: '未知' };
const WIDTH_MM = 50;
const HEIGHT_MM = 30;

/** What is printed on the tubes of an order; cancelled and rejected ones are left out. */
export async function loadLabels(db: Queryable, orderId: string, now: Date): Promise<TubeLabel[]> {
  const rows = await db
    .selectFrom('labContainer as c')
    .innerJoin('labTubeType as t', 't.code', 'c.tubeCode')
    .innerJoin('orders as o', 'o.id', 'c.orderId')
    .innerJoin('patient as p', 'p.id', 'o.patientId')
    .innerJoin('institution as i', 'i.id', 'o.requestingInstitutionId')
    .select([
      'c.id',
      'c.barcode',
      't.name as tubeName',
      't.colorName',
      'c.specimenType',
      'p.name as patientName',
      'p.sex',
      'p.birthDate',
      'i.shortName as institutionName',
      'o.accessionNumber',
      'o.priority',
      'o.itemName',
    ])
    .where('c.orderId', '=', orderId)
    .where('c.state', 'not in', ['cancelled', 'rejected', 'discarded'])
    .orderBy('t.drawOrder')
    .orderBy('c.barcode')
    .execute();
  return rows.map((row) => ({ ...row, tests: row.itemName, printedAt: now }));
}

/** Labels as PDF, one 50 × 30 mm page each, Code 128: prints on any label printer through the browser. */
export async function labelsPdf(labels: readonly TubeLabel[]): Promise<Buffer> {
  const size: [number, number] = [WIDTH_MM * pointsPerMm, HEIGHT_MM * pointsPerMm];
  const pdf = new PDFDocument({
    size,
    margin: 0,
    autoFirstPage: false,
    font: face('regular').file,
    info: { Title: labels.map((one) => one.barcode).join(' '), Creator: 'county-hub' },
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
    const line = (
      text: string,
      x: number,
      y: number,
      size: number,
      width: number,
      options: { bold?: boolean; align?: 'right' | 'left' } = {},
    ) =>
      pdf
        .font(options.bold ? 'bold' : 'regular')
        .fontSize(size)
        .text(text, x, y, {
          width,
          height: size * 1.5,
          ellipsis: true,
          lineBreak: false,
          align: options.align ?? 'left',
        });
    line(label.patientName, 6, 3, 10, 76, { bold: true });
    line(`${SEX[label.sex] ?? ''} ${label.birthDate ?? ''}`, 78, 5, 7, 60, { align: 'right' });
    line(`${label.institutionName}  ${label.accessionNumber}`, 6, 17, 6.5, 130);
    pdf.image(await bwipjs.toBuffer({ bcid: 'code128', text: label.barcode, scale: 3, height: 10 }), 8, 27, {
      width: 125,
      height: 30,
    });
    line(label.barcode, 6, 58, 8, 90);
    line(label.priority === 'emergency' ? '急' : label.priority === 'urgent' ? '加急' : '', 100, 57, 10, 36, {
      bold: true,
      align: 'right',
    });
    line(`${label.colorName} ${label.tubeName} · ${label.specimenType}`, 6, 68, 6.5, 130);
    line(label.tests, 6, 76, 6.5, 130);
  }
  pdf.end();
  return done;
}

/** The same as ZPL II for label printers at 8 dots/mm. `^CI28` = UTF-8; the printer needs a font with hanzi. */
export function labelsZpl(labels: readonly TubeLabel[]): string {
  const safe = (text: string) => text.replace(/[\^~\\]/g, ' ');
  return labels
    .map((label) =>
      [
        '^XA^CI28^PW400^LL240',
        `^FO16,8^A0N,32,32^FD${safe(label.patientName)}^FS`,
        `^FO230,14^A0N,20,20^FD${safe(`${SEX[label.sex] ?? ''} ${label.birthDate ?? ''}`)}^FS`,
        `^FO16,46^A0N,18,18^FD${safe(`${label.institutionName} ${label.accessionNumber}`)}^FS`,
        `^FO24,72^BY2^BCN,80,N,N,N^FD${label.barcode}^FS`,
        `^FO16,160^A0N,24,24^FD${label.barcode}^FS`,
        `^FO16,188^A0N,18,18^FD${safe(`${label.colorName} ${label.tubeName}`)}^FS`,
        `^FO16,212^A0N,18,18^FD${safe(label.tests.slice(0, 24))}^FS`,
        ...(label.priority === 'routine'
          ? []
          : [`^FO330,156^A0N,36,36^FD${label.priority === 'emergency' ? '急' : '加急'}^FS`]),
        '^XZ',
      ].join('\n'),
    )
    .join('\n');
}
