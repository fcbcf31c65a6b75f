import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { announce } from '../../core/events/announce.ts';
import { centerOf } from '../access.ts';
import { scan } from '../inputs.ts';
import { lockMachine, type Machine } from '../machines.ts';
import { guarded } from '../refusals.ts';

async function openBlock(trx: Transaction, machine: Machine) {
  const block = await trx
    .selectFrom('cssdMachineBlock')
    .selectAll()
    .where('machineId', '=', machine.id)
    .where('returnedAt', 'is', null)
    .orderBy('blockedAt')
    .limit(1)
    .executeTakeFirst();
  if (!block) throw conflict('not-blocked', `machine ${machine.code} has no open block`);
  return block;
}

export const recordTrialInput = z.object({ machine: scan, loadId: z.uuid() });

/**
 * Counts an empty run of a blocked machine as a trial. Its outcome is derived, never typed: a qualification run passes
 * with its physical record, class-5 or inner chemical indicator and biological indicator; a Bowie-Dick run by its test.
 */
export async function recordTrial(ctx: Context, actor: Actor, input: z.output<typeof recordTrialInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const machine = await lockMachine(trx, centerId, input.machine);
      const block = await openBlock(trx, machine);
      const load = await trx
        .selectFrom('cssdLoad')
        .selectAll()
        .where('id', '=', input.loadId)
        .where('machineId', '=', machine.id)
        .executeTakeFirst();
      if (!load) throw notFound('load', input.loadId);
      if (load.startedAt < block.blockedAt)
        throw invalid('only runs after the block count', 'run-before-block');
      const kind = load.purpose === 'bowie-dick' ? 'bowie-dick' : 'process';
      const outcome =
        kind === 'bowie-dick' ? await bowieDickOutcome(trx, load.id) : await processOutcome(trx, load);
      await trx
        .insertInto('cssdMachineTrial')
        .values({
          blockId: block.id,
          loadId: load.id,
          kind,
          outcome,
          at: ctx.clock.now(),
          staffId: personId(actor),
        })
        .execute();
      return { machine: machine.code, loadId: load.id, kind, outcome };
    }),
  );
}

async function bowieDickOutcome(trx: Transaction, loadId: string): Promise<'pass' | 'fail'> {
  const test = await trx
    .selectFrom('cssdMachineTest')
    .select('outcome')
    .where('loadId', '=', loadId)
    .executeTakeFirst();
  if (!test) throw conflict('test-missing', 'record the Bowie-Dick result of this run first');
  return test.outcome === 'pass' ? 'pass' : 'fail';
}

async function processOutcome(
  trx: Transaction,
  load: { id: string; purpose: string },
): Promise<'pass' | 'fail'> {
  if (load.purpose !== 'qualification')
    throw invalid('a trial is a run of a qualification programme', 'not-a-trial');
  const cycle = await trx
    .selectFrom('cssdCycle')
    .select('physicalOutcome')
    .where('loadId', '=', load.id)
    .executeTakeFirst();
  const indicators = await trx
    .selectFrom('cssdIndicator')
    .select(['kind', 'outcome'])
    .where('loadId', '=', load.id)
    .execute();
  const chemical = indicators.filter((one) => one.kind === 'class-5' || one.kind === 'inner-chemical');
  const biological = indicators.filter((one) => one.kind === 'biological');
  const pending = indicators.some((one) => one.outcome === 'pending');
  if (!cycle || chemical.length === 0 || biological.length === 0 || pending)
    throw conflict('trial-incomplete', 'a trial needs its physical, chemical and biological results', {
      missing: [
        ...(cycle ? [] : ['physical']),
        ...(chemical.length ? [] : ['chemical']),
        ...(biological.length && !pending ? [] : ['biological']),
      ],
    });
  return cycle.physicalOutcome === 'pass' && indicators.every((one) => one.outcome === 'pass')
    ? 'pass'
    : 'fail';
}

export const returnMachineInput = z.object({ machine: scan });

/** Puts a blocked machine back to work. The database refuses until the required runs passed one after another. */
export async function returnMachine(ctx: Context, actor: Actor, input: z.output<typeof returnMachineInput>) {
  const centerId = await centerOf(ctx.db, actor, 'authorise');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const machine = await lockMachine(trx, centerId, input.machine);
      const block = await openBlock(trx, machine);
      if (block.reason === 'leak') await refuseWithoutLeakTest(trx, machine.id, block.blockedAt);
      await trx
        .updateTable('cssdMachineBlock')
        .set({ returnedAt: ctx.clock.now(), returnedBy: personId(actor) })
        .where('id', '=', block.id)
        .execute();
      const other = await trx
        .selectFrom('cssdMachineBlock')
        .select('id')
        .where('machineId', '=', machine.id)
        .where('returnedAt', 'is', null)
        .executeTakeFirst();
      if (!other)
        await trx.updateTable('cssdMachine').set({ status: 'ready' }).where('id', '=', machine.id).execute();
      await recordAudit(trx, actor, {
        action: 'sterilization.machine-return',
        subjectType: 'cssd-machine',
        subjectId: machine.id,
        detail: { block: block.id },
      });
      await announce(trx, {
        kind: 'sterilization.machine',
        centerKind: 'sterilization',
        reportingInstitutionId: centerId,
        data: { machine: machine.code, status: other ? 'blocked' : 'ready' },
      });
      return { machine: machine.code, status: other ? 'blocked' : 'ready' };
    }),
  );
  ctx.bell.ring();
  return answer;
}

/** A machine stopped for its leak comes back with a leak test passed since: the last one counts. */
async function refuseWithoutLeakTest(trx: Transaction, machineId: string, since: Date): Promise<void> {
  const last = await trx
    .selectFrom('cssdMachineTest')
    .select('outcome')
    .where('machineId', '=', machineId)
    .where('kind', '=', 'leak')
    .where('testedAt', '>', since)
    .orderBy('testedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.outcome !== 'pass')
    throw conflict('leak-test-missing', 'repeat the leak test: the machine returns when it has passed');
}
