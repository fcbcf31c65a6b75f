import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { note, scan, stationFields } from '../inputs.ts';
import { lockLoad } from '../machine/recordCycle.ts';
import { lockPack } from '../packs.ts';
import { raiseRecall } from '../recall/raiseRecall.ts';
import { guarded } from '../refusals.ts';
import { stepPacks } from '../stepPack.ts';
import { closeFollowUps } from './closeFollowUps.ts';

export const recordIndicatorInput = z.object({
  loadId: z.uuid(),
  kind: z.enum(['outer-chemical', 'inner-chemical', 'class-5', 'biological']),
  outcome: z.enum(['pass', 'fail']),
  /** Did the control of the biological indicator grow? */
  control: z.enum(['growth', 'no-growth']).optional(),
  lot: z.string().trim().max(40).optional(),
  /** A single pack, for an outer or inner indicator that failed on it alone. */
  packCode: scan.optional(),
  note: note.default(''),
  ...stationFields,
});

/**
 * Reads an indicator, once. A failed outer indicator of one pack takes that pack out; a failed biological indicator
 * blocks the machine and recalls in the same transaction everything unused since the last passed one.
 */
export async function recordIndicator(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof recordIndicatorInput>,
) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const now = ctx.clock.now();
      const load = await lockLoad(trx, centerId, input.loadId);
      if (load.state === 'running')
        throw conflict('cycle-not-ended', `load ${load.number} still runs: end it with its record first`, {
          missing: ['physical'],
        });
      if (input.kind === 'biological' && input.outcome === 'pass' && !input.control)
        throw invalid('a biological indicator has a control', [{ path: 'control', code: 'required' }]);
      const pack = input.packCode ? await lockPack(trx, input.packCode, centerId) : undefined;
      if (pack && pack.loadId !== load.id)
        throw invalid('this pack was not in the load', [{ path: 'packCode', code: 'not-in-load' }]);
      const read = {
        outcome: input.outcome,
        control: input.control ?? null,
        readAt: now,
        readBy: personId(actor),
        note: input.note,
        ...(input.lot && { lot: input.lot }),
      };
      const pending = pack
        ? undefined
        : await trx
            .selectFrom('cssdIndicator')
            .select('id')
            .where('loadId', '=', load.id)
            .where('kind', '=', input.kind)
            .where('packId', 'is', null)
            .where('outcome', '=', 'pending')
            .orderBy('placedAt')
            .limit(1)
            .executeTakeFirst();
      const indicator = pending
        ? await trx
            .updateTable('cssdIndicator')
            .set(read)
            .where('id', '=', pending.id)
            .returning('id')
            .executeTakeFirstOrThrow()
        : await trx
            .insertInto('cssdIndicator')
            .values({
              ...read,
              loadId: load.id,
              packId: pack?.id ?? null,
              kind: input.kind,
              placedAt: now,
              placedBy: personId(actor),
            })
            .returning('id')
            .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.indicator',
        subjectType: 'cssd-load',
        subjectId: load.id,
        detail: { kind: input.kind, outcome: input.outcome },
      });
      if (pack && input.outcome === 'fail') {
        const at = { institutionId: centerId, station: input.station, deviceAt: input.deviceAt };
        await stepPacks(ctx, trx, actor, at, [pack], 'reprocess', {
          kind: 'rejected',
          loadId: load.id,
          detail: { defect: input.kind === 'outer-chemical' ? 'outer-indicator' : 'inner-indicator' },
        });
      }
      if (input.kind === 'biological')
        await closeFollowUps(ctx, trx, actor, load.id, indicator.id, input.outcome);
      const recall =
        input.kind === 'biological' && input.outcome === 'fail' && !(await isTrial(trx, load))
          ? await raiseRecall(ctx, trx, actor, {
              centerId,
              machineId: load.machineId,
              loadId: load.id,
              reason: 'biological',
              indicatorId: indicator.id,
              decision: '',
            })
          : undefined;
      return { id: indicator.id, outcome: input.outcome, ...(recall && { recall }) };
    }),
  );
  ctx.bell.ring();
  return answer;
}

/** An empty run of a blocked machine: what it made before is recalled already, the run only counts as a failed trial. */
async function isTrial(trx: Transaction, load: { purpose: string; machineId: string }): Promise<boolean> {
  if (load.purpose !== 'qualification') return false;
  const block = await trx
    .selectFrom('cssdMachineBlock')
    .select('id')
    .where('machineId', '=', load.machineId)
    .where('returnedAt', 'is', null)
    .executeTakeFirst();
  return block !== undefined;
}
