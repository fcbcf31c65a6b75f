import type { Context } from '../core/context.ts';
import type { InstanceRow } from './insertStatements.ts';
import { isSameDataSet } from './isSameDataSet.ts';
import { keepForPerson } from './quarantine.ts';
import type { Sender, StoreStatus } from './sender.ts';
import { isSamePicture } from './isSamePicture.ts';

/**
 * A SOP Instance UID that stands already: the same data set again is a success that stores nothing twice; the same
 * picture in another transfer syntax is kept as a rendition; anything else is a conflict, the first stays.
 */
export async function resolveDuplicate(
  ctx: Context,
  sender: Sender,
  row: InstanceRow,
): Promise<{ status: StoreStatus; comment?: string }> {
  const first = await ctx.db
    .selectFrom('instance')
    .selectAll()
    .where('sopInstanceUid', '=', row.sopInstanceUid)
    .where('supersededAt', 'is', null)
    .executeTakeFirstOrThrow();
  if (await isSameDataSet(ctx, first, row)) return { status: 'duplicate' };
  const renditions = await ctx.db
    .selectFrom('rendition')
    .select(['objectAddress', 'objectSize', 'dataSetOffset', 'transferSyntax'])
    .where('instanceId', '=', first.id)
    .where('kind', '=', 'received')
    .execute();
  for (const known of renditions) if (await isSameDataSet(ctx, known, row)) return { status: 'duplicate' };
  if (first.transferSyntax !== row.transferSyntax && (await isSamePicture(ctx, first, row))) {
    await ctx.db
      .insertInto('rendition')
      .values({
        instanceId: first.id,
        kind: 'received',
        transferSyntax: row.transferSyntax,
        objectAddress: row.objectAddress,
        objectSize: row.objectSize,
        dataSetOffset: row.dataSetOffset,
      })
      .onConflict((oc) => oc.doNothing())
      .execute();
    return { status: 'rendition' };
  }
  await keepForPerson(ctx, sender, {
    kind: 'conflict',
    objectAddress: row.objectAddress,
    sopInstanceUid: row.sopInstanceUid,
    reason: 'another object with this SOP Instance UID is stored already',
    detail: {
      studyInstanceUid: row.studyInstanceUid,
      seriesInstanceUid: row.seriesInstanceUid,
      transferSyntax: row.transferSyntax,
      firstAddress: first.objectAddress,
      firstTransferSyntax: first.transferSyntax,
    },
  });
  return { status: 'conflict', comment: 'kept for a person: SOP Instance UID is taken' };
}
