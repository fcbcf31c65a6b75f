import { sql } from 'kysely';
import { z } from 'zod';
import { can, personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { RIGHTS } from '../access.ts';
import { stationFields } from '../inputs.ts';
import { guarded } from '../refusals.ts';
import { localDay } from '../rules/expiry.ts';
import { dueOf, loadCenterHours } from '../rules/centerHours.ts';
import { composePackCode } from '../rules/packCode.ts';
import { nextNumber } from '../site/declareReturn.ts';
import { recordPackEvents } from '../stepPack.ts';

export const collectReturnInput = z.object({
  returnNumber: z.string().trim().min(1).max(40),
  vehicle: z.string().trim().max(60).default(''),
  routeId: z.uuid().optional(),
  ...stationFields,
});

/**
 * The courier (or the centre's own driver) takes over a declared return: a dirty transfer begins, and every set in it
 * gets its circulation, with the code it keeps until a patient.
 */
export async function collectReturn(ctx: Context, actor: Actor, input: z.output<typeof collectReturnInput>) {
  if (!can(actor, RIGHTS.work)) requirePermission(actor, RIGHTS.drive);
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const given = await trx
        .selectFrom('cssdReturn')
        .selectAll()
        .where('number', '=', input.returnNumber)
        .forUpdate()
        .executeTakeFirst();
      if (!given) throw notFound('return', input.returnNumber);
      if (given.transferId)
        throw conflict('already-collected', `return ${given.number} is collected already`);
      const transfer = await trx
        .insertInto('cssdTransfer')
        .values({
          number: await nextNumber(trx, 'D', 'cssd_transfer_number', localDay(now)),
          kind: 'dirty',
          fromInstitutionId: given.institutionId,
          toInstitutionId: given.centerId,
          routeId: input.routeId ?? null,
          courierId: can(actor, RIGHTS.drive) ? actor.id : null,
          vehicle: input.vehicle,
          createdAt: now,
          createdBy: personId(actor),
          departedAt: now,
        })
        .returning(['id', 'number'])
        .executeTakeFirstOrThrow();
      await trx
        .updateTable('cssdReturn')
        .set({ transferId: transfer.id })
        .where('id', '=', given.id)
        .execute();
      const packs = await beginCirculations(ctx, trx, given);
      const at = { institutionId: given.institutionId, station: input.station, deviceAt: input.deviceAt };
      await recordPackEvents(ctx, trx, actor, at, packs, {
        kind: 'collected',
        transferId: transfer.id,
        detail: { return: given.number },
      });
      await trx
        .insertInto('cssdTransferPack')
        .values(
          packs.map((pack) => ({
            transferId: transfer.id,
            kind: 'dirty',
            packId: pack.id,
            dispatchedOn: localDay(now),
          })),
        )
        .execute();
      await recordAudit(trx, actor, {
        action: 'sterilization.collect',
        subjectType: 'cssd-transfer',
        subjectId: transfer.id,
        detail: { return: given.number, packs: packs.length },
      });
      return {
        transferId: transfer.id,
        number: transfer.number,
        packs: packs.map((pack) => ({ id: pack.id, code: pack.code })),
      };
    }),
  );
  ctx.bell.ring();
  return answer;
}

interface LineOfReturn {
  id: string;
  setTypeId: string;
  versionId: string;
  trayId: string | null;
  previousPackId: string | null;
  quantity: number;
  implant: boolean;
  washRequired: boolean;
  owner: string | null;
}

async function beginCirculations(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  given: { id: string; institutionId: string; centerId: string; infectious: string },
) {
  const { rows } = await sql<LineOfReturn>`
    select l.id, l.set_type_id, v.id as version_id, l.tray_id, l.previous_pack_id, l.quantity, v.implant, v.wash_required, t.owner_institution_id as owner
    from cssd_return_line l
    join lateral (select * from cssd_set_type_version v where v.set_type_id = l.set_type_id order by version desc limit 1) v on true
    left join cssd_tray t on t.id = l.tray_id where l.return_id = ${given.id} order by l.id`.execute(trx);
  const packs: { id: string; code: string }[] = [];
  for (const line of rows) {
    for (let piece = 0; piece < line.quantity; piece += 1)
      packs.push(
        await insertPack(ctx, trx, {
          centerId: given.centerId,
          setTypeId: line.setTypeId,
          setTypeVersionId: line.versionId,
          trayId: line.trayId,
          previousPackId: piece === 0 ? line.previousPackId : null,
          ownerInstitutionId: line.owner ?? given.institutionId,
          infectious: given.infectious,
          implant: line.implant,
          washRequired: true,
          returnLineId: line.id,
          state: 'collected',
        }),
      );
  }
  return packs;
}

export interface NewPack {
  centerId: string;
  setTypeId: string;
  setTypeVersionId: string;
  trayId: string | null;
  previousPackId: string | null;
  ownerInstitutionId: string;
  infectious: string;
  implant: boolean;
  washRequired: boolean;
  returnLineId: string | null;
  state: 'collected' | 'counted';
  urgent?: boolean;
}

/** Begins one circulation; the new pack stands on its way to, or in, the centre. */
export async function insertPack(ctx: Pick<Context, 'clock'>, trx: Transaction, pack: NewPack) {
  const now = ctx.clock.now();
  const { rows } = await sql<{ n: number }>`select nextval('cssd_pack_number') as n`.execute(trx);
  const hours = await loadCenterHours(trx, pack.centerId);
  return trx
    .insertInto('cssdPack')
    .values({
      ...pack,
      code: composePackCode(pack.centerId, localDay(now), rows[0]?.n ?? 0),
      locationId: pack.centerId,
      collectedAt: now,
      dueAt: dueOf(hours, now, pack.urgent ?? false),
      updatedAt: now,
    })
    .returning(['id', 'code'])
    .executeTakeFirstOrThrow();
}
