import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import type { ReportContent } from '../../core/center.ts';
import type { Context } from '../../core/context.ts';
import { forbidden, invalid, notFound } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { atBench } from './caseRow.ts';

export const askInput = z
  .object({
    kind: z.enum(['second-reader', 'intradepartmental', 'outside']),
    staffId: z.uuid().optional(),
    outside: z.string().max(200).optional(),
    question: z.string().max(2_000).optional(),
  })
  .refine(({ kind, outside }) => kind !== 'outside' || (outside ?? '') !== '', {
    path: ['outside'],
    message: 'name the institution',
    params: { code: 'required' },
  });

/** Asks a colleague (or another hospital) for an opinion on a case; he sees it in his list. */
export async function askOpinion(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof askInput>,
) {
  const askedBy = personId(actor);
  let id = '';
  await act(ctx, actor, orderId, 'pathology.opinion-ask', async (trx, order) => {
    atBench(actor, 'report.write', order);
    if (input.staffId === askedBy)
      throw invalid('ask somebody else', [{ path: 'staffId', code: 'own-opinion' }]);
    const row = await trx
      .insertInto('pathologyOpinion')
      .values({
        orderId: order.id,
        kind: input.kind,
        askedBy,
        askedOf: input.staffId ?? null,
        outside: input.outside ?? null,
        question: input.question ?? null,
        askedAt: ctx.clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    id = row.id;
    if (input.staffId) {
      await trx
        .insertInto('notification')
        .values({
          staffId: input.staffId,
          orderId: order.id,
          kind: 'pathology.opinion',
          body: JSON.stringify({ opinionId: row.id, kind: input.kind }),
        })
        .execute();
    }
    await recordEvent(ctx, trx, actor, order, {
      kind: 'opinion-asked',
      detail: { kind: input.kind, outside: input.outside ?? null },
    });
    return order;
  });
  return { id };
}

export const opinionInput = z.object({
  opinion: z.string().trim().min(1).max(10_000),
  agrees: z.boolean(),
  /** who spoke for the other hospital */
  expert: z.string().trim().max(100).optional(),
});

/**
 * Gives the opinion, with the diagnosis of the draft that it judges. It stays as it was given; another thought is
 * another opinion. The answer of another hospital is written down by whoever received it, with its expert's name.
 */
export async function giveOpinion(
  ctx: Context,
  actor: Actor,
  id: string,
  input: z.output<typeof opinionInput>,
): Promise<void> {
  const staffId = personId(actor);
  const asked = await ctx.db
    .selectFrom('pathologyOpinion')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!asked) throw notFound('opinion', id);
  await act(ctx, actor, asked.orderId, 'pathology.opinion-give', async (trx, order) => {
    atBench(actor, 'report.write', order);
    if (asked.askedOf && asked.askedOf !== staffId)
      throw forbidden('somebody else was asked', 'other-was-asked');
    if (asked.kind !== 'outside' && asked.askedBy === staffId)
      throw forbidden('the opinion of a second person is wanted', 'second-person');
    if (asked.kind === 'outside' && !input.expert)
      throw invalid('name the expert of the other hospital', [{ path: 'expert', code: 'required' }]);
    const draft = await trx
      .selectFrom('report')
      .select('content')
      .where('orderId', '=', order.id)
      .executeTakeFirst();
    const { impression } = (draft?.content ?? {}) as ReportContent;
    const changed = await trx
      .updateTable('pathologyOpinion')
      .set({
        opinion: input.opinion,
        agrees: input.agrees,
        outsideExpert: asked.kind === 'outside' ? (input.expert ?? null) : null,
        diagnosis: typeof impression === 'string' ? impression : '',
        givenAt: ctx.clock.now(),
        givenBy: staffId,
      })
      .where('id', '=', id)
      .where('givenAt', 'is', null)
      .executeTakeFirst();
    if (changed.numUpdatedRows !== 1n) throw forbidden('the opinion was given already', 'opinion-given');
    await recordEvent(ctx, trx, actor, order, {
      kind: 'opinion-given',
      detail: { kind: asked.kind, agrees: input.agrees },
    });
    return order;
  });
}
