import bwipjs from 'bwip-js';
import { breakLines, lineHeight } from './breakLines.ts';
import type { PrintDocument, PrintSigner } from './document.ts';
import { drawLine } from './drawLine.ts';
import { drawRule, inkColor, typeSize } from './pageFlow.ts';
import type { PageFlow } from './pageFlow.ts';
import { pointsPerMm } from './sections.ts';
import { words } from './words.ts';

const codeSide = 22 * pointsPerMm;

/** Who wrote and signed, with the code that leads to the verification page; kept in one piece. */
export function drawSigners(flow: PageFlow, document: PrintDocument): void {
  const { signers = [], verification, footnote } = document;
  if (signers.length === 0 && !verification && !footnote) return;
  const text = words[document.language ?? 'zh-CN'];
  const width = flow.width - (verification ? codeSide + 14 : 0);
  const signerLines = signers.map((signer) => breakLines(describe(signer), width, typeSize.text));
  const footLines = footnote ? breakLines(footnote, width, typeSize.small) : [];
  const codeLines = verification ? [text.verify, `${text.code} ${verification.code}`] : [];
  const height =
    10 +
    Math.max(
      signerLines.flat().length * lineHeight(typeSize.text) +
        (footLines.length + codeLines.length) * lineHeight(typeSize.small) +
        6,
      verification ? codeSide : 0,
    );
  flow.need(height);
  drawRule(flow, flow.y + 2, 0.5);
  flow.y += 8;
  const top = flow.y;
  for (const line of signerLines.flat()) {
    drawLine(flow.pdf, line, flow.left, flow.y + typeSize.text * 1.12, { size: typeSize.text });
    flow.y += lineHeight(typeSize.text);
  }
  flow.y += 3;
  for (const line of [...footLines, ...codeLines]) {
    drawLine(flow.pdf, line, flow.left, flow.y + typeSize.small * 1.12, {
      size: typeSize.small,
      color: inkColor.label,
    });
    flow.y += lineHeight(typeSize.small);
  }
  if (verification) {
    drawQrCode(flow, verification.url, flow.left + flow.width - codeSide, top);
    flow.y = Math.max(flow.y, top + codeSide);
  }
}

function describe(signer: PrintSigner): string {
  const who = [signer.name, signer.title, signer.institution].filter((part) => part).join(' ');
  return [`${signer.role}  ${who}`, signer.at].filter((part) => part).join('    ');
}

interface RawSymbol {
  pixs: ArrayLike<number>;
  pixx: number;
  pixy: number;
}

/** QR code as vector squares: sharp on any printer and a few bytes long. */
export function drawQrCode(flow: PageFlow, url: string, x: number, y: number, side = codeSide): void {
  const [symbol] = bwipjs.raw({ bcid: 'qrcode', text: url, eclevel: 'M' } as never) as unknown as RawSymbol[];
  if (!symbol) throw new Error('The verification URL cannot be shown as QR code');
  const module = side / symbol.pixx;
  for (let row = 0; row < symbol.pixy; row += 1) {
    for (let column = 0; column < symbol.pixx;) {
      let end = column;
      while (end < symbol.pixx && symbol.pixs[row * symbol.pixx + end]) end += 1;
      if (end > column) flow.pdf.rect(x + column * module, y + row * module, (end - column) * module, module);
      column = end + 1;
    }
  }
  flow.pdf.fill('black');
}
