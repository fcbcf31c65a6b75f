import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { centerOf } from '../access.ts';
import { scan, scans, stationFields } from '../inputs.ts';
import { lockMachine } from '../machines.ts';
import { lockPacks } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { stepPacks } from '../stepPack.ts';

export const dryInput = z.object({ codes: scans, machine: scan.optional(), ...stationFields });

/** Washed goods come dry out of the drying cabinet, or are dried by hand. */
export async function dry(ctx: Context, actor: Actor, input: z.output<typeof dryInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const machine = input.machine ? await lockMachine(trx, centerId, input.machine) : undefined;
      const packs = await lockPacks(trx, input.codes, centerId);
      const at = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
      await stepPacks(ctx, trx, actor, at, packs, 'dried', machine ? { machineId: machine.id } : {});
      return { packs: packs.map((pack) => ({ id: pack.id, code: pack.code, state: 'dried' })) };
    }),
  );
}
