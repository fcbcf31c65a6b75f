import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { note, scan } from '../inputs.ts';
import { lockMachine } from '../machines.ts';
import { guarded } from '../refusals.ts';
import { blockMachine } from './blockMachine.ts';

export const recordTestInput = z.object({
  machine: scan,
  kind: z.enum(['bowie-dick', 'leak']),
  outcome: z.enum(['pass', 'fail']),
  loadId: z.uuid().optional(),
  leakKpaMin: z.number().min(0).max(99).optional(),
  lot: z.string().trim().max(40).default(''),
  note: note.default(''),
});

/**
 * Bowie-Dick or leak test. A failed one blocks the sterilizer at once; it comes back when the test is repeated and
 * passes. Packs are recalled only by decision (DOMAIN: B-D fail).
 */
export async function recordTest(ctx: Context, actor: Actor, input: z.output<typeof recordTestInput>) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const machine = await lockMachine(trx, centerId, input.machine);
      if (machine.kind !== 'sterilizer')
        throw invalid(`${machine.code} is not a sterilizer`, 'not-a-sterilizer');
      if (input.kind === 'bowie-dick' && machine.method !== 'steam-prevacuum')
        throw invalid('only a pre-vacuum sterilizer has a Bowie-Dick test', 'no-bowie-dick');
      if (input.kind === 'leak' && input.leakKpaMin === undefined)
        throw invalid('a leak test has its rate', [{ path: 'leakKpaMin', code: 'required' }]);
      if (input.loadId) await refuseOtherRun(trx, machine.id, input.loadId, input.kind);
      const limit = await trx
        .selectFrom('cssdProgramme')
        .select('maxLeakKpaMin')
        .where('machineId', '=', machine.id)
        .where('purpose', '=', 'leak')
        .where('active', '=', true)
        .executeTakeFirst();
      // 0.13 kPa/min (1.3 mbar/min, EN 285) unless the machine's own programme is stricter.
      const outcome =
        input.kind === 'leak' && (input.leakKpaMin ?? 0) > (limit?.maxLeakKpaMin ?? 0.13)
          ? 'fail'
          : input.outcome;
      const test = await trx
        .insertInto('cssdMachineTest')
        .values({
          machineId: machine.id,
          loadId: input.loadId ?? null,
          kind: input.kind,
          testedAt: ctx.clock.now(),
          outcome,
          leakKpaMin: input.leakKpaMin ?? null,
          lot: input.lot,
          readBy: personId(actor),
          note: input.note,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.machine-test',
        subjectType: 'cssd-machine',
        subjectId: machine.id,
        detail: { kind: input.kind, outcome },
      });
      if (outcome === 'fail' && machine.status === 'ready')
        await blockMachine(ctx, trx, actor, machine, {
          reason: input.kind,
          note: input.note,
          requiredProcess: 0,
          requiredBowieDick: input.kind === 'bowie-dick' ? 1 : 0,
        });
      return { id: test.id, outcome, blocked: outcome === 'fail' };
    }),
  );
  ctx.bell.ring();
  return answer;
}

/** A result belongs to a run of this machine, of the programme of this test, that has ended. */
async function refuseOtherRun(
  trx: Transaction,
  machineId: string,
  loadId: string,
  kind: 'bowie-dick' | 'leak',
): Promise<void> {
  const run = await trx
    .selectFrom('cssdLoad')
    .select(['purpose', 'number', 'state'])
    .where('id', '=', loadId)
    .where('machineId', '=', machineId)
    .executeTakeFirst();
  if (!run || run.purpose !== kind)
    throw invalid('this run is no such test of this machine', [{ path: 'loadId', code: 'not-this-test' }]);
  if (run.state === 'running')
    throw conflict('cycle-not-ended', `run ${run.number} still runs: end it with its record first`, {
      missing: ['physical'],
    });
}
