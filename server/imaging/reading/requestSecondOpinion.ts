import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { placeRequest } from '../../core/order/createRequest.ts';
import type { Order } from '../../core/order/order.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { attachStudy } from '../join/attachStudy.ts';
import { studiesOfOrder } from '../queries.ts';

/**
 * 会诊: the reader asks for a second opinion inside the county. A sub-order with its own number and clock reads the same
 * images; `institution` chooses the centre, by default the routing decides. Throws 409 without images.
 */
export async function requestSecondOpinion(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { question: string; institution?: string | undefined; priority?: Order['priority'] | undefined },
): Promise<Order> {
  const staffId = personId(actor);
  let made: Order | undefined;
  await act(ctx, actor, orderId, 'order.second-opinion', async (trx, order) => {
    requirePermission(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    const studies = await studiesOfOrder(trx, order.id);
    if (studies.length === 0) throw conflict('no-images', 'there are no images to give an opinion on');
    const items = await trx.selectFrom('orderItem').select('code').where('orderId', '=', order.id).execute();
    const { orders } = await placeRequest(
      ctx,
      trx,
      actor,
      {
        center: 'imaging',
        items: items.map(({ code }) => ({ code })),
        priority: input.priority ?? order.priority,
        flags: [],
        clinicalInfo: input.question,
      },
      {
        source: 'second-opinion',
        institutionId: order.requestingInstitutionId,
        ...(order.patientId && { patientId: order.patientId }),
        requestedByName: actor.name,
        provisional: false,
      },
    );
    const [opinion] = orders;
    if (!opinion) throw invalid('the second opinion made no order', 'no-item');
    const center = input.institution
      ? await trx
          .selectFrom('center')
          .innerJoin('institution', 'institution.id', 'center.institutionId')
          .select('institution.id')
          .where('institution.code', '=', input.institution)
          .where('center.kind', '=', 'imaging')
          .where('center.active', '=', true)
          .executeTakeFirst()
      : undefined;
    if (input.institution && !center)
      throw invalid(`institution ${input.institution} has no imaging centre`, [
        { path: 'institution', code: 'no-imaging-center' },
      ]);
    const placed = center
      ? await trx
          .updateTable('orders')
          .set({ reportingInstitutionId: center.id })
          .where('id', '=', opinion.id)
          .returningAll()
          .executeTakeFirstOrThrow()
      : opinion;
    await trx
      .insertInto('secondOpinion')
      .values({
        opinionOrderId: placed.id,
        orderId: order.id,
        question: input.question,
        askedBy: staffId,
        askedAt: ctx.clock.now(),
      })
      .execute();
    await copyExamination(ctx, trx, actor, order, placed);
    made = placed;
    for (const study of studies) made = await attachStudy(ctx, trx, actor, study, made, 'person');
    await recordEvent(ctx, trx, actor, order, {
      kind: 'second-opinion-asked',
      detail: { orderId: placed.id, accessionNumber: placed.accessionNumber },
    });
    return order;
  });
  if (!made) throw new Error('a second opinion made no order');
  return made;
}

/** The images were made once: what is known of their time stands, whatever the device's clock was found to be since. */
async function copyExamination(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  from: Order,
  to: Order,
): Promise<void> {
  const known = await trx
    .selectFrom('orderEvent')
    .select(['at', 'deviceAt'])
    .where('orderId', '=', from.id)
    .where('kind', '=', 'examined')
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  if (!known) return;
  await recordEvent(ctx, trx, actor, to, {
    kind: 'examined',
    at: known.at,
    ...(known.deviceAt && { deviceAt: known.deviceAt }),
    detail: { source: 'second-opinion' },
  });
}
