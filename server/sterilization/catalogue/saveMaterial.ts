import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { guarded } from '../refusals.ts';

export const saveMaterialInput = z.object({
  code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,31}$/, 'capital letters, digits and hyphens'),
  name: z.string().trim().min(1).max(80),
  nameEn: z.string().trim().max(120).default(''),
  /** Days at ≤ 24 °C and ≤ 70 % RH, and otherwise (WS 310.2: cotton 14 / 7, others the same in both). */
  shelfLifeDays: z.number().int().min(1).max(730),
  shelfLifeDaysUncontrolled: z.number().int().min(1).max(730),
  active: z.boolean().default(true),
});

/** A packaging material with its shelf life. Packs already sterilized keep the date on their label. */
export async function saveMaterial(ctx: Context, actor: Actor, input: z.output<typeof saveMaterialInput>) {
  await centerOf(ctx.db, actor, 'catalogue');
  if (input.shelfLifeDaysUncontrolled > input.shelfLifeDays)
    throw invalid('the shelf life outside the climate limits cannot be the longer one', [
      {
        path: 'shelfLifeDaysUncontrolled',
        code: 'shelf-life-order',
      },
    ]);
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const row = await trx
        .insertInto('cssdPackagingMaterial')
        .values({ ...input, nameEn: input.nameEn || input.name })
        .onConflict((oc) =>
          oc.column('code').doUpdateSet({
            name: input.name,
            nameEn: input.nameEn || input.name,
            shelfLifeDays: input.shelfLifeDays,
            shelfLifeDaysUncontrolled: input.shelfLifeDaysUncontrolled,
            active: input.active,
          }),
        )
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.material',
        subjectType: 'cssd-packaging-material',
        subjectId: row.id,
        detail: { ...input },
      });
      return { id: row.id, code: input.code };
    }),
  );
}
