import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { note, scan } from '../inputs.ts';
import { guarded } from '../refusals.ts';

export const receiveLoanerInput = z.object({
  tray: scan,
  setTypeCode: z.string().max(32),
  vendor: z.string().trim().min(1).max(100),
  vendorContact: z.string().trim().max(100).default(''),
  surgeryAt: z.coerce.date(),
  /** What the vendor's instructions demand of cleaning and sterilization. */
  instructions: note.min(1),
  weightG: z.number().int().min(1).max(50_000),
  countIn: z.number().int().min(1).max(2000),
});

/** Below this lead time a loaner set is taken only with a warning: cleaning, sterilization and biological result take it. */
export const LOANER_LEAD_HOURS = 24;
/** A set heavier than this is not packed as one (WS 310.2: instrument sets up to 7 kg). */
export const MAX_SET_WEIGHT_G = 7000;

/** A vendor's set (外来器械) arrives: lead time, instructions, weight and count are its receipt. */
export async function receiveLoaner(ctx: Context, actor: Actor, input: z.output<typeof receiveLoanerInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const type = await trx
        .selectFrom('cssdSetType')
        .select('id')
        .where('institutionId', '=', centerId)
        .where('code', '=', input.setTypeCode)
        .executeTakeFirst();
      if (!type) throw invalid('unknown set type', [{ path: 'setTypeCode', code: 'unknown-set-type' }]);
      const known = await trx
        .selectFrom('cssdTray')
        .selectAll()
        .where('code', '=', input.tray)
        .executeTakeFirst();
      if (known && known.kind !== 'loaner')
        throw conflict('not-a-loaner', `tray ${input.tray} is the centre's own`);
      const tray =
        known ??
        (await trx
          .insertInto('cssdTray')
          .values({ institutionId: centerId, code: input.tray, setTypeId: type.id, kind: 'loaner' })
          .returningAll()
          .executeTakeFirstOrThrow());
      const open = await trx
        .selectFrom('cssdLoanerReceipt')
        .select('id')
        .where('trayId', '=', tray.id)
        .where('returnedAt', 'is', null)
        .executeTakeFirst();
      if (open) throw conflict('already-received', `loaner set ${input.tray} is received already`);
      const receipt = await trx
        .insertInto('cssdLoanerReceipt')
        .values({
          trayId: tray.id,
          vendor: input.vendor,
          vendorContact: input.vendorContact,
          receivedAt: now,
          receivedBy: personId(actor),
          surgeryAt: input.surgeryAt,
          instructionsNote: input.instructions,
          weightG: input.weightG,
          countIn: input.countIn,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.loaner-receive',
        subjectType: 'cssd-tray',
        subjectId: tray.id,
        detail: { vendor: input.vendor, countIn: input.countIn },
      });
      const leadHours = (input.surgeryAt.getTime() - now.getTime()) / 3_600_000;
      return {
        id: receipt.id,
        trayId: tray.id,
        warnings: [
          ...(leadHours < LOANER_LEAD_HOURS ? ['lead-time-short'] : []),
          ...(input.weightG > MAX_SET_WEIGHT_G ? ['too-heavy'] : []),
        ],
      };
    }),
  );
}

export const returnLoanerInput = z.object({
  tray: scan,
  countOut: z.number().int().min(0).max(2000),
  discrepancy: note.default(''),
});

/** The vendor takes the set back; a count that differs needs its reason (the database insists). */
export async function returnLoaner(ctx: Context, actor: Actor, input: z.output<typeof returnLoanerInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const receipt = await trx
        .selectFrom('cssdLoanerReceipt')
        .innerJoin('cssdTray', 'cssdTray.id', 'cssdLoanerReceipt.trayId')
        .select(['cssdLoanerReceipt.id', 'cssdLoanerReceipt.countIn', 'cssdTray.id as trayId'])
        .where('cssdTray.code', '=', input.tray)
        .where('cssdTray.institutionId', '=', centerId)
        .where('cssdLoanerReceipt.returnedAt', 'is', null)
        .executeTakeFirst();
      if (!receipt) throw notFound('loaner receipt', input.tray);
      if (receipt.countIn !== input.countOut && input.discrepancy === '')
        throw invalid('the counts differ', [
          {
            path: 'discrepancy',
            code: 'discrepancy',
            params: { countIn: receipt.countIn, countOut: input.countOut },
          },
        ]);
      await trx
        .updateTable('cssdLoanerReceipt')
        .set({
          countOut: input.countOut,
          returnedAt: ctx.clock.now(),
          returnedBy: personId(actor),
          discrepancy: input.discrepancy || null,
        })
        .where('id', '=', receipt.id)
        .execute();
      await recordAudit(trx, actor, {
        action: 'sterilization.loaner-return',
        subjectType: 'cssd-tray',
        subjectId: receipt.trayId,
        detail: { countOut: input.countOut },
      });
      return { id: receipt.id, complete: receipt.countIn === input.countOut };
    }),
  );
}
