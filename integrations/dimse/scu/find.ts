import type { DataSet, ElementList } from '../../../server/standards/dicom/index.ts';
import { readDataSet, writeDataSet } from '../../../server/standards/dicom/index.ts';
import type { Association } from '../association.ts';
import { isPending } from '../outgoingRequests.ts';
import { commandFields } from '../command.ts';
import { isFailure } from '../status.ts';

/** C-FIND as SCU: yields the matches. Throws when the peer answers with a failure. */
export async function* find(
  association: Association,
  sopClassUid: string,
  keys: ElementList,
): AsyncGenerator<DataSet> {
  const context = association.contextFor(sopClassUid);
  if (context === undefined) throw new Error(`the peer does not offer ${sopClassUid}`);
  const identifier = writeDataSet(keys, { transferSyntax: context.transferSyntax });
  const request = { commandField: commandFields.cFindRq, affectedSopClassUid: sopClassUid, priority: 0 };
  for await (const { command, dataSet } of association.request(context.id, request, identifier)) {
    const status = command.status ?? 0;
    if (isPending(status) && dataSet !== undefined)
      yield readDataSet(dataSet, context.transferSyntax).dataSet;
    else if (isFailure(status)) throw new Error(`C-FIND failed with status 0x${status.toString(16)}`);
  }
}
