import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { requireCells } from './eqaCells.ts';
import { lockRound } from './lockRound.ts';

export const eqaResultsInput = z.object({
  results: z
    .array(z.object({ sample: z.string().max(20), testCode: z.string().max(24), value: z.string().max(60) }))
    .max(1200),
  submit: z.boolean().default(false),
});

/** Values measured on the samples; submitting closes the entry. */
export async function enterEqa(
  ctx: Context,
  actor: Actor,
  roundId: string,
  input: z.output<typeof eqaResultsInput>,
) {
  requirePermission(actor, 'bench.work', { centerKind: 'lab' });
  return ctx.db.transaction().execute(async (trx) => {
    await lockRound(trx, roundId, 'open');
    await requireCells(trx, roundId, 'results', input.results);
    for (const one of input.results)
      await trx
        .updateTable('labEqaResult')
        .set({ value: one.value, enteredBy: actor.id, enteredAt: ctx.clock.now() })
        .where('roundId', '=', roundId)
        .where('sample', '=', one.sample)
        .where('testCode', '=', one.testCode)
        .execute();
    if (input.submit)
      await trx
        .updateTable('labEqaRound')
        .set({ state: 'submitted', submittedAt: ctx.clock.now(), submittedBy: actor.id })
        .where('id', '=', roundId)
        .execute();
    await recordAudit(trx, actor, {
      action: input.submit ? 'eqa.submit' : 'eqa.enter',
      subjectType: 'eqa-round',
      subjectId: roundId,
    });
    return { state: input.submit ? 'submitted' : 'open' };
  });
}
