import type { DataSet } from '../../../server/standards/dicom/index.ts';
import {
  DicomError,
  sopClasses,
  storageCommitmentInstance,
  tags,
} from '../../../server/standards/dicom/index.ts';
import type { IncomingRequest } from '../association.ts';
import { reportCommitment } from '../scu/reportCommitment.ts';
import type { CommitmentRequest, CommitmentResult, InstanceReference } from '../services.ts';
import { normalizedStatusOf, statuses } from '../status.ts';
import { readIdentifier, respond, respondFailure } from './respond.ts';
import type { ServiceContext } from './serviceContext.ts';

const maxReferences = 50_000;

/**
 * Storage commitment push model (PS3.4 Annex J): N-ACTION is answered at once; the result follows as N-EVENT-REPORT on this association while it lasts,
 * else it is handed on to be reported later.
 */
export async function serveStorageCommitment(
  context: ServiceContext,
  request: IncomingRequest,
): Promise<void> {
  const { association, peer, services } = context;
  const echo = {
    affectedSopClassUid: sopClasses.storageCommitmentPush,
    affectedSopInstanceUid: storageCommitmentInstance,
    actionTypeId: request.command.actionTypeId,
  };
  let work: Promise<CommitmentResult>;
  try {
    const attributes = await readIdentifier(request);
    if (attributes === undefined) return;
    if (services.commitStorage === undefined || request.command.actionTypeId !== 1)
      return await respond(association, request, { status: statuses.noSuchAction }, echo);
    work = services.commitStorage(peer, readCommitmentRequest(attributes));
    await respond(association, request, { status: statuses.success }, echo);
  } catch (error) {
    return respondFailure(context, request, error, echo, normalizedStatusOf);
  }
  void report(context, work);
}

async function report(
  { association, peer, services }: ServiceContext,
  work: Promise<CommitmentResult>,
): Promise<void> {
  let result: CommitmentResult;
  try {
    result = await work;
  } catch (error) {
    services.failed?.(peer, error);
    return; // no result: the peer asks again after its own time (PS3.4 §J.3.2.1.3)
  }
  const reported = await reportCommitment(association, result).then(
    () => true,
    () => false,
  );
  const next = reported
    ? services.commitmentReported?.(peer, result)
    : services.reportCommitmentLater?.(peer, result);
  await next?.catch(() => undefined);
}

/** Transaction UID and Referenced SOP Sequence (PS3.4 Table J.3-1). Throws DicomError where one is missing. */
function readCommitmentRequest(attributes: DataSet): CommitmentRequest {
  const transactionUid = attributes.string(tags.transactionUid);
  const references = attributes.sequence(tags.referencedSopSequence);
  if (transactionUid === undefined || references.length === 0 || references.length > maxReferences)
    throw new DicomError('malformed', 'storage commitment without transaction or instances');
  const instances = references.map((reference): InstanceReference => ({
    sopClassUid: reference.string(tags.referencedSopClassUid) ?? '',
    sopInstanceUid: reference.string(tags.referencedSopInstanceUid) ?? '',
  }));
  return { transactionUid, instances };
}
