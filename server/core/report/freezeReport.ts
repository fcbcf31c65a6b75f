import { createHash, randomBytes } from 'node:crypto';
import { recordAudit } from '../audit/recordAudit.ts';
import { personId, type Actor } from '../access/actor.ts';
import type { ManifestEntry, ReportContent } from '../center.ts';
import { freezePrices } from '../charge/freezePrices.ts';
import { draftCards } from '../notifiable/draftCards.ts';
import type { Context } from '../context.ts';
import { crashPoint } from '../crashPoint.ts';
import type { Transaction } from '../database.ts';
import { enqueue } from '../jobs/enqueue.ts';
import type { Order } from '../order/order.ts';
import { computeLabels } from '../recognition/computeLabels.ts';
import type { Signer } from '../signature/signer.ts';
import { produceDocument } from './produceDocument.ts';
import { canonicalJson } from './reportContent.ts';
import { signedWith, type ToldByPage } from './signedWith.ts';
import { requireLicence } from './requireLicence.ts';

export type SignedKind = 'final' | 'addendum' | 'correction' | 'void' | 'partial';

/**
 * Freezes one signed version in the transaction of its act: manifest of inputs, signed PDF (bytes first, then the row),
 * delivery to the site. A centre uses it itself only for `partial`: the rest goes through signReport and amendReport.
 * Throws 403 where the signer's licence does not cover the order, or it has expired.
 */
export async function freezeReport(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  input: {
    kind: SignedKind;
    content: ReportContent;
    reporterId: string | null;
    version: number;
    signer: Signer;
    replaces?: string;
    reason?: string;
    told?: ToldByPage;
  },
): Promise<{ id: string; number: number }> {
  await requireLicence(ctx, trx, actor, order);
  const center = ctx.centers.find((candidate) => candidate.kind === order.centerKind);
  const inputs: ManifestEntry[] = (await center?.manifest?.(trx, order.id)) ?? [];
  const contentSha256 = createHash('sha256').update(canonicalJson(input.content)).digest('hex');
  const previous = await trx
    .selectFrom('signedReport')
    .select('number')
    .where('orderId', '=', order.id)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const row = {
    orderId: order.id,
    number: (previous?.number ?? 0) + 1,
    kind: input.kind,
    replacesId: input.replaces ?? null,
    reason: input.reason ?? null,
    content: input.content,
    manifest: { contentSha256, inputs },
    reporterId: input.reporterId,
    signerId: personId(actor),
    signedAt: new Date(Math.floor(ctx.clock.now().getTime() / 1000) * 1000),
    reportVersion: input.version,
    recognition: await computeLabels(ctx, trx, order),
    verifyCode: randomBytes(9).toString('base64url'),
  };
  const pdf = await produceDocument(ctx, trx, order, row, input.signer);
  crashPoint('sign.before-object');
  const stored = await ctx.objects.put(pdf); // bytes first, then rows
  crashPoint('sign.after-object');
  const signed = await trx
    .insertInto('signedReport')
    .values({
      ...row,
      content: JSON.stringify(row.content),
      manifest: JSON.stringify(row.manifest),
      recognition: JSON.stringify(row.recognition),
      pdfAddress: stored.address,
      pdfSha256: stored.address,
    })
    .returning(['id', 'number'])
    .executeTakeFirstOrThrow();
  await recordAudit(trx, actor, {
    action: 'report.signature',
    subjectType: 'order',
    subjectId: order.id,
    patientId: order.patientId,
    detail: {
      signedReportId: signed.id,
      kind: input.kind,
      number: signed.number,
      contentSha256,
      pdfSha256: stored.address,
      ...signedWith(actor, input.told ?? {}),
    },
  });
  if (input.kind === 'final') await freezePrices(trx, order, signed.id, row.signedAt);
  await draftCards(ctx, trx, order, { id: signed.id, kind: input.kind, content: input.content });
  await center?.onSigned?.(trx, ctx, actor, order, { id: signed.id, kind: input.kind });
  await enqueue(trx, { kind: 'report.deliver', payload: { signedReportId: signed.id } });
  return signed;
}
