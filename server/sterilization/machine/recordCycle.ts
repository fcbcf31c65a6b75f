import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { announce } from '../../core/events/announce.ts';
import { centerOf } from '../access.ts';
import { curve, cycleParameters, stationFields } from '../inputs.ts';
import type { Pack } from '../packs.ts';
import { readingOf } from '../printout/readingOf.ts';
import { guarded } from '../refusals.ts';
import { expiresOn, localDay, storeIsControlled } from '../rules/expiry.ts';
import { checkPhysical } from '../rules/physicalCheck.ts';
import { stepPacks, type At } from '../stepPack.ts';

export const recordCycleInput = z.object({
  loadId: z.uuid(),
  parameters: cycleParameters.default({}),
  curve: curve.optional(),
  printOutId: z.uuid().optional(),
  ...stationFields,
});

/**
 * The cycle has ended: its record is judged against the programme. Passed: the packs are sterilized and get their expiry
 * by packaging material and store climate. Failed: the load is not released, its packs go back to be processed again.
 */
export async function recordCycle(ctx: Context, actor: Actor, input: z.output<typeof recordCycleInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const load = await lockLoad(trx, centerId, input.loadId);
      if (load.state !== 'running')
        throw conflict('already-ended', `load ${load.number} has ended`, { state: load.state });
      const programme = await trx
        .selectFrom('cssdProgramme')
        .selectAll()
        .where('id', '=', load.programmeId)
        .executeTakeFirstOrThrow();
      const reading = await readingOf(trx, load.machineId, input);
      const check = checkPhysical(programme, reading.parameters, reading.curve, reading.flags);
      // A run that was under way when its machine was blocked by a failed biological indicator falls under the recall.
      const recalled = await trx
        .selectFrom('cssdMachineBlock')
        .select('id')
        .where('machineId', '=', load.machineId)
        .where('reason', '=', 'biological')
        .where('returnedAt', 'is', null)
        .where('blockedAt', '>=', load.startedAt)
        .executeTakeFirst();
      await trx
        .insertInto('cssdCycle')
        .values({
          loadId: load.id,
          source: reading.source,
          printOutId: reading.printOutId,
          startedAt: reading.startedAt ? new Date(`${reading.startedAt}+08:00`) : load.startedAt,
          endedAt: reading.endedAt ? new Date(`${reading.endedAt}+08:00`) : now,
          parameters: JSON.stringify(check.judged),
          curve: reading.curve.length > 0 ? JSON.stringify(reading.curve) : null,
          physicalOutcome: check.outcome,
          findings: JSON.stringify(check.findings),
          recordedAt: now,
          recordedBy: personId(actor),
        })
        .execute();
      if (reading.printOutId)
        await trx
          .updateTable('cssdPrintOut')
          .set({ state: 'matched', loadId: load.id })
          .where('id', '=', reading.printOutId)
          .execute();
      await trx
        .updateTable('cssdLoad')
        .set({ state: check.outcome === 'fail' ? 'failed' : recalled ? 'recalled' : 'ended', endedAt: now })
        .where('id', '=', load.id)
        .execute();
      const packs = await trx
        .selectFrom('cssdPack')
        .selectAll()
        .where('loadId', '=', load.id)
        .where('state', '=', 'loaded')
        .forUpdate()
        .execute();
      const at: At = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
      if (check.outcome === 'pass' && !recalled)
        await markSterilized(ctx, trx, actor, at, centerId, load, packs);
      else if (packs.length > 0)
        await stepPacks(ctx, trx, actor, at, packs, 'reprocess', {
          kind: 'cycle-failed',
          loadId: load.id,
          machineId: load.machineId,
          detail: { findings: check.findings },
        });
      await recordAudit(trx, actor, {
        action: 'sterilization.cycle',
        subjectType: 'cssd-load',
        subjectId: load.id,
        detail: { outcome: check.outcome },
      });
      await announce(trx, {
        kind: 'sterilization.load',
        centerKind: 'sterilization',
        reportingInstitutionId: centerId,
        data: { loadId: load.id, state: check.outcome === 'pass' ? 'ended' : 'failed' },
      });
      return {
        loadId: load.id,
        number: load.number,
        outcome: check.outcome,
        findings: check.findings,
        judged: check.judged,
        packs: packs.length,
      };
    }),
  );
  ctx.bell.ring();
  return answer;
}

/**
 * A load of this centre, locked; 404 otherwise. Its machine is locked before it, always in this order: a recall of the
 * machine waits for whoever ends, reads or releases a load, or they for it, and what they then read is what counts.
 */
export async function lockLoad(trx: Transaction, centerId: string, loadId: string) {
  await trx
    .selectFrom('cssdMachine')
    .select('id')
    .where('id', '=', trx.selectFrom('cssdLoad').select('machineId').where('id', '=', loadId))
    .forUpdate()
    .execute();
  const load = await trx
    .selectFrom('cssdLoad')
    .selectAll()
    .where('id', '=', loadId)
    .where(
      'machineId',
      'in',
      trx.selectFrom('cssdMachine').select('id').where('institutionId', '=', centerId),
    )
    .forUpdate()
    .executeTakeFirst();
  if (!load) throw notFound('load', loadId);
  return load;
}

async function markSterilized(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  at: At,
  centerId: string,
  load: { id: string; machineId: string },
  packs: Pack[],
): Promise<void> {
  const today = localDay(ctx.clock.now());
  const controlled = storeIsControlled(await climateOf(trx, centerId, ctx.clock.now()));
  const materials = await trx.selectFrom('cssdPackagingMaterial').selectAll().execute();
  for (const material of materials) {
    const wrapped = packs.filter((pack) => pack.packagingMaterialId === material.id);
    if (wrapped.length === 0) continue;
    const expires = expiresOn(today, material, controlled);
    await stepPacks(
      ctx,
      trx,
      actor,
      at,
      wrapped,
      'sterilized',
      { loadId: load.id, machineId: load.machineId, detail: { expiresOn: expires, controlled } },
      { sterilizedOn: today, expiresOn: expires },
    );
  }
}

/** The store climate measured within the last day; without a measurement the shorter shelf life counts. */
async function climateOf(
  trx: Transaction,
  centerId: string,
  now: Date,
): Promise<{ temperatureC: number; humidityPercent: number } | undefined> {
  const check = await trx
    .selectFrom('cssdDailyCheck')
    .select('measured')
    .where('institutionId', '=', centerId)
    .where('kind', '=', 'climate')
    .where('checkedAt', '>', new Date(now.getTime() - 24 * 3_600_000))
    .orderBy('checkedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  const measured = check?.measured;
  if (!measured || typeof measured !== 'object' || Array.isArray(measured)) return undefined;
  const { temperatureC, humidityPercent } = measured;
  return typeof temperatureC === 'number' && typeof humidityPercent === 'number'
    ? { temperatureC, humidityPercent }
    : undefined;
}
