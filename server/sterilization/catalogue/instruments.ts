import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { looksLikeGs1, parseGs1 } from '../formats/gs1.ts';
import { note, scan } from '../inputs.ts';
import { guarded } from '../refusals.ts';

export const registerTrayInput = z.object({
  code: scan,
  setTypeCode: z.string().max(32),
  owner: z.string().max(40).optional(),
});

/** Gives a physical set its own code; a GRAI is kept as its key, so that every form of the scan finds it. */
export async function registerTray(ctx: Context, actor: Actor, input: z.output<typeof registerTrayInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const code = looksLikeGs1(input.code) ? (parseGs1(input.code).grai ?? input.code) : input.code;
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const type = await trx
        .selectFrom('cssdSetType')
        .select('id')
        .where('institutionId', '=', centerId)
        .where('code', '=', input.setTypeCode)
        .executeTakeFirst();
      if (!type) throw invalid('unknown set type', [{ path: 'setTypeCode', code: 'unknown-set-type' }]);
      const owner = input.owner
        ? await trx.selectFrom('institution').select('id').where('code', '=', input.owner).executeTakeFirst()
        : undefined;
      if (input.owner && !owner) throw notFound('institution', input.owner);
      const taken = await trx.selectFrom('cssdTray').select('id').where('code', '=', code).executeTakeFirst();
      if (taken) throw conflict('code-taken', `the code ${code} belongs to another tray`);
      const tray = await trx
        .insertInto('cssdTray')
        .values({ institutionId: centerId, code, setTypeId: type.id, ownerInstitutionId: owner?.id ?? null })
        .returning(['id', 'code'])
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.tray',
        subjectType: 'cssd-tray',
        subjectId: tray.id,
        detail: { code },
      });
      return tray;
    }),
  );
}

export const registerInstrumentInput = z.object({
  code: scan,
  instrumentTypeCode: z.string().max(32),
  tray: scan.optional(),
  serialNumber: z.string().trim().max(60).default(''),
  maxUses: z.number().int().min(1).max(100_000).optional(),
});

/** Gives a single instrument its own code: GIAI, GTIN with serial number, or a plain DataMatrix text. */
export async function registerInstrument(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof registerInstrumentInput>,
) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const gs1 = looksLikeGs1(input.code) ? parseGs1(input.code) : undefined;
  const code = gs1?.giai ?? (gs1?.gtin && gs1.serialNumber ? `${gs1.gtin}.${gs1.serialNumber}` : input.code);
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const type = await trx
        .selectFrom('cssdInstrumentType')
        .select('id')
        .where('institutionId', '=', centerId)
        .where('code', '=', input.instrumentTypeCode)
        .executeTakeFirst();
      if (!type)
        throw invalid('unknown instrument type', [
          { path: 'instrumentTypeCode', code: 'unknown-instrument' },
        ]);
      const tray = input.tray
        ? await trx.selectFrom('cssdTray').select('id').where('code', '=', input.tray).executeTakeFirst()
        : undefined;
      if (input.tray && !tray) throw notFound('tray', input.tray);
      const taken = await trx
        .selectFrom('cssdInstrument')
        .select('id')
        .where('code', '=', code)
        .executeTakeFirst();
      if (taken) throw conflict('code-taken', `the code ${code} belongs to another instrument`);
      const instrument = await trx
        .insertInto('cssdInstrument')
        .values({
          institutionId: centerId,
          code,
          instrumentTypeId: type.id,
          trayId: tray?.id ?? null,
          serialNumber: input.serialNumber || (gs1?.serialNumber ?? ''),
          lot: gs1?.lot ?? '',
          maxUses: input.maxUses ?? null,
        })
        .returning(['id', 'code'])
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.instrument',
        subjectType: 'cssd-instrument',
        subjectId: instrument.id,
        detail: { code },
      });
      return { ...instrument, warnings: gs1?.warnings ?? [] };
    }),
  );
}

export const repairInstrumentInput = z.object({
  code: scan,
  fault: note.optional(),
  result: z.enum(['repaired', 'retired']).optional(),
  repairedBy: z.string().trim().max(80).default(''),
});

/** Sends an instrument to repair (`fault`), or takes it back or out of service (`result`). */
export async function repairInstrument(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof repairInstrumentInput>,
) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const instrument = await trx
        .selectFrom('cssdInstrument')
        .selectAll()
        .where('code', '=', input.code)
        .where('institutionId', '=', centerId)
        .forUpdate()
        .executeTakeFirst();
      if (!instrument) throw notFound('instrument', input.code);
      const open = await trx
        .selectFrom('cssdInstrumentRepair')
        .select('id')
        .where('instrumentId', '=', instrument.id)
        .where('repairedAt', 'is', null)
        .executeTakeFirst();
      if (input.result) {
        if (!open) throw conflict('not-in-repair', `instrument ${instrument.code} is not in repair`);
        await trx
          .updateTable('cssdInstrumentRepair')
          .set({ repairedAt: ctx.clock.now(), result: input.result, repairedBy: input.repairedBy })
          .where('id', '=', open.id)
          .execute();
      } else {
        if (open) throw conflict('in-repair', `instrument ${instrument.code} is in repair already`);
        if (!input.fault) throw invalid('say what is broken', [{ path: 'fault', code: 'required' }]);
        await trx
          .insertInto('cssdInstrumentRepair')
          .values({
            instrumentId: instrument.id,
            reportedAt: ctx.clock.now(),
            reportedBy: personId(actor),
            fault: input.fault,
          })
          .execute();
      }
      const state =
        input.result === 'repaired' ? 'in-use' : input.result === 'retired' ? 'retired' : 'repair';
      await trx.updateTable('cssdInstrument').set({ state }).where('id', '=', instrument.id).execute();
      await recordAudit(trx, actor, {
        action: 'sterilization.repair',
        subjectType: 'cssd-instrument',
        subjectId: instrument.id,
        detail: { state },
      });
      return { code: instrument.code, state };
    }),
  );
}
