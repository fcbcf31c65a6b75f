import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { curve, cycleParameters, note, scan, scans, stationFields } from '../inputs.ts';
import { lockMachine, programmeOf, refuseUnready } from '../machines.ts';
import { lockPacks, refuse, type Pack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { localDay } from '../rules/expiry.ts';
import { checkPhysical } from '../rules/physicalCheck.ts';
import { nextNumber } from '../site/declareReturn.ts';
import { readingOf } from '../printout/readingOf.ts';
import { recordPackEvents, refuseWrongStep, stepPacks } from '../stepPack.ts';

export const startWashInput = z.object({
  machine: scan,
  programme: z.string().trim().min(1).max(40),
  codes: scans,
  ...stationFields,
});

/** Loads a washer-disinfector and starts it. Infectious goods need a programme of the infectious route. */
export async function startWash(ctx: Context, actor: Actor, input: z.output<typeof startWashInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const machine = await lockMachine(trx, centerId, input.machine);
      if (machine.kind !== 'washer') throw invalid(`${machine.code} is not a washer`, 'not-a-washer');
      refuseUnready(machine);
      const programme = await programmeOf(trx, machine, input.programme);
      if (programme.purpose !== 'wash')
        throw invalid(`${programme.code} is not a wash programme`, 'not-a-wash-programme');
      const packs = await lockPacks(trx, input.codes, centerId);
      for (const pack of packs) refuseWrongStep(pack, 'washed');
      refuseMixed(packs);
      const load = await trx
        .insertInto('cssdWashLoad')
        .values({
          number: await nextNumber(trx, `${machine.code}-`, 'cssd_load_number', localDay(now)),
          machineId: machine.id,
          programmeId: programme.id,
          infectiousRoute: programme.infectiousRoute,
          startedAt: now,
          startedBy: personId(actor),
        })
        .returning(['id', 'number'])
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('cssdWashLoadPack')
        .values(
          packs.map((pack) => ({
            washLoadId: load.id,
            infectiousRoute: programme.infectiousRoute,
            packId: pack.id,
            infectious: pack.infectious,
          })),
        )
        .execute();
      const at = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
      await recordPackEvents(ctx, trx, actor, at, packs, {
        kind: 'washing',
        machineId: machine.id,
        washLoadId: load.id,
        detail: { programme: programme.code },
      });
      return { id: load.id, number: load.number, packs: packs.length };
    }),
  );
}

/** The infectious route is its own: its goods share no load with others, and those of two infections not with each other. */
function refuseMixed(packs: readonly Pack[]): void {
  const odd = packs.find((pack) => pack.infectious !== packs[0]?.infectious);
  if (odd)
    throw refuse('infectious-mixed', odd.code, 'infectious goods are washed in a load of their own', {
      infectious: odd.infectious,
    });
}

export const endWashInput = z.object({
  washLoadId: z.uuid(),
  parameters: cycleParameters.default({}),
  curve: curve.optional(),
  printOutId: z.uuid().optional(),
  /** Goods that a person found soiled when unloading. */
  soiled: z.array(scan).max(300).default([]),
  note: note.default(''),
  ...stationFields,
});

/** Ends a wash load: A0 from its curve or record against the programme; a failed load is washed again. */
export async function endWash(ctx: Context, actor: Actor, input: z.output<typeof endWashInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const load = await trx
        .selectFrom('cssdWashLoad')
        .selectAll()
        .where('id', '=', input.washLoadId)
        .forUpdate()
        .executeTakeFirst();
      const machine =
        load &&
        (await trx
          .selectFrom('cssdMachine')
          .selectAll()
          .where('id', '=', load.machineId)
          .where('institutionId', '=', centerId)
          .executeTakeFirst());
      if (!load || !machine) throw notFound('wash load', input.washLoadId);
      if (load.outcome !== 'pending') throw conflict('already-ended', `wash load ${load.number} has ended`);
      const programme = await trx
        .selectFrom('cssdProgramme')
        .selectAll()
        .where('id', '=', load.programmeId)
        .executeTakeFirstOrThrow();
      const reading = await readingOf(trx, machine.id, input);
      const check = checkPhysical(programme, reading.parameters, reading.curve, reading.flags);
      await trx
        .insertInto('cssdCycle')
        .values({
          washLoadId: load.id,
          source: reading.source,
          printOutId: reading.printOutId,
          parameters: JSON.stringify(check.judged),
          curve: reading.curve.length > 0 ? JSON.stringify(reading.curve) : null,
          physicalOutcome: check.outcome,
          findings: JSON.stringify(check.findings),
          startedAt: load.startedAt,
          endedAt: now,
          recordedAt: now,
          recordedBy: personId(actor),
        })
        .execute();
      if (reading.printOutId)
        await trx
          .updateTable('cssdPrintOut')
          .set({ state: 'matched', washLoadId: load.id })
          .where('id', '=', reading.printOutId)
          .execute();
      await trx
        .updateTable('cssdWashLoad')
        .set({
          outcome: check.outcome,
          endedAt: now,
          endedBy: personId(actor),
          a0: check.judged.a0 ?? null,
          finding: input.note,
        })
        .where('id', '=', load.id)
        .execute();
      const rows = await trx
        .updateTable('cssdWashLoadPack')
        .set({ running: false })
        .where('washLoadId', '=', load.id)
        .returning('packId')
        .execute();
      const packs = await trx
        .selectFrom('cssdPack')
        .selectAll()
        .where(
          'id',
          'in',
          rows.map((row) => row.packId),
        )
        .forUpdate()
        .execute();
      const soiledIds =
        input.soiled.length > 0 ? (await lockPacks(trx, input.soiled, centerId)).map((pack) => pack.id) : [];
      if (soiledIds.some((id) => !rows.some((row) => row.packId === id)))
        throw invalid('a pack named as soiled was not in this wash load', [
          { path: 'soiled', code: 'not-in-load' },
        ]);
      const at = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
      const clean = check.outcome === 'pass' ? packs.filter((pack) => !soiledIds.includes(pack.id)) : [];
      const again = packs.filter((pack) => !clean.includes(pack));
      const about = { machineId: machine.id, washLoadId: load.id };
      if (clean.length > 0)
        await stepPacks(
          ctx,
          trx,
          actor,
          at,
          clean,
          'washed',
          { ...about, detail: { a0: check.judged.a0 ?? null } },
          { washLoadId: load.id },
        );
      await recordPackEvents(ctx, trx, actor, at, again, {
        ...about,
        kind: 'wash-failed',
        detail: { findings: check.findings },
      });
      await recordAudit(trx, actor, {
        action: 'sterilization.wash',
        subjectType: 'cssd-wash-load',
        subjectId: load.id,
        detail: { outcome: check.outcome },
      });
      return {
        id: load.id,
        number: load.number,
        outcome: check.outcome,
        findings: check.findings,
        a0: check.judged.a0 ?? null,
        washed: clean.length,
        again: again.length,
      };
    }),
  );
  ctx.bell.ring();
  return answer;
}
