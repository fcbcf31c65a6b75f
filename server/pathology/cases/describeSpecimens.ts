import { z } from 'zod';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { act } from '../../core/order/acts.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { specimenInput } from './caseInput.ts';
import { recordCustody } from './custody.ts';
import { addSpecimen } from './openCase.ts';

export const specimensInput = z.object({ specimens: z.array(specimenInput).min(1).max(30) });

/**
 * The site describes (or corrects) the specimens before they are received: sites, times, jars. After a rejection it
 * does so again. The jars get their barcodes anew.
 */
export function describeSpecimens(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof specimensInput>,
) {
  return act(ctx, actor, orderId, 'pathology.specimens', async (trx, order) => {
    requirePermission(actor, 'specimen.collect', { institutionId: order.requestingInstitutionId });
    if (!['requested', 'awaiting-decision', 'acquired', 'returned'].includes(order.status)) {
      throw conflict('wrong-status', 'the specimens are received: ask the centre', { status: order.status });
    }
    const cut = await trx
      .selectFrom('pathologyBlock')
      .select('id')
      .where('orderId', '=', order.id)
      .limit(1)
      .executeTakeFirst();
    if (cut) throw conflict('grossed', 'blocks were cut from these specimens already');
    for (const [index, specimen] of input.specimens.entries()) {
      if (
        specimen.removedAt &&
        specimen.fixationStartedAt &&
        specimen.fixationStartedAt < specimen.removedAt
      ) {
        throw invalid('fixation cannot start before removal', [
          {
            path: `specimens.${index}.fixationStartedAt`,
            code: 'order-of-times',
          },
        ]);
      }
    }
    const before = await trx
      .selectFrom('pathologySpecimen')
      .selectAll()
      .where('orderId', '=', order.id)
      .orderBy('letter')
      .execute();
    await trx.deleteFrom('pathologyContainer').where('orderId', '=', order.id).execute();
    await trx.deleteFrom('pathologySpecimen').where('orderId', '=', order.id).execute();
    for (const [index, specimen] of input.specimens.entries()) await addSpecimen(trx, order, index, specimen);
    await recordEvent(ctx, trx, actor, order, {
      kind: 'specimens',
      detail: { before, after: input.specimens },
    });
    return order;
  });
}

export const sendInput = z.object({
  place: z.string().max(60).optional(),
  holder: z.string().max(60).optional(),
});

/** The jars leave the site: from now on somebody on the way holds them. */
export function sendContainers(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: z.output<typeof sendInput>,
) {
  return act(ctx, actor, orderId, 'pathology.send', async (trx, order) => {
    requirePermission(actor, 'specimen.transport', { institutionId: order.requestingInstitutionId });
    const jars = await trx
      .selectFrom('pathologyContainer')
      .select('id')
      .where('orderId', '=', order.id)
      .where('state', 'in', ['expected', 'rejected', 'missing'])
      .execute();
    if (jars.length === 0) throw conflict('nothing-to-send', 'every jar is on its way or received');
    for (const { id } of jars) {
      await trx.updateTable('pathologyContainer').set({ state: 'in-transit' }).where('id', '=', id).execute();
      await recordCustody(ctx, trx, actor, {
        subjectType: 'container',
        subjectId: id,
        orderId: order.id,
        kind: 'sent',
        place: input.place ?? '转运途中',
        holder: input.holder ?? null,
      });
    }
    await recordEvent(ctx, trx, actor, order, { kind: 'sent', detail: { jars: jars.length } });
    return order;
  });
}
