import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { nextBarcode } from './barcode.ts';

export const preprintedInput = z.object({
  institution: z.string().max(40),
  tubeCode: z.string().max(20),
  count: z.number().int().min(1).max(500),
});

/** Makes codes for pre-labelled tubes of a site (预制条码); each is bound once, when it is drawn. */
export async function issuePreprinted(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof preprintedInput>,
): Promise<{ barcodes: string[] }> {
  requirePermission(actor, 'bench.work', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    const site = await trx
      .selectFrom('institution')
      .select('id')
      .where('code', '=', input.institution)
      .executeTakeFirst();
    if (!site) throw notFound('institution', input.institution);
    const barcodes: string[] = [];
    for (let n = 0; n < input.count; n++) barcodes.push(await nextBarcode(trx, ctx.clock.now()));
    await trx
      .insertInto('labPreprintedCode')
      .values(barcodes.map((barcode) => ({ barcode, institutionId: site.id, tubeCode: input.tubeCode })))
      .execute();
    await recordAudit(trx, actor, {
      action: 'preprinted.issue',
      subjectType: 'institution',
      subjectId: site.id,
      detail: { tubeCode: input.tubeCode, count: input.count },
    });
    return { barcodes };
  });
}
