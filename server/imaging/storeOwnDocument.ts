import { SYSTEM } from '../core/access/actor.ts';
import type { Context } from '../core/context.ts';
import type { Transaction } from '../core/database.ts';
import { unavailable } from '../core/errors.ts';
import {
  readDataSet,
  transferSyntaxes,
  writeDataSet,
  writeFileMeta,
  type ElementList,
} from '../standards/dicom/index.ts';
import { insertInstance } from './insertInstance.ts';
import { readInstanceFacts } from './instanceFacts.ts';
import type { StudyRow } from './queries.ts';

/**
 * Stores a document that the hub itself wrote beside the images of a study: its bytes first, then the rows that `record`
 * writes, then its place in the index. Throws 503 where the index does not take it.
 */
export async function storeOwnDocument(
  ctx: Context,
  study: StudyRow,
  head: { sopClassUid: string; sopInstanceUid: string },
  elements: ElementList,
  record: (trx: Transaction) => Promise<void>,
): Promise<void> {
  const transferSyntax = transferSyntaxes.explicitLittleEndian;
  const dataSet = writeDataSet(elements);
  const meta = writeFileMeta({ ...head, transferSyntax, sourceAeTitle: ctx.config.aeTitle });
  const stored = await ctx.objects.put(Buffer.concat([meta, dataSet]));
  await ctx.db.transaction().execute(record);
  const read = readDataSet(dataSet, transferSyntax, { complete: true });
  const inserted = await insertInstance(
    ctx,
    {
      sender: {
        actor: SYSTEM,
        institutionId: study.institutionId,
        deviceId: null,
        aeTitle: ctx.config.aeTitle,
      },
      audited: new Set(),
    },
    {
      ...readInstanceFacts(read),
      transferSyntax,
      objectAddress: stored.address,
      objectSize: stored.size,
      dataSetOffset: meta.length,
      remarks: [],
    },
    read.dataSet,
    Promise.resolve(),
  );
  if (inserted.kind !== 'inserted') throw unavailable(`the document was not stored: ${inserted.kind}`);
  ctx.bell.ring();
}
