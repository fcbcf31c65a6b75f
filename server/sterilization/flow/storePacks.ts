import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { centerOf } from '../access.ts';
import { scans, stationFields } from '../inputs.ts';
import { lockPacks } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { stepPacks } from '../stepPack.ts';

export const storePacksInput = z.object({
  codes: scans,
  shelf: z.string().trim().min(1).max(40),
  ...stationFields,
});

/** Released packs go to their shelf in the sterile store. */
export async function storePacks(ctx: Context, actor: Actor, input: z.output<typeof storePacksInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const packs = await lockPacks(trx, input.codes, centerId);
      const at = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
      await stepPacks(
        ctx,
        trx,
        actor,
        at,
        packs,
        'stored',
        { detail: { shelf: input.shelf } },
        { shelf: input.shelf, locationId: centerId },
      );
      return {
        packs: packs.map((pack) => ({ id: pack.id, code: pack.code, state: 'stored' })),
        shelf: input.shelf,
      };
    }),
  );
}
