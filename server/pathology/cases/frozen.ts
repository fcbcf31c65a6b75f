import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { personId } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { atBench } from './caseRow.ts';

export const phoneInput = z.object({
  diagnosis: z.string().trim().min(1).max(2_000),
  to: z.string().trim().min(1).max(100),
  readBack: z.string().trim().min(1).max(2_000),
});

/**
 * The frozen diagnosis told to the theatre by phone, with what was read back and by whom. It does not replace the
 * signed report; it is on the timeline with its minutes since arrival. Another call (the opinion changed, the line broke)
 * is another row: the first one ends the frozen clock, the last one is what holds.
 */
export function phoneFrozen(ctx: Context, actor: Actor, orderId: string, input: z.output<typeof phoneInput>) {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'pathology.frozen-phone', async (trx, order) => {
    atBench(actor, 'report.write', order);
    const frozen = await trx
      .selectFrom('pathologyFrozen')
      .selectAll()
      .where('orderId', '=', order.id)
      .executeTakeFirst();
    if (!frozen) throw invalid('this is not a frozen section', [{ path: 'orderId', code: 'not-frozen' }]);
    if (!frozen.arrivedAt) throw conflict('not-received', 'the specimen has not arrived yet');
    const now = ctx.clock.now();
    const changes = frozen.diagnosis !== null && frozen.diagnosis !== input.diagnosis;
    await trx
      .insertInto('pathologyFrozenCall')
      .values({
        orderId: order.id,
        diagnosis: input.diagnosis,
        toldTo: input.to,
        readBack: input.readBack,
        calledBy: staffId,
        at: now,
      })
      .execute();
    await trx
      .updateTable('pathologyFrozen')
      .set({
        diagnosis: input.diagnosis,
        phonedAt: frozen.phonedAt ?? now,
        phonedTo: input.to,
        phonedBy: staffId,
        readBack: input.readBack,
      })
      .where('orderId', '=', order.id)
      .execute();
    const minutes = Math.round((now.getTime() - frozen.arrivedAt.getTime()) / 6_000) / 10;
    await recordEvent(ctx, trx, actor, order, {
      kind: 'frozen-phoned',
      detail: {
        to: input.to,
        diagnosis: input.diagnosis,
        readBack: input.readBack,
        minutes,
        ...(changes ? { replaces: frozen.diagnosis } : {}),
      },
    });
    return order;
  });
}

export const comparisonInput = z
  .object({
    agreement: z.enum(['agree', 'minor', 'major', 'deferred']),
    paraffinOrderId: z.uuid().optional(),
    note: z.string().max(2_000).optional(),
  })
  .refine(({ agreement, note }) => agreement === 'agree' || (note ?? '').trim() !== '', {
    path: ['note'],
    message: 'say what differs',
    params: { code: 'required' },
  });

/** Agreement is said against a signed paraffin report, never ahead of it. */
async function requireParaffin(trx: Transaction, orderId: string, named: string | undefined): Promise<void> {
  const paraffin = await trx
    .selectFrom('orders as p')
    .select('p.status')
    .where((eb) =>
      named
        ? eb('p.id', '=', named)
        : eb(
            'p.id',
            'in',
            eb.selectFrom('pathologyFrozen').select('paraffinOrderId').where('orderId', '=', orderId),
          ),
    )
    .executeTakeFirst();
  if (!paraffin)
    throw conflict('no-paraffin', 'there is no paraffin case to compare with: name it, or choose deferred');
  if (!['final', 'acknowledged', 'corrected'].includes(paraffin.status))
    throw conflict('paraffin-open', 'the paraffin report is not signed yet', { status: paraffin.status });
}

/** Frozen against paraffin: how they agree, by whom, with the paraffin case of the same patient (linked by itself, or named). */
export function compareFrozen(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof comparisonInput>,
) {
  const staffId = personId(actor);
  return act(ctx, actor, orderId, 'pathology.frozen-comparison', async (trx, order) => {
    atBench(actor, 'report.write', order);
    if (input.paraffinOrderId) {
      const other = await trx
        .selectFrom('orders')
        .select('id')
        .where('id', '=', input.paraffinOrderId)
        .where('patientId', '=', order.patientId)
        .where('centerKind', '=', 'pathology')
        .executeTakeFirst();
      if (!other)
        throw invalid('the paraffin case is of another patient', [
          { path: 'paraffinOrderId', code: 'other-patient' },
        ]);
    }
    if (input.agreement !== 'deferred') await requireParaffin(trx, order.id, input.paraffinOrderId);
    const changed = await trx
      .updateTable('pathologyFrozen')
      .set({
        agreement: input.agreement,
        agreementNote: input.note ?? null,
        ...(input.paraffinOrderId && { paraffinOrderId: input.paraffinOrderId }),
        comparedBy: staffId,
        comparedAt: ctx.clock.now(),
      })
      .where('orderId', '=', order.id)
      .where('arrivedAt', 'is not', null)
      .executeTakeFirst();
    if (changed.numUpdatedRows !== 1n)
      throw conflict('not-received', 'this is not a frozen section that arrived');
    await recordEvent(ctx, trx, actor, order, {
      kind: 'frozen-compared',
      detail: { agreement: input.agreement },
    });
    return order;
  });
}
