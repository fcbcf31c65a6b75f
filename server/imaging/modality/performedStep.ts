import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid, notFound } from '../../core/errors.ts';
import { recordEvent } from '../../core/order/recordEvent.ts';
import { dicomJson, tags, type DataSet } from '../../standards/dicom/index.ts';
import { recordExamination } from '../../core/order/recordExamination.ts';
import { readTime } from '../acquisitionTime.ts';
import { measureClock, MOST_OFFSET_MS } from './measureClock.ts';

export interface PerformedStepSource {
  actor: Actor;
  institutionId: string;
  deviceId: string | null;
}

/**
 * MPPS N-CREATE (PS3.4 §F.7.2.1): the examination has begun. Its start is the order's `examined`, in the hub's time,
 * and tells of the device's clock. Throws 409 for a UID that stands already, 422 for a status other than IN PROGRESS.
 */
export async function createPerformedStep(
  ctx: Context,
  source: PerformedStepSource,
  sopInstanceUid: string,
  attributes: DataSet,
): Promise<void> {
  if (attributes.string(tags.performedProcedureStepStatus) !== 'IN PROGRESS')
    throw invalid('a performed procedure step begins as IN PROGRESS');
  const step = attributes.sequence(tags.scheduledStepAttributesSequence)[0];
  const accessionNumber =
    step?.string(tags.accessionNumber) ?? step?.string(tags.requestedProcedureId) ?? null;
  const startedAt = readTime(
    attributes.string(tags.performedProcedureStepStartDate) ?? '',
    attributes.string(tags.performedProcedureStepStartTime) ?? '',
    attributes.string(tags.timezoneOffsetFromUtc),
  );
  await ctx.db.transaction().execute(async (trx) => {
    const order = accessionNumber
      ? await trx
          .selectFrom('orders')
          .selectAll()
          .where('accessionNumber', '=', accessionNumber)
          .where('performingInstitutionId', '=', source.institutionId)
          .where('centerKind', '=', 'imaging')
          .forUpdate()
          .executeTakeFirst()
      : undefined;
    const made = await trx
      .insertInto('performedStep')
      .values({
        sopInstanceUid,
        deviceId: source.deviceId,
        institutionId: source.institutionId,
        orderId: order?.id ?? null,
        accessionNumber,
        studyInstanceUid: step?.string(tags.studyInstanceUid) ?? null,
        state: 'IN PROGRESS',
        startedAt: startedAt ?? null,
        createdAt: ctx.clock.now(),
        attributes: JSON.stringify(dicomJson(attributes)),
      })
      .onConflict((oc) => oc.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) throw conflict('duplicate-performed-step', 'this performed procedure step stands already');
    await recordAudit(trx, source.actor, {
      action: 'performed-step.create',
      subjectType: 'performed-step',
      subjectId: sopInstanceUid,
      detail: { accessionNumber },
    });
    const clockOffsetMs = startedAt && (await measureClock(ctx, trx, source.deviceId, startedAt));
    if (order)
      await recordExamination(ctx, trx, source.actor, order, {
        deviceAt: startedAt ?? null,
        clockOffsetMs: clockOffsetMs ?? offsetOfNoClock(ctx, startedAt),
        source: 'mpps',
      });
  });
  ctx.bell.ring();
}

/** MPPS N-SET (PS3.4 §F.7.2.2): completed or discontinued, once. Throws 404 for an unknown step, 409 for an ended one. */
export async function setPerformedStep(
  ctx: Context,
  source: PerformedStepSource,
  sopInstanceUid: string,
  attributes: DataSet,
): Promise<void> {
  await ctx.db.transaction().execute(async (trx) => {
    const known = await trx
      .selectFrom('performedStep')
      .selectAll()
      .where('sopInstanceUid', '=', sopInstanceUid)
      .where('institutionId', '=', source.institutionId)
      .forUpdate()
      .executeTakeFirst();
    if (!known) throw notFound('performed procedure step', sopInstanceUid);
    if (known.state !== 'IN PROGRESS')
      throw conflict('performed-step-ended', 'the performed procedure step has ended and cannot be changed');
    const state = attributes.string(tags.performedProcedureStepStatus) ?? 'IN PROGRESS';
    if (state !== 'IN PROGRESS' && state !== 'COMPLETED' && state !== 'DISCONTINUED')
      throw invalid(`a performed procedure step cannot be ${state}`);
    const endedAt = readTime(
      attributes.string(tags.performedProcedureStepEndDate) ?? '',
      attributes.string(tags.performedProcedureStepEndTime) ?? '',
      attributes.string(tags.timezoneOffsetFromUtc),
    );
    await trx
      .updateTable('performedStep')
      .set({
        state,
        endedAt: endedAt ?? null,
        attributes: sql`attributes || ${JSON.stringify(dicomJson(attributes))}::jsonb`,
        updatedAt: ctx.clock.now(),
      })
      .where('id', '=', known.id)
      .execute();
    await recordAudit(trx, source.actor, {
      action: 'performed-step.set',
      subjectType: 'performed-step',
      subjectId: sopInstanceUid,
      detail: { state },
    });
    const order = known.orderId
      ? await trx
          .selectFrom('orders')
          .selectAll()
          .where('id', '=', known.orderId)
          .forUpdate()
          .executeTakeFirst()
      : undefined;
    if (order && state !== 'IN PROGRESS')
      await recordEvent(ctx, trx, source.actor, order, {
        kind: state === 'COMPLETED' ? 'examination-completed' : 'examination-discontinued',
        ...(endedAt && { deviceAt: endedAt }),
        detail: { source: 'mpps' },
      });
  });
  ctx.bell.ring();
}

/** Where the start is no time of these days, the message itself says that the examination begins. */
function offsetOfNoClock(ctx: Pick<Context, 'clock'>, startedAt: Date | undefined): number | undefined {
  const shown = startedAt ? startedAt.getTime() - ctx.clock.now().getTime() : 0;
  return Math.abs(shown) > MOST_OFFSET_MS ? shown : undefined;
}
