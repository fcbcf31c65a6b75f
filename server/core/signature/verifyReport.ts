import type { Context } from '../context.ts';
import { currentRevocationLists } from './currentRevocationLists.ts';
import { ensureAuthority } from './heldAuthority.ts';
import { verifyPdf } from './verifyPdf.ts';
import type { PdfVerdict } from './verifyPdf.ts';

/**
 * Judges a PDF against the roots and the newest revocation lists of this hub, and says whether the hub knows the file
 * and in what state it is. The data inside is not answered: who may see it reads the report itself.
 */
export async function verifyReport(
  ctx: Pick<Context, 'db' | 'keys' | 'clock' | 'config'>,
  pdf: Buffer,
): Promise<Omit<PdfVerdict, 'report'> & { known: boolean; state: string | null }> {
  const authority = await ensureAuthority(ctx);
  const roots = await ctx.db.selectFrom('signatureAuthority').select('rootCertificate').execute();
  const judged = verifyPdf(pdf, {
    trustedRoots: roots.map((row) => row.rootCertificate),
    revocationLists: await currentRevocationLists(ctx, authority),
  });
  const verdict = { ...judged };
  delete verdict.report;
  const known = await ctx.db
    .selectFrom('signedReport')
    .select(['state', 'kind'])
    .where('pdfSha256', '=', verdict.sha256)
    .limit(1)
    .executeTakeFirst();
  return {
    ...verdict,
    known: known !== undefined,
    state: known ? (known.kind === 'void' ? 'void' : known.state) : null,
  };
}
