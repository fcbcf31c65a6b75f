import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { scan, scans, stationFields } from '../inputs.ts';
import { lockPacks, refuse, type Pack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { recordPackEvents, stepPacks, type At } from '../stepPack.ts';
import { insertPack } from './collectReturn.ts';

export const reprocessInput = z.object({ codes: scans, ...stationFields });

/** Rejected, returned or recalled packs that stand at the centre begin a new circulation, naming the old one. */
export async function reprocess(ctx: Context, actor: Actor, input: z.output<typeof reprocessInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const at: At = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
      const packs = await lockPacks(trx, input.codes, centerId);
      const away = packs.find((pack) => pack.locationId !== centerId || pack.state === 'received');
      if (away)
        throw refuse('pack-elsewhere', away.code, 'this pack is not at the centre: it comes back first', {
          state: away.state,
        });
      const returned = packs.filter((pack) => pack.state !== 'reprocess');
      if (returned.length > 0)
        await stepPacks(ctx, trx, actor, at, returned, 'reprocess', { kind: 'unpacked' });
      const made = [];
      for (const pack of packs) made.push(await begin(ctx, trx, actor, at, pack));
      return { packs: made };
    }),
  );
}

async function begin(ctx: Pick<Context, 'clock'>, trx: Transaction, actor: Actor, at: At, old: Pack) {
  const version = await latestVersion(trx, old.setTypeId);
  const pack = await insertPack(ctx, trx, {
    centerId: old.centerId,
    setTypeId: old.setTypeId,
    setTypeVersionId: version.id,
    trayId: old.trayId,
    previousPackId: old.id,
    ownerInstitutionId: old.ownerInstitutionId,
    infectious: 'none',
    implant: version.implant,
    washRequired: version.washRequired,
    returnLineId: null,
    state: 'collected',
  });
  await recordPackEvents(ctx, trx, actor, at, [pack], { kind: 'collected', detail: { from: old.code } });
  return { id: pack.id, code: pack.code, from: old.code };
}

export const beginNewInput = z
  .object({
    /** Goods made at the centre (dressings), or trays that begin their first circulation. */
    setTypeCode: z.string().max(32).optional(),
    quantity: z.number().int().min(1).max(200).default(1),
    tray: scan.optional(),
    urgent: z.boolean().default(false),
    ...stationFields,
  })
  .refine((input) => (input.setTypeCode === undefined) !== (input.tray === undefined), {
    message: 'give a set type or a tray',
    params: { code: 'set-or-tray' },
  });

/** Begins circulations that come from no site: new dressing packs, a tray's first round, a loaner set after its receipt. */
export async function beginNew(ctx: Context, actor: Actor, input: z.output<typeof beginNewInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const tray = input.tray
        ? await trx
            .selectFrom('cssdTray')
            .selectAll()
            .where('code', '=', input.tray)
            .where('institutionId', '=', centerId)
            .executeTakeFirst()
        : undefined;
      if (input.tray && !tray) throw invalid('unknown tray', [{ path: 'tray', code: 'unknown-tray' }]);
      const type = tray
        ? { id: tray.setTypeId }
        : await trx
            .selectFrom('cssdSetType')
            .select('id')
            .where('institutionId', '=', centerId)
            .where('code', '=', input.setTypeCode ?? '')
            .where('active', '=', true)
            .executeTakeFirst();
      if (!type) throw invalid('unknown set type', [{ path: 'setTypeCode', code: 'unknown-set-type' }]);
      const version = await latestVersion(trx, type.id);
      const made = [];
      for (let piece = 0; piece < (tray ? 1 : input.quantity); piece += 1) {
        const pack = await insertPack(ctx, trx, {
          centerId,
          setTypeId: type.id,
          setTypeVersionId: version.id,
          trayId: tray?.id ?? null,
          previousPackId: null,
          ownerInstitutionId: tray?.ownerInstitutionId ?? centerId,
          infectious: 'none',
          implant: version.implant,
          washRequired: version.washRequired,
          returnLineId: null,
          state: 'collected',
          urgent: input.urgent,
        });
        await recordPackEvents(
          ctx,
          trx,
          actor,
          { institutionId: centerId, station: input.station, deviceAt: input.deviceAt },
          [pack],
          { kind: 'collected', detail: { new: true } },
        );
        made.push({ id: pack.id, code: pack.code });
      }
      return { packs: made };
    }),
  );
}

export async function latestVersion(trx: Transaction, setTypeId: string) {
  return trx
    .selectFrom('cssdSetTypeVersion')
    .selectAll()
    .where('setTypeId', '=', setTypeId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
}
