import type { ElementList } from '../../../server/standards/dicom/index.ts';
import {
  sopClasses,
  storageCommitmentInstance,
  tags,
  writeDataSet,
} from '../../../server/standards/dicom/index.ts';
import type { Association } from '../association.ts';
import { commandFields } from '../command.ts';
import type { CommitmentResult, InstanceReference } from '../services.ts';
import { isFailure } from '../status.ts';

const reference = ({ sopClassUid, sopInstanceUid }: InstanceReference): ElementList => [
  [tags.referencedSopClassUid, sopClassUid],
  [tags.referencedSopInstanceUid, sopInstanceUid],
];

/**
 * N-EVENT-REPORT of a storage commitment (PS3.4 §J.3.3): event 1 when everything is kept, 2 when some failed.
 * @throws Error when the association is over or the peer refuses
 */
export async function reportCommitment(association: Association, result: CommitmentResult): Promise<void> {
  const sopClassUid = sopClasses.storageCommitmentPush;
  const context = association.contextFor(sopClassUid);
  if (context === undefined) throw new Error('storage commitment was not agreed with the peer');
  const attributes: ElementList = [
    [tags.transactionUid, result.transactionUid],
    [tags.referencedSopSequence, result.committed.map(reference)],
    ...(result.failed.length === 0
      ? []
      : ([
          [
            tags.failedSopSequence,
            result.failed.map((item) => [...reference(item), [tags.failureReason, item.reason]]),
          ],
        ] as ElementList)),
  ];
  const request = {
    commandField: commandFields.nEventReportRq,
    affectedSopClassUid: sopClassUid,
    affectedSopInstanceUid: storageCommitmentInstance,
    eventTypeId: result.failed.length === 0 ? 1 : 2,
  };
  const bytes = writeDataSet(attributes, { transferSyntax: context.transferSyntax, characterSet: '' });
  for await (const { command } of association.request(context.id, request, bytes)) {
    if (isFailure(command.status ?? 0)) throw new Error('the peer refused the storage commitment report');
  }
}
