import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { act, receiveOrder } from '../../core/order/acts.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent, transition } from '../../core/order/recordEvent.ts';
import { advanceStage, atBench, givePathologyNumber, loadCase } from './caseRow.ts';
import { recordCustody } from './custody.ts';

/** Coded reasons for not taking a specimen, or for taking it with reservation. */
export const receptionReasons = [
  'no-fixative',
  'too-little-fixative',
  'fixation-too-late',
  'unlabelled',
  'label-disagrees',
  'site-disagrees',
  'count-disagrees',
  'leaking',
  'dried-out',
  'wrong-container',
  'no-clinical-information',
  'no-tissue',
  'other',
] as const;

export const receptionInput = z
  .object({
    outcome: z.enum(['accepted', 'conditional', 'rejected']),
    reasons: z.array(z.enum(receptionReasons)).max(10).default([]),
    note: z.string().max(1_000).optional(),
    /** barcodes of the jars at hand; all when left out */
    containers: z.array(z.string().max(60)).min(1).max(200).optional(),
    place: z.string().max(60).optional(),
  })
  .refine(({ outcome, reasons }) => outcome === 'accepted' || reasons.length > 0, {
    path: ['reasons'],
    message: 'a reason is needed',
    params: { code: 'required' },
  });

/**
 * Takes the specimens of a case over, with reservation or not at all. Acceptance gives the 病理号, starts the clock and
 * puts every jar into the hands of the receiver; rejection sends the order back to the site with its coded reasons.
 * For a frozen section the arrival starts its 30 minutes (45 when the previous specimen was not finished).
 */
export function receiveCase(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof receptionInput>,
): Promise<Order> {
  return act(ctx, actor, orderId, 'pathology.reception', async (trx, order) => {
    atBench(actor, input.outcome === 'rejected' ? 'order.return' : 'order.accept', order);
    const found = await loadCase(trx, order.id);
    const jars = await trx
      .selectFrom('pathologyContainer')
      .select(['id', 'barcode', 'state'])
      .where('orderId', '=', order.id)
      .execute();
    const unknown = (input.containers ?? []).filter((barcode) =>
      jars.every((jar) => jar.barcode !== barcode),
    );
    if (unknown.length > 0) {
      throw invalid(`jar ${unknown.join(', ')} does not belong to this case`, [
        { path: 'containers', code: 'label-disagrees', params: { jars: unknown.join(', ') } },
      ]);
    }
    const now = ctx.clock.now();
    const { outcome, reasons, note } = input;
    const absent = jars.filter(({ barcode }) => input.containers?.includes(barcode) === false);
    if (outcome !== 'rejected' && absent.length > 0 && !reasons.includes('count-disagrees')) {
      const missing = absent.map(({ barcode }) => barcode).join('、');
      throw invalid(`jar ${missing} is not here: accept with reservation, reason count-disagrees`, [
        { path: 'reasons', code: 'count-disagrees', params: { jars: missing } },
      ]);
    }
    const receivedBy = actor.kind === 'staff' ? actor.id : null;
    await trx
      .insertInto('pathologyReception')
      .values({ orderId: order.id, outcome, reasons, note: note ?? null, at: now, receivedBy })
      .execute();
    if (outcome === 'rejected') {
      await trx
        .updateTable('pathologyContainer')
        .set({ state: 'rejected' })
        .where('orderId', '=', order.id)
        .where('state', '!=', 'discarded')
        .execute();
      for (const jar of jars.filter(({ state }) => state !== 'discarded')) {
        const place = input.place ?? '标本接收（拒收待退）';
        await recordCustody(ctx, trx, actor, {
          ...{ subjectType: 'container', subjectId: jar.id, orderId: order.id, kind: 'handed-over', place },
          reason: reasons.join(','),
        });
      }
      // an order that nobody has taken in yet still shows on the timeline that its jars arrived
      const arrived =
        order.status === 'requested' ? await transition(ctx, trx, actor, order, 'acquired') : order;
      return transition(
        ctx,
        trx,
        actor,
        arrived,
        'returned',
        { reason: reasons.join(','), detail: { reasons, note: note ?? '' } },
        { claimedBy: null, claimedAt: null, claimOpenedAt: null },
      );
    }
    if (!['requested', 'awaiting-decision', 'acquired', 'returned'].includes(order.status)) {
      throw conflict('wrong-status', `the case is ${order.status} already`, { status: order.status });
    }
    const taken = input.containers;
    for (const jar of jars) {
      const here = taken === undefined || taken.includes(jar.barcode);
      await trx
        .updateTable('pathologyContainer')
        .set(here ? { state: 'received', receivedAt: now } : { state: 'missing' })
        .where('id', '=', jar.id)
        .execute();
      const kind = here ? ('received' as const) : ('missing' as const);
      await recordCustody(ctx, trx, actor, {
        subjectType: 'container',
        subjectId: jar.id,
        orderId: order.id,
        kind,
        place: input.place ?? '标本接收',
      });
    }
    await trx
      .updateTable('pathologyCase')
      .set({ conditional: outcome === 'conditional' })
      .where('orderId', '=', order.id)
      .execute();
    const number = await givePathologyNumber(ctx, trx, found);
    await advanceStage(trx, order.id, 'accepted');
    const rule =
      found.kind === 'frozen' ? await frozenRule(ctx, trx, found.institutionId, order.id) : undefined;
    const kind = order.status === 'returned' ? 'resent' : 'received';
    const detail = { pathologyNumber: number, outcome, reasons, note: note ?? '' };
    const received =
      kind === 'resent' || outcome === 'conditional'
        ? await transition(ctx, trx, actor, order, kind, { detail }, { receivedAt: order.receivedAt ?? now })
        : await receiveOrder(ctx, trx, actor, order);
    if (rule !== 45) return received;
    const dueAt = await recordEvent(ctx, trx, actor, received, {
      kind: 'due-extended',
      reason: 'previous-unfinished',
      detail: { minutes: 15, for: 'previous-unfinished' },
    });
    return { ...received, dueAt };
  });
}

/**
 * Notes the arrival of a frozen section and its time: 30 minutes, 45 when an earlier one is not finished. A diagnosis
 * told by phone ends a frozen section for those that follow, though its signature is still to come. Undefined when the
 * arrival was noted before (a specimen that was sent back).
 */
async function frozenRule(
  ctx: Context,
  trx: Parameters<typeof loadCase>[0],
  institutionId: string,
  orderId: string,
): Promise<30 | 45 | undefined> {
  const unfinished = await trx
    .selectFrom('pathologyFrozen as f')
    .innerJoin('pathologyCase as c', 'c.orderId', 'f.orderId')
    .innerJoin('orders as o', 'o.id', 'f.orderId')
    .select('f.orderId')
    .where('c.institutionId', '=', institutionId)
    .where('f.orderId', '!=', orderId)
    .where('f.arrivedAt', 'is not', null)
    .where('f.phonedAt', 'is', null)
    .where('o.status', 'in', ['received', 'claimed', 'preliminary', 'partial'])
    .limit(1)
    .executeTakeFirst();
  const ruleMinutes = unfinished ? 45 : 30;
  const noted = await trx
    .updateTable('pathologyFrozen')
    .set({ arrivedAt: ctx.clock.now(), ruleMinutes })
    .where('orderId', '=', orderId)
    .where('arrivedAt', 'is', null)
    .executeTakeFirst();
  return noted.numUpdatedRows === 1n ? ruleMinutes : undefined;
}
