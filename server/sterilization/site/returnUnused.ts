import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { siteOf } from '../access.ts';
import { note, scans, stationFields } from '../inputs.ts';
import { lockPacks, refuse } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { localDay } from '../rules/expiry.ts';
import { stepPacks } from '../stepPack.ts';
import { nextNumber } from './declareReturn.ts';

export const returnUnusedInput = z.object({
  codes: scans,
  reason: z.enum(['not-needed', 'near-expiry', 'expired', 'recall', 'other']),
  note: note.default(''),
  institutionId: z.uuid().optional(),
  ...stationFields,
});

/** Unused packs go back, apart from dirty goods; what has left the sterile store is processed again, not stored again. */
export async function returnUnused(ctx: Context, actor: Actor, input: z.output<typeof returnUnusedInput>) {
  const institutionId = siteOf(actor, input.institutionId);
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const packs = await lockPacks(trx, input.codes);
      for (const pack of packs)
        if (pack.locationId !== institutionId)
          throw refuse('pack-elsewhere', pack.code, 'this pack stands at another site');
      const [first] = packs;
      const centerId = first?.centerId ?? '';
      const other = packs.find((pack) => pack.centerId !== centerId);
      if (other) throw refuse('other-center', other.code, 'packs of two centres go back separately');
      const transfer = await trx
        .insertInto('cssdTransfer')
        .values({
          number: await nextNumber(trx, 'U', 'cssd_transfer_number', localDay(now)),
          kind: 'unused',
          fromInstitutionId: institutionId,
          toInstitutionId: centerId,
          createdAt: now,
          createdBy: personId(actor),
          departedAt: now,
        })
        .returning(['id', 'number'])
        .executeTakeFirstOrThrow();
      await stepPacks(
        ctx,
        trx,
        actor,
        { institutionId, station: input.station, deviceAt: input.deviceAt },
        packs,
        'returned',
        { transferId: transfer.id, detail: { reason: input.reason, note: input.note } },
        { locationId: centerId, shelf: '' },
      );
      await trx
        .insertInto('cssdTransferPack')
        .values(
          packs.map((pack) => ({
            transferId: transfer.id,
            kind: 'unused',
            packId: pack.id,
            dispatchedOn: localDay(now),
          })),
        )
        .execute();
      await recordAudit(trx, actor, {
        action: 'sterilization.return-unused',
        subjectType: 'cssd-transfer',
        subjectId: transfer.id,
        detail: { packs: packs.length, reason: input.reason },
      });
      return { transferId: transfer.id, number: transfer.number, packs: packs.length };
    }),
  );
  ctx.bell.ring();
  return answer;
}
