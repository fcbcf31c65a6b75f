import PDFDocument from 'pdfkit';
import type { PrintDocument } from './document.ts';
import { drawFeet } from './drawFeet.ts';
import { drawContinuation, drawHead } from './drawHead.ts';
import { drawSection } from './drawSection.ts';
import { drawSigners } from './drawSigners.ts';
import { embedFaces } from './embeddedFaces.ts';
import { startPageFlow } from './pageFlow.ts';
import type { PrintSection } from './sections.ts';
import { unprintable } from './textRuns.ts';
import { words } from './words.ts';

/** Lays a document out on A4 pages and answers the PDF. Throws when an image of it cannot be read. */
export async function renderPrintDocument(document: PrintDocument): Promise<Buffer> {
  const language = document.language ?? 'zh-CN';
  const pdf = new PDFDocument({
    autoFirstPage: false,
    bufferPages: true,
    pdfVersion: '1.7',
    lang: language,
    displayTitle: true,
    font: null as never,
    info: {
      Title: [document.title, document.accessionNumber].filter((part) => part).join(' '),
      Author: document.issuer,
      Creator: 'county-hub',
      Producer: 'county-hub',
      CreationDate: document.createdAt,
      ModDate: document.createdAt,
    },
  });
  const bytes = collect(pdf);
  embedFaces(pdf);

  const missing = unprintable(allText(document));
  const stated =
    missing.length > 0
      ? { ...document, notices: [...(document.notices ?? []), words[language].missingGlyphs(missing)] }
      : document;
  const flow = startPageFlow(pdf, document.orientation ?? 'portrait', (page) =>
    drawContinuation(page, stated),
  );
  drawHead(flow, stated);
  for (const section of document.sections) drawSection(flow, section);
  drawSigners(flow, stated);
  drawFeet(pdf, stated);
  for (const attachment of document.attachments ?? [])
    pdf.file(attachment.bytes, {
      name: attachment.name,
      type: attachment.type,
      description: attachment.description ?? attachment.name,
      creationDate: document.createdAt,
      modifiedDate: document.createdAt,
      relationship: 'Data',
    } as never);
  pdf.end();
  return bytes;
}

function collect(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}

/** Everything that is printed, for the question whether a font has it. */
function allText(document: PrintDocument): string {
  return [
    document.title,
    document.issuer,
    document.performer ?? '',
    document.patientName ?? '',
    ...document.strip.flatMap((field) => [field.label, field.value]),
    ...(document.notices ?? []),
    ...document.sections.flatMap(sectionText),
    ...(document.signers ?? []).flatMap((signer) => [
      signer.name,
      signer.title ?? '',
      signer.institution ?? '',
    ]),
    document.footnote ?? '',
  ].join('\n');
}

function sectionText(section: PrintSection): string[] {
  switch (section.type) {
    case 'heading':
    case 'text':
      return [section.text];
    case 'fields':
      return section.fields.flatMap((field) => [field.label, field.value]);
    case 'table':
      return section.rows.flatMap((row) =>
        row.cells.map((cell) => (typeof cell === 'string' ? cell : cell.text)),
      );
    case 'image':
      return section.images.map((image) => image.caption ?? '');
    case 'vector':
      return [section.caption ?? ''];
    case 'pageBreak':
      return [];
  }
}
