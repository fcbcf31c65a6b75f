import { personId, requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { getVisibleOrder } from '../../core/order/order.ts';

export interface KeyImageInput {
  sopInstanceUid: string;
  frame: number;
  note?: string | undefined;
  /** Window, zoom and the like, so that it is printed as it was seen. */
  view?: Record<string, unknown> | undefined;
}

const MOST = 60;

/** Images chosen for the report of an order, in the order in which they were chosen. */
export async function listKeyImages(db: Queryable, actor: Actor, orderId: string) {
  const order = await getVisibleOrder(db, actor, orderId);
  return { items: await keyImagesOf(db, order.id) };
}

/** The same without an access check: for the report's own pages. */
export const keyImagesOf = (db: Queryable, orderId: string) =>
  db
    .selectFrom('keyImage')
    .innerJoin('staff', 'staff.id', 'keyImage.addedBy')
    .innerJoin('instance', (join) =>
      join
        .onRef('instance.sopInstanceUid', '=', 'keyImage.sopInstanceUid')
        .on('instance.supersededAt', 'is', null),
    )
    .innerJoin('series', 'series.id', 'instance.seriesId')
    .innerJoin('study', 'study.id', 'series.studyId')
    .select([
      'keyImage.id',
      'keyImage.sopInstanceUid',
      'keyImage.frame',
      'keyImage.note',
      'keyImage.view',
      'keyImage.addedAt',
      'staff.name as addedBy',
      'series.seriesInstanceUid',
      'study.studyInstanceUid',
    ])
    .where('keyImage.orderId', '=', orderId)
    .where('keyImage.removedAt', 'is', null)
    .orderBy('keyImage.addedAt')
    .limit(MOST)
    .execute();

/** Chooses an image of the order's own studies; choosing it again changes nothing. Throws 404 for another study's image. */
export async function addKeyImage(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: KeyImageInput,
): Promise<{ id: string }> {
  const staffId = personId(actor);
  return ctx.db.transaction().execute(async (trx) => {
    const order = await getVisibleOrder(trx, actor, orderId);
    requirePermission(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    const own = await trx
      .selectFrom('instance')
      .innerJoin('series', 'series.id', 'instance.seriesId')
      .innerJoin('studyOrder', 'studyOrder.studyId', 'series.studyId')
      .select('instance.numberOfFrames')
      .where('instance.sopInstanceUid', '=', input.sopInstanceUid)
      .where('instance.supersededAt', 'is', null)
      .where('studyOrder.orderId', '=', order.id)
      .where('studyOrder.undoneAt', 'is', null)
      .executeTakeFirst();
    if (!own || input.frame > own.numberOfFrames) throw notFound('image', input.sopInstanceUid);
    const chosen = await trx
      .selectFrom('keyImage')
      .select(['id', 'sopInstanceUid', 'frame'])
      .where('orderId', '=', order.id)
      .where('removedAt', 'is', null)
      .execute();
    const again = chosen.find(
      (each) => each.sopInstanceUid === input.sopInstanceUid && each.frame === input.frame,
    );
    if (again) return { id: again.id };
    if (chosen.length >= MOST)
      throw conflict('too-many', `a report takes at most ${MOST} key images`, { most: MOST });
    await trx
      .insertInto('keyImage')
      .values({
        orderId: order.id,
        sopInstanceUid: input.sopInstanceUid,
        frame: input.frame,
        note: input.note ?? null,
        view: JSON.stringify(input.view ?? {}),
        addedBy: staffId,
      })
      .onConflict((oc) =>
        oc.columns(['orderId', 'sopInstanceUid', 'frame']).where('removedAt', 'is', null).doNothing(),
      )
      .execute();
    await recordAudit(trx, actor, {
      action: 'key-image.add',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
      detail: { sopInstanceUid: input.sopInstanceUid, frame: input.frame },
    });
    return trx
      .selectFrom('keyImage')
      .select('id')
      .where('orderId', '=', order.id)
      .where('sopInstanceUid', '=', input.sopInstanceUid)
      .where('frame', '=', input.frame)
      .where('removedAt', 'is', null)
      .executeTakeFirstOrThrow();
  });
}

/** Takes an image out of the choice; the row stays as history. */
export async function removeKeyImage(ctx: Context, actor: Actor, orderId: string, id: string): Promise<void> {
  personId(actor);
  await ctx.db.transaction().execute(async (trx) => {
    const order = await getVisibleOrder(trx, actor, orderId);
    requirePermission(actor, 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    const gone = await trx
      .updateTable('keyImage')
      .set({ removedAt: ctx.clock.now() })
      .where('id', '=', id)
      .where('orderId', '=', order.id)
      .where('removedAt', 'is', null)
      .returning('sopInstanceUid')
      .executeTakeFirst();
    if (!gone) throw notFound('key image', id);
    await recordAudit(trx, actor, {
      action: 'key-image.remove',
      subjectType: 'order',
      subjectId: order.id,
      patientId: order.patientId,
      detail: { sopInstanceUid: gone.sopInstanceUid },
    });
  });
}
