import type { Selectable } from 'kysely';
import type { UnmatchedInput } from '../../../db/types.ts';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import { readHeader } from '../../standards/dicom/index.ts';
import { flagLateInput } from '../../core/order/flagLateInput.ts';
import { readInstanceFacts } from '../instanceFacts.ts';
import { ordersOfStudy } from '../queries.ts';

const LONGEST = 1024 * 1024 * 1024;

/** The kept second object takes the place of the first, which stays as superseded. Signed cases are flagged. */
export async function replaceInstance(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  row: Selectable<UnmatchedInput>,
  reason: string,
): Promise<void> {
  if (!row.objectAddress || !row.subjectId) throw notFound('kept object', row.id);
  const size = await ctx.objects.size(row.objectAddress);
  if (size > LONGEST)
    throw conflict('too-large', 'the object is too large to be replaced here', { most: '1 GB' });
  const bytes = await ctx.objects.read(row.objectAddress);
  const header = readHeader(bytes);
  const facts = readInstanceFacts(header);
  const first = await trx
    .selectFrom('instance')
    .innerJoin('series', 'series.id', 'instance.seriesId')
    .innerJoin('study', 'study.id', 'series.studyId')
    .select([
      'instance.id',
      'instance.seriesId',
      'series.studyId',
      'series.seriesInstanceUid',
      'study.studyInstanceUid',
    ])
    .where('instance.sopInstanceUid', '=', row.subjectId)
    .where('instance.supersededAt', 'is', null)
    .executeTakeFirst();
  if (!first) throw notFound('instance', row.subjectId);
  if (
    first.seriesInstanceUid !== facts.seriesInstanceUid ||
    first.studyInstanceUid !== facts.studyInstanceUid
  )
    throw conflict(
      'other-series',
      'the kept object is of another study or series: it cannot take the place of the first',
    );
  await trx
    .updateTable('instance')
    .set({ supersededAt: ctx.clock.now() })
    .where('id', '=', first.id)
    .execute();
  const made = await trx
    .insertInto('instance')
    .values({
      seriesId: first.seriesId,
      sopInstanceUid: facts.sopInstanceUid,
      sopClassUid: facts.sopClassUid,
      instanceNumber: facts.instanceNumber,
      transferSyntax: header.transferSyntax,
      objectAddress: row.objectAddress,
      objectSize: size,
      dataSetOffset: header.dataSetOffset,
      pixelOffset: facts.pixelOffset,
      pixelLength: facts.pixelLength,
      pixelRows: facts.rows,
      pixelColumns: facts.columns,
      numberOfFrames: facts.numberOfFrames,
      bitsAllocated: facts.bitsAllocated,
      samplesPerPixel: facts.samplesPerPixel,
      photometric: facts.photometric,
      deviceId: row.deviceId,
      remarks: [...header.remarks],
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx.updateTable('instance').set({ supersededBy: made.id }).where('id', '=', first.id).execute();
  await trx.deleteFrom('seriesDerived').where('seriesId', '=', first.seriesId).execute();
  await enqueue(trx, {
    kind: 'imaging.derive',
    key: String(first.seriesId),
    payload: { seriesId: first.seriesId },
  });
  await recordAudit(trx, actor, {
    action: 'instance.replace',
    subjectType: 'instance',
    subjectId: row.subjectId,
    detail: { reason, before: first.id, after: made.id },
  });
  for (const order of await ordersOfStudy(trx, first.studyId))
    if (['final', 'acknowledged', 'corrected'].includes(order.status))
      await flagLateInput(ctx, trx, actor, order, { sopInstanceUid: row.subjectId, replaced: true });
}
