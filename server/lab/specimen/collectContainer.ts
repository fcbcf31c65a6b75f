import { z } from 'zod';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { isUniqueViolation, type Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent, transition } from '../../core/order/recordEvent.ts';
import { recordContainerEvent } from './containerEvent.ts';
import { checkBarcode, lockContainer, type Container } from './findContainer.ts';

export const collectInput = z.object({
  barcode: z.string().min(6).max(30),
  /** Now unless told; never in the future. */
  collectedAt: z.iso.datetime({ offset: true }).optional(),
  fasting: z.boolean().optional(),
  bodySite: z.string().max(60).optional(),
  volumeMl: z.number().optional(),
  /** A code printed beforehand that is stuck on the tube instead of ours. */
  preprintedBarcode: z.string().min(6).max(30).optional(),
});
export type CollectInput = z.output<typeof collectInput>;

const CLOCK_TOLERANCE_MS = 2 * 60_000;

/** Records a tube as drawn: who, when, fasting, site. The first tube of an order makes it `acquired`. */
export async function collectContainer(ctx: Context, actor: Actor, input: CollectInput): Promise<Container> {
  personId(actor);
  const collected = await ctx.db.transaction().execute(async (trx) => {
    const { container, order } = await lockContainer(trx, actor, input.barcode);
    requirePermission(actor, 'specimen.collect', { institutionId: order.performingInstitutionId });
    const now = ctx.clock.now();
    const at = input.collectedAt ? new Date(input.collectedAt) : now;
    checkCollection(container, order, at, now, input);
    await checkDecided(trx, order);
    const barcode = input.preprintedBarcode
      ? await bindPreprinted(trx, order, container, input.preprintedBarcode)
      : container.barcode;
    const after = await trx
      .updateTable('labContainer')
      .set({
        state: 'collected',
        barcode,
        preprinted: input.preprintedBarcode !== undefined,
        collectedAt: at,
        collectedBy: actor.id,
        collectedByName: actor.name,
        fasting: input.fasting ?? null,
        bodySite: input.bodySite ?? null,
        volumeMl: input.volumeMl ?? null,
      })
      .where('id', '=', container.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await trx
      .updateTable('labOrderTest')
      .set({ state: 'collected' })
      .where('containerId', '=', container.id)
      .where('state', 'in', ['ordered', 'rejected'])
      .execute();
    await recordContainerEvent(ctx, trx, actor, container.id, {
      kind: 'collected',
      at,
      detail: { barcode, fasting: input.fasting, bodySite: input.bodySite },
    });
    const asked = order.status === 'awaiting-decision' ? await decided(ctx, trx, actor, order) : order;
    const standing =
      asked.status === 'requested'
        ? await transition(ctx, trx, actor, asked, 'acquired', { at, detail: { barcode } })
        : asked;
    await recordEvent(ctx, trx, actor, standing, { kind: 'collected', at, detail: { barcode } });
    await recordAudit(trx, actor, {
      action: 'specimen.collect',
      subjectType: 'tube',
      subjectId: barcode,
      patientId: order.patientId,
    });
    return after;
  });
  ctx.bell.ring();
  return collected;
}

function checkCollection(container: Container, order: Order, at: Date, now: Date, input: CollectInput): void {
  if (container.state !== 'planned')
    throw conflict(
      'tube-state',
      `tube ${container.barcode} is ${container.state}: it cannot be collected again`,
      { barcode: container.barcode, state: container.state },
    );
  if (['cancelled', 'void', 'final', 'acknowledged', 'corrected'].includes(order.status))
    throw conflict('wrong-status', `the order is ${order.status}`, { status: order.status });
  if (at.getTime() > now.getTime() + CLOCK_TOLERANCE_MS)
    throw invalid('the collection time lies in the future', [{ path: 'collectedAt', code: 'future' }]);
  if (at < new Date(order.createdAt.getTime() - 24 * 3_600_000))
    throw invalid('the collection time lies more than a day before the order', [
      { path: 'collectedAt', code: 'too-early' },
    ]);
  if (input.volumeMl !== undefined && (input.volumeMl <= 0 || input.volumeMl > 2000))
    throw invalid('the volume must be above 0', [{ path: 'volumeMl', code: 'volume' }]);
}

/** Nobody is pricked while the clinician may still adopt an earlier result; an emergency does not wait. */
async function checkDecided(trx: Transaction, order: Order): Promise<void> {
  if (order.status !== 'awaiting-decision' || order.priority === 'emergency') return;
  const open = await trx
    .selectFrom('recognitionPrompt as p')
    .innerJoin('orderItem as i', (join) =>
      join.onRef('i.orderId', '=', 'p.orderId').onRef('i.code', '=', 'p.itemCode'),
    )
    .select('i.name')
    .distinct()
    .where('p.orderId', '=', order.id)
    .where('p.decision', 'is', null)
    .orderBy('i.name')
    .execute();
  const items = open.map((prompt) => prompt.name).join('、');
  throw conflict(
    'decision-needed',
    `order ${order.accessionNumber} waits for the doctor's decision on recognizing an earlier result of ${items}: ask the requesting doctor before the tube is drawn`,
    { order: order.accessionNumber, items },
  );
}

/** A specimen of an emergency drawn while the clinician had not decided counts as his decision to examine; the gate keeps its record. */
function decided(ctx: Context, trx: Transaction, actor: Actor, order: Order): Promise<Order> {
  return transition(ctx, trx, actor, order, 'decided', { reason: 'specimen collected' });
}

/** A pre-printed code is bound once, at its own institution, to a tube of its own kind. */
async function bindPreprinted(
  trx: Transaction,
  order: Order,
  container: Container,
  sent: string,
): Promise<string> {
  const barcode = checkBarcode(sent);
  const row = await trx
    .selectFrom('labPreprintedCode')
    .selectAll()
    .where('barcode', '=', barcode)
    .forUpdate()
    .executeTakeFirst();
  const refuse = (code: string, detail: string) =>
    invalid(`pre-printed code ${barcode} ${detail}`, [
      { path: 'preprintedBarcode', code, params: { barcode } },
    ]);
  if (!row) throw refuse('preprinted-unknown', 'was never issued');
  if (row.containerId) throw refuse('preprinted-used', 'stands on another tube');
  if (row.institutionId !== order.performingInstitutionId)
    throw refuse('preprinted-site', 'was issued to another site');
  if (row.tubeCode !== container.tubeCode)
    throw refuse('preprinted-tube', 'was issued for another kind of tube');
  try {
    await trx
      .updateTable('labPreprintedCode')
      .set({ containerId: container.id })
      .where('barcode', '=', barcode)
      .execute();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw conflict('duplicate-barcode', `barcode ${barcode} stands on another tube`, { barcode });
  }
  return barcode;
}
