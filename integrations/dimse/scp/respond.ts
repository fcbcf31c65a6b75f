import type { DataSet } from '../../../server/standards/dicom/index.ts';
import { DicomError, readDataSet } from '../../../server/standards/dicom/index.ts';
import type { Association, IncomingRequest } from '../association.ts';
import type { Command } from '../command.ts';
import { commandFields } from '../command.ts';
import type { StatusAnswer } from '../status.ts';
import { statusOf } from '../status.ts';
import type { ServiceContext } from './serviceContext.ts';

/** Identifiers and attribute lists longer than this are refused; real ones have a few kilobytes. */
const maxIdentifierLength = 4 * 1024 * 1024;

/** Sends the response to a request: its identifiers, a status, an error comment and whatever the service adds. */
export async function respond(
  association: Association,
  { context, command }: IncomingRequest,
  { status, comment }: StatusAnswer,
  more: Partial<Command> = {},
  dataSet?: Buffer,
): Promise<void> {
  await association.send(
    context.id,
    {
      affectedSopClassUid:
        command.affectedSopClassUid ?? command.requestedSopClassUid ?? context.abstractSyntax,
      commandField: command.commandField | commandFields.response,
      messageIdBeingRespondedTo: command.messageId ?? 0,
      status,
      ...(comment !== undefined && { errorComment: comment }),
      ...more,
      hasDataSet: dataSet !== undefined,
    },
    dataSet,
  );
}

/** Answers a request that failed, and tells the hub why. */
export async function respondFailure(
  { association, peer, services }: Pick<ServiceContext, 'association' | 'peer' | 'services'>,
  request: IncomingRequest,
  error: unknown,
  more: Partial<Command> = {},
  translate: (error: unknown) => StatusAnswer = statusOf,
): Promise<void> {
  services.failed?.(peer, error);
  await respond(association, request, translate(error), more);
}

/**
 * Reads the whole data set behind a request. Undefined where the association ended meanwhile.
 * @throws DicomError where it is missing, too long or unreadable
 */
export async function readIdentifier({ context, data }: IncomingRequest): Promise<DataSet | undefined> {
  if (data === undefined) throw new DicomError('malformed', 'the request has no data set');
  const bytes = await data.collect(maxIdentifierLength);
  if (bytes === undefined) {
    if (data.aborted) return undefined;
    throw new DicomError('too-large', 'the data set of the request is too long');
  }
  return readDataSet(bytes, context.transferSyntax, { throughPixelData: true }).dataSet;
}
