import { sql } from 'kysely';
import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { announce } from '../../core/events/announce.ts';
import { centerOf } from '../access.ts';
import { scan, stationFields } from '../inputs.ts';
import { lockMachine, programmeOf, refuseUnready, type Machine, type Programme } from '../machines.ts';
import { lockPacks, refuse, type Pack } from '../packs.ts';
import { guarded } from '../refusals.ts';
import { localDay } from '../rules/expiry.ts';
import { stepPacks } from '../stepPack.ts';
import { biologicalDue } from './biologicalDue.ts';

export const startLoadInput = z.object({
  machine: scan,
  programme: z.string().trim().min(1).max(40),
  codes: z.array(scan).max(300).default([]),
  /** Lot of the biological indicator placed in this load. */
  biologicalLot: z.string().trim().min(1).max(40).optional(),
  /** Lot of the class-5 indicator (process challenge device). */
  class5Lot: z.string().trim().min(1).max(40).optional(),
  ...stationFields,
});

/**
 * Loads a sterilizer and starts it: production with packs, or an empty test run. Refused when the machine is blocked,
 * runs already, has no passed Bowie-Dick test of the day (pre-vacuum), or a biological indicator is due and not placed.
 */
export async function startLoad(ctx: Context, actor: Actor, input: z.output<typeof startLoadInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const machine = await lockMachine(trx, centerId, input.machine);
      if (machine.kind !== 'sterilizer' || !machine.method)
        throw invalid(`${machine.code} is not a sterilizer`, 'not-a-sterilizer');
      const programme = await programmeOf(trx, machine, input.programme);
      if (programme.purpose === 'wash')
        throw invalid(`${programme.code} is a wash programme`, 'is-wash-programme');
      const production = programme.purpose === 'production';
      if (production) refuseUnready(machine);
      if (production === (input.codes.length === 0))
        throw invalid(production ? 'a production load has packs' : 'a test run is empty', [
          {
            path: 'codes',
            code: production ? 'load-empty' : 'test-run-loaded',
          },
        ]);
      const packs = production ? await lockPacks(trx, input.codes, centerId) : [];
      await refuseWrongMethod(trx, machine, packs);
      const hasImplant = packs.some((pack) => pack.implant);
      if (production && !input.biologicalLot && (await biologicalDue(trx, programme, hasImplant, now)))
        throw conflict(
          'biological-due',
          'this load needs a biological indicator: place one and enter its lot',
          { machine: machine.code, hasImplant },
        );
      const load = await insertLoad(trx, actor, { machine, programme, hasImplant, now });
      await placeIndicators(trx, actor, load.id, input, production, now);
      if (packs.length > 0)
        await stepPacks(
          ctx,
          trx,
          actor,
          { institutionId: centerId, station: input.station, deviceAt: input.deviceAt },
          packs,
          'loaded',
          {
            machineId: machine.id,
            loadId: load.id,
            detail: { load: load.number, programme: programme.code },
          },
          { loadId: load.id },
        );
      await recordAudit(trx, actor, {
        action: 'sterilization.load',
        subjectType: 'cssd-load',
        subjectId: load.id,
        detail: { number: load.number, packs: packs.length },
      });
      await announce(trx, {
        kind: 'sterilization.load',
        centerKind: 'sterilization',
        reportingInstitutionId: centerId,
        data: { loadId: load.id, machine: machine.code, state: 'running' },
      });
      return {
        id: load.id,
        number: load.number,
        purpose: programme.purpose,
        packs: packs.length,
        hasImplant,
      };
    }),
  );
  ctx.bell.ring();
  return answer;
}

/** Steam goods into steam, plasma goods into plasma: the method belongs to the set type, not to a free machine. */
async function refuseWrongMethod(trx: Transaction, machine: Machine, packs: Pack[]): Promise<void> {
  if (packs.length === 0) return;
  const versions = await trx
    .selectFrom('cssdSetTypeVersion')
    .select(['id', 'method'])
    .where('id', 'in', [...new Set(packs.map((pack) => pack.setTypeVersionId))])
    .execute();
  const method = machine.method?.startsWith('steam') ? 'steam' : machine.method;
  for (const pack of packs) {
    const wanted = versions.find((version) => version.id === pack.setTypeVersionId)?.method;
    if (wanted !== method)
      throw refuse(
        'wrong-method',
        pack.code,
        `is sterilized by ${wanted ?? 'another method'}, this machine works by ${method ?? ''}`,
        { wanted, method },
      );
  }
}

async function insertLoad(
  trx: Transaction,
  actor: Actor,
  {
    machine,
    programme,
    hasImplant,
    now,
  }: { machine: Machine; programme: Programme; hasImplant: boolean; now: Date },
): Promise<{ id: string; number: string }> {
  const today = localDay(now);
  const { rows } = await sql<{
    n: number;
  }>`select count(*) + 1 as n from cssd_load where machine_id = ${machine.id} and started_on = ${today}::date`.execute(
    trx,
  );
  const run = rows[0]?.n ?? 1;
  // The last Bowie-Dick test of today counts; without one the constraint of the table refuses the load.
  const test =
    machine.method === 'steam-prevacuum' && programme.purpose === 'production'
      ? await trx
          .selectFrom('cssdMachineTest')
          .select(['id', 'outcome'])
          .where('machineId', '=', machine.id)
          .where('kind', '=', 'bowie-dick')
          .where('testedOn', '=', today)
          .orderBy('testedAt', 'desc')
          .limit(1)
          .executeTakeFirst()
      : undefined;
  const stamp = today.replaceAll('-', '').slice(2);
  return trx
    .insertInto('cssdLoad')
    .values({
      number: `${machine.code}-${stamp}-${String(run).padStart(2, '0')}-${machine.id.slice(-4)}`,
      machineId: machine.id,
      programmeId: programme.id,
      purpose: programme.purpose,
      method: machine.method ?? '',
      runOfDay: run,
      hasImplant,
      startedAt: now,
      startedBy: personId(actor),
      bowieDickId: test?.id ?? null,
      bowieDickOn: test ? today : null,
      bowieDickOutcome: test?.outcome ?? null,
    })
    .returning(['id', 'number'])
    .executeTakeFirstOrThrow();
}

async function placeIndicators(
  trx: Transaction,
  actor: Actor,
  loadId: string,
  input: z.output<typeof startLoadInput>,
  production: boolean,
  now: Date,
): Promise<void> {
  const placed = { loadId, placedAt: now, placedBy: personId(actor) };
  const rows = [
    ...(production ? [{ ...placed, kind: 'outer-chemical', lot: '' }] : []),
    ...(input.biologicalLot
      ? [{ ...placed, kind: 'biological', lot: input.biologicalLot, position: 'drain' }]
      : []),
    ...(input.class5Lot ? [{ ...placed, kind: 'class-5', lot: input.class5Lot }] : []),
  ];
  if (rows.length > 0) await trx.insertInto('cssdIndicator').values(rows).execute();
}
