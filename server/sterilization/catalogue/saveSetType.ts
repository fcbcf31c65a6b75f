import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { note } from '../inputs.ts';
import { guarded } from '../refusals.ts';

export const saveSetTypeInput = z.object({
  code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,31}$/, 'capital letters, digits and hyphens'),
  name: z.string().trim().min(1).max(80),
  nameEn: z.string().trim().max(120).default(''),
  material: z.string().max(40),
  method: z.enum(['steam', 'eo', 'plasma', 'formaldehyde', 'dry-heat']),
  washRequired: z.boolean().default(true),
  implant: z.boolean().default(false),
  innerIndicatorClass: z.number().int().min(1).max(6).default(5),
  weightG: z.number().int().min(1).max(20_000).optional(),
  priceFen: z.number().int().min(0).max(10_000_000).default(0),
  pictureSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  instructions: note.default(''),
  contents: z
    .array(z.object({ instrumentTypeCode: z.string().max(32), quantity: z.number().int().min(1).max(200) }))
    .max(100),
  active: z.boolean().default(true),
});

/** A set type as it is from now on: each save is a new version; packs keep the version they were made by. */
export async function saveSetType(ctx: Context, actor: Actor, input: z.output<typeof saveSetTypeInput>) {
  const centerId = await centerOf(ctx.db, actor, 'catalogue');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const material = await trx
        .selectFrom('cssdPackagingMaterial')
        .select('id')
        .where('code', '=', input.material)
        .where('active', '=', true)
        .executeTakeFirst();
      if (!material)
        throw invalid('unknown packaging material', [{ path: 'material', code: 'unknown-material' }]);
      const codes = input.contents.map((line) => line.instrumentTypeCode);
      const types =
        codes.length === 0
          ? []
          : await trx
              .selectFrom('cssdInstrumentType')
              .select(['id', 'code'])
              .where('institutionId', '=', centerId)
              .where('code', 'in', codes)
              .execute();
      const unknown = codes.filter((code) => !types.some((type) => type.code === code));
      if (unknown.length > 0)
        throw invalid('unknown instruments', [
          { path: 'contents', code: 'unknown-instrument', params: { named: unknown.join(', ') } },
        ]);
      const type = await trx
        .insertInto('cssdSetType')
        .values({
          institutionId: centerId,
          code: input.code,
          name: input.name,
          nameEn: input.nameEn,
          active: input.active,
        })
        .onConflict((oc) =>
          oc
            .columns(['institutionId', 'code'])
            .doUpdateSet({ name: input.name, nameEn: input.nameEn, active: input.active }),
        )
        .returning('id')
        .executeTakeFirstOrThrow();
      const last = await trx
        .selectFrom('cssdSetTypeVersion')
        .select('version')
        .where('setTypeId', '=', type.id)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst();
      const version = await trx
        .insertInto('cssdSetTypeVersion')
        .values({
          setTypeId: type.id,
          version: (last?.version ?? 0) + 1,
          packagingMaterialId: material.id,
          method: input.method,
          washRequired: input.washRequired,
          implant: input.implant,
          innerIndicatorClass: input.innerIndicatorClass,
          weightG: input.weightG ?? null,
          priceFen: input.priceFen,
          pictureSha256: input.pictureSha256 ?? null,
          instructions: input.instructions,
          createdAt: ctx.clock.now(),
          createdBy: personId(actor),
        })
        .returning(['id', 'version'])
        .executeTakeFirstOrThrow();
      if (input.contents.length > 0)
        await trx
          .insertInto('cssdSetTypeContent')
          .values(
            input.contents.map((line, index) => ({
              setTypeVersionId: version.id,
              position: index + 1,
              instrumentTypeId: types.find((known) => known.code === line.instrumentTypeCode)?.id ?? '',
              quantity: line.quantity,
            })),
          )
          .execute();
      await trx
        .insertInto('catalogueItem')
        .values({
          code: `SET-${input.code}`,
          centerKind: 'sterilization',
          name: input.name,
          nameEn: input.nameEn || input.name,
          itemClass: input.method,
          price: input.priceFen / 100,
          active: input.active,
        })
        .onConflict((oc) =>
          oc.column('code').doUpdateSet({
            name: input.name,
            nameEn: input.nameEn || input.name,
            price: input.priceFen / 100,
            active: input.active,
          }),
        )
        .execute();
      await recordAudit(trx, actor, {
        action: 'sterilization.set-type',
        subjectType: 'cssd-set-type',
        subjectId: type.id,
        detail: { code: input.code, version: version.version },
      });
      return { id: type.id, code: input.code, version: version.version };
    }),
  );
}
