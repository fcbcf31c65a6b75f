import { z } from 'zod';
import { personId, type Actor } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { getVisibleOrder } from '../order/order.ts';

export const verdictInput = z.object({
  verdict: z.enum(['agree', 'partly', 'disagree']),
  note: z.string().max(500).optional(),
});

/** What the doctor says of a draft; said again, the later verdict stands. Throws 404 for a case he may not see. */
export async function judgeResult(
  ctx: Context,
  actor: Actor,
  id: string,
  { verdict, note }: z.output<typeof verdictInput>,
): Promise<void> {
  const result = await ctx.db
    .selectFrom('algorithmResult')
    .select('orderId')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!result) throw notFound('result', id);
  await getVisibleOrder(ctx.db, actor, result.orderId);
  const values = { verdict, note: note ?? null, decidedBy: personId(actor), decidedAt: ctx.clock.now() };
  await audited(
    ctx,
    actor,
    {
      action: 'algorithm.verdict',
      subjectType: 'algorithm-result',
      subjectId: id,
      detail: { verdict, ...(note !== undefined && { note }) },
    },
    (trx) =>
      trx
        .insertInto('algorithmVerdict')
        .values({ resultId: id, ...values })
        .onConflict((oc) => oc.column('resultId').doUpdateSet(values))
        .execute(),
  );
}
