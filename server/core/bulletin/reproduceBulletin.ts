import type { Context } from '../context.ts';
import { canonicalJson } from '../report/reportContent.ts';
import { PdfError } from '../signature/pdf/objects.ts';
import { readAttachment } from '../signature/pdf/readAttachment.ts';
import { readPdf } from '../signature/pdf/readPdf.ts';
import { verifyReport } from '../signature/verifyReport.ts';
import { renderSheet } from './bulletinDocument.ts';
import { composeBulletin, type BulletinData } from './composeBulletin.ts';
import { bulletinPages, loadBulletin, sha256 } from './makeBulletin.ts';

export interface Reproduced {
  period: string;
  /** Counts composed again from the frozen figures are those of the bulletin. */
  figures: boolean;
  /** What is stored, and what lies in the signed file, is what was frozen when the bulletin was made. */
  content: boolean;
  /** The archived workbook is the one that was made. */
  sheet: boolean;
  /** The archived file judged at its signing; `unsigned` before. */
  signature: 'valid' | 'invalid' | 'unsigned';
  faults: string[];
  /** The present layout gives the same bytes. A newer layout does not, and what was signed stands as it was. */
  layout: boolean;
  pageSha256: string;
  sheetSha256: string;
}

/**
 * Checks a bulletin against what was frozen and signed: its counts are composed again, the data inside the archived
 * file is read out and compared, the signature judged. How the pages look today is said, but decides nothing.
 */
export async function reproduceBulletin(ctx: Context, id: string): Promise<Reproduced> {
  const row = await loadBulletin(ctx, id);
  const again = await composeBulletin(ctx.db, ctx.centers, row.period);
  const archive = row.pdfAddress ? await ctx.objects.read(row.pdfAddress) : undefined;
  const verdict = archive && (await verifyReport(ctx, archive));
  const stored = sha256(canonicalJson(row.data)) === row.dataSha256;
  return {
    period: row.period,
    figures: canonicalJson(countsOf(again)) === canonicalJson(countsOf(row.data)),
    content: stored && (!archive || attachedData(archive) === row.dataSha256),
    sheet: sha256(await ctx.objects.read(row.sheetAddress)) === row.sheetSha256,
    signature: verdict ? (verdict.valid ? 'valid' : 'invalid') : 'unsigned',
    faults: verdict ? verdict.faults.map((fault) => fault.detail) : [],
    layout:
      sha256(await bulletinPages(ctx, id)) === row.pageSha256 &&
      sha256(await renderSheet(row.data)) === row.sheetSha256,
    pageSha256: row.pageSha256,
    sheetSha256: row.sheetSha256,
  };
}

/** What was counted, without names, targets and judgements, which later versions may word or draw otherwise. */
const countsOf = (data: BulletinData) => ({
  figures: data.figures.map(({ code, version, numerator, denominator }) => [code, version, numerator, denominator]),
  volume: data.volume,
  sites: data.sites.map(({ institutionId, orders }) => [institutionId, orders]),
}); // prettier-ignore

/** SHA-256 of the data inside a signed bulletin, undefined where it cannot be read. */
function attachedData(pdf: Buffer): string | undefined {
  try {
    const data = readAttachment(readPdf(pdf), 'bulletin.json');
    return data && sha256(data);
  } catch (error) {
    if (error instanceof PdfError) return undefined;
    throw error;
  }
}
