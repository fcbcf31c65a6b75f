import { personId, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { recordContainerEvent } from '../specimen/containerEvent.ts';
import { lockContainer } from '../specimen/findContainer.ts';
import { lockBox, countTubes } from './box.ts';

/** Puts a tube into an open box by scanning it. Scanning it again changes nothing. */
export async function packContainer(
  ctx: Context,
  actor: Actor,
  boxId: string,
  barcode: string,
): Promise<{ barcode: string; count: number }> {
  personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const box = await lockBox(trx, actor, boxId, ['open']);
    const { container, order } = await lockContainer(trx, actor, barcode);
    if (container.boxId === box.id && container.state === 'boxed')
      return { barcode: container.barcode, count: await countTubes(trx, box.id) };
    if (container.state !== 'collected')
      throw conflict('tube-state', `tube ${container.barcode} is ${container.state}`, {
        barcode: container.barcode,
        state: container.state,
      });
    if (
      order.performingInstitutionId !== box.fromInstitutionId &&
      order.requestingInstitutionId !== box.fromInstitutionId
    )
      throw invalid('the tube belongs to another site', [{ path: 'barcode', code: 'site' }]);
    if (order.reportingInstitutionId !== box.toInstitutionId)
      throw invalid('the tube goes to another laboratory', [{ path: 'barcode', code: 'destination' }]);
    await trx
      .updateTable('labContainer')
      .set({ state: 'boxed', boxId: box.id })
      .where('id', '=', container.id)
      .execute();
    await recordContainerEvent(ctx, trx, actor, container.id, { kind: 'boxed', detail: { box: box.code } });
    return { barcode: container.barcode, count: await countTubes(trx, box.id) };
  });
}
