import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { note } from '../inputs.ts';
import { guarded } from '../refusals.ts';
import { STORE_LIMITS } from '../rules/expiry.ts';

export const recordDailyCheckInput = z.object({
  kind: z.enum(['sealer', 'water', 'climate', 'washer', 'cleaning-quality']),
  machine: z.string().trim().max(40).optional(),
  place: z.string().trim().max(60).default(''),
  measured: z.record(z.string().max(40), z.union([z.number(), z.string().max(100), z.boolean()])),
  outcome: z.enum(['pass', 'fail']).optional(),
  action: note.default(''),
});

/** Conductivity of purified water for the final rinse, at 25 °C (WS 310.1: at most 15 µS/cm). */
const MAX_CONDUCTIVITY = 15;

/** Daily check of sealer, water, store climate or cleaning quality. Where a limit is known the outcome follows from it. */
export async function recordDailyCheck(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof recordDailyCheckInput>,
) {
  const centerId = await centerOf(ctx.db, actor, 'work');
  const outcome = judge(input);
  if (outcome === 'fail' && input.action === '')
    throw invalid('say what was done about it', [{ path: 'action', code: 'required' }]);
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const machine = input.machine
        ? await trx
            .selectFrom('cssdMachine')
            .select('id')
            .where('institutionId', '=', centerId)
            .where('code', '=', input.machine)
            .executeTakeFirst()
        : undefined;
      if (input.machine && !machine)
        throw invalid('unknown machine', [{ path: 'machine', code: 'unknown-machine' }]);
      const row = await trx
        .insertInto('cssdDailyCheck')
        .values({
          institutionId: centerId,
          kind: input.kind,
          machineId: machine?.id ?? null,
          place: input.place,
          measured: JSON.stringify(input.measured),
          outcome,
          action: input.action,
          checkedAt: ctx.clock.now(),
          checkedBy: personId(actor),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.daily-check',
        subjectType: 'cssd-daily-check',
        subjectId: row.id,
        detail: { kind: input.kind, outcome },
      });
      return { id: row.id, outcome };
    }),
  );
}

function judge(input: z.output<typeof recordDailyCheckInput>): 'pass' | 'fail' {
  const number = (name: string) => {
    const value = input.measured[name];
    if (typeof value !== 'number')
      throw invalid(`${name} is missing`, [{ path: `measured.${name}`, code: 'required' }]);
    return value;
  };
  if (input.kind === 'climate')
    return number('temperatureC') <= STORE_LIMITS.temperatureC &&
      number('humidityPercent') <= STORE_LIMITS.humidityPercent
      ? 'pass'
      : 'fail';
  if (input.kind === 'water')
    return number('conductivityMicrosiemensCm') <= MAX_CONDUCTIVITY ? 'pass' : 'fail';
  return input.outcome ?? 'pass';
}
