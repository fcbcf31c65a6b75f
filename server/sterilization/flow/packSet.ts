import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf, RIGHTS } from '../access.ts';
import { colleague } from '../colleague.ts';
import { scan, stationFields } from '../inputs.ts';
import { lockPack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { stepPacks } from '../stepPack.ts';

export const packSetInput = z.object({
  code: scan,
  /** User name of the second person who checked; the packer himself when the centre works alone. */
  checkedBy: z.string().trim().max(64).optional(),
  material: z.string().trim().max(40).optional(),
  sealer: scan.optional(),
  ...stationFields,
});

/** Packing: packer, checker and material are fixed; the label can be printed from now on. */
export async function packSet(ctx: Context, actor: Actor, input: z.output<typeof packSetInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const pack = await lockPack(trx, input.code, centerId);
      const version = await trx
        .selectFrom('cssdSetTypeVersion')
        .selectAll()
        .where('id', '=', pack.setTypeVersionId)
        .executeTakeFirstOrThrow();
      const material = await trx
        .selectFrom('cssdPackagingMaterial')
        .selectAll()
        .where(input.material ? 'code' : 'id', '=', input.material ?? version.packagingMaterialId)
        .executeTakeFirst();
      if (!material)
        throw invalid('unknown packaging material', [{ path: 'material', code: 'unknown-material' }]);
      const checker = input.checkedBy
        ? await colleague(trx, input.checkedBy, RIGHTS.work, centerId, 'checkedBy')
        : { id: personId(actor) };
      const sealer = input.sealer
        ? await trx
            .selectFrom('cssdMachine')
            .select('id')
            .where('institutionId', '=', centerId)
            .where('code', '=', input.sealer)
            .where('kind', '=', 'sealer')
            .executeTakeFirst()
        : undefined;
      if (input.sealer && !sealer)
        throw invalid('unknown sealer', [{ path: 'sealer', code: 'unknown-machine' }]);
      await stepPacks(
        ctx,
        trx,
        actor,
        { institutionId: centerId, station: input.station, deviceAt: input.deviceAt },
        [pack],
        'packed',
        { ...(sealer && { machineId: sealer.id }), detail: { material: material.code } },
        {
          packedAt: ctx.clock.now(),
          packedBy: personId(actor),
          checkedBy: checker.id,
          packagingMaterialId: material.id,
        },
      );
      return { id: pack.id, code: pack.code, state: 'packed', material: material.code };
    }),
  );
}
