import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { hasCheckDigit } from '../formats/gs1.ts';
import { guarded } from '../refusals.ts';

export const saveInstrumentTypeInput = z.object({
  code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,31}$/, 'capital letters, digits and hyphens'),
  name: z.string().trim().min(1).max(80),
  nameEn: z.string().trim().max(120).default(''),
  gtin: z
    .string()
    .regex(/^\d{14}$/)
    .optional(),
  priceFen: z.number().int().min(0).max(100_000_000).default(0),
  pictureSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  active: z.boolean().default(true),
});

/** A kind of instrument with its picture, its GTIN and what one costs. */
export async function saveInstrumentType(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof saveInstrumentTypeInput>,
) {
  const centerId = await centerOf(ctx.db, actor, 'catalogue');
  if (input.gtin && !hasCheckDigit(input.gtin))
    throw invalid('the check digit of the GTIN is wrong', [{ path: 'gtin', code: 'gtin-check-digit' }]);
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const values = {
        name: input.name,
        nameEn: input.nameEn,
        gtin: input.gtin ?? null,
        priceFen: input.priceFen,
        pictureSha256: input.pictureSha256 ?? null,
        active: input.active,
      };
      const row = await trx
        .insertInto('cssdInstrumentType')
        .values({ institutionId: centerId, code: input.code, ...values })
        .onConflict((oc) => oc.columns(['institutionId', 'code']).doUpdateSet(values))
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.instrument-type',
        subjectType: 'cssd-instrument-type',
        subjectId: row.id,
        detail: { ...input },
      });
      return { id: row.id, code: input.code };
    }),
  );
}
