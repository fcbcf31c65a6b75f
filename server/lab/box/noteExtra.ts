import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { recordContainerEvent } from '../specimen/containerEvent.ts';

/**
 * Notes a tube that lay in a box though its manifest does not name it (多出). The tube itself is accepted or rejected
 * like any other; this keeps where it was found. Noting it twice changes nothing.
 */
export async function noteExtra(
  ctx: Context,
  actor: Actor,
  boxId: string,
  sent: string,
): Promise<{ barcode: string; known: boolean; state: string | null }> {
  const staffId = personId(actor);
  const barcode = sent.trim().toUpperCase();
  if (!/^[A-Z0-9-]{4,30}$/.test(barcode))
    throw invalid(`${barcode} is not a tube number`, [
      {
        path: 'barcode',
        code: 'barcode',
        params: { barcode: barcode.slice(0, 30) },
      },
    ]);
  return ctx.db.transaction().execute(async (trx) => {
    const box = await trx
      .selectFrom('labBox')
      .selectAll()
      .where('id', '=', boxId)
      .forUpdate()
      .executeTakeFirst();
    if (!box) throw notFound('box', boxId);
    requirePermission(actor, 'specimen.receive', { institutionId: box.toInstitutionId, centerKind: 'lab' });
    if (box.state !== 'arrived')
      throw conflict('box-state', `box ${box.code} is ${box.state}`, { box: box.code, state: box.state });
    const container = await trx
      .selectFrom('labContainer')
      .select(['id', 'boxId', 'state'])
      .where('barcode', '=', barcode)
      .executeTakeFirst();
    if (container?.boxId === box.id)
      throw conflict('in-manifest', `tube ${barcode} stands in the manifest of box ${box.code}`, {
        barcode,
        box: box.code,
      });
    const kept = await trx
      .insertInto('labBoxExtra')
      .values({
        boxId,
        barcode,
        containerId: container?.id ?? null,
        foundBy: staffId,
        foundAt: ctx.clock.now(),
      })
      .onConflict((oc) => oc.doNothing())
      .returning('barcode')
      .executeTakeFirst();
    if (kept && container)
      await recordContainerEvent(ctx, trx, actor, container.id, { kind: 'extra', detail: { box: box.code } });
    if (kept)
      await recordAudit(trx, actor, {
        action: 'box.extra',
        subjectType: 'box',
        subjectId: box.code,
        detail: { barcode, known: container !== undefined },
      });
    return { barcode, known: container !== undefined, state: container?.state ?? null };
  });
}
