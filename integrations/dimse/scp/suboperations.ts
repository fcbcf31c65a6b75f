import { tags, writeDataSet } from '../../../server/standards/dicom/index.ts';
import type { Association, IncomingRequest } from '../association.ts';
import type { Command } from '../command.ts';
import type { RetrievedInstance } from '../services.ts';
import type { StatusAnswer } from '../status.ts';
import { isFailure, statuses } from '../status.ts';
import { respond } from './respond.ts';

/** Sends one object to where it goes; resolves with the status of its C-STORE. */
export type SendInstance = (instance: RetrievedInstance) => Promise<number>;

/**
 * The C-STORE sub-operations of C-MOVE and C-GET (PS3.4 §C.4.2, §C.4.3): a pending response after each, and a final one that lists what
 * failed, with a comment where one is given.
 */
export async function runSuboperations(
  association: Association,
  request: IncomingRequest,
  instances: readonly RetrievedInstance[],
  send: SendInstance,
  comment?: string,
): Promise<void> {
  const count = { remaining: instances.length, completed: 0, failed: 0, warning: 0 };
  const failed: string[] = [];
  for (const instance of instances) {
    if (request.cancelled.aborted) break;
    const status = await send(instance).catch(() => statuses.unableToProcess);
    count.remaining -= 1;
    if (status === statuses.success) count.completed += 1;
    else if (isFailure(status)) {
      count.failed += 1;
      failed.push(instance.sopInstanceUid);
    } else count.warning += 1;
    if (count.remaining > 0)
      await respond(association, request, { status: statuses.pending }, numbers(count, true));
  }
  const cancelled = count.remaining > 0;
  const dataSet =
    failed.length > 0
      ? writeDataSet([[tags.failedSopInstanceUidList, failed]], {
          transferSyntax: request.context.transferSyntax,
          characterSet: '',
        })
      : undefined;
  await respond(
    association,
    request,
    { status: finalStatus(count, cancelled), comment },
    numbers(count, cancelled),
    dataSet,
  );
}

interface Count {
  remaining: number;
  completed: number;
  failed: number;
  warning: number;
}

function finalStatus({ completed, warning, failed }: Count, cancelled: boolean): StatusAnswer['status'] {
  if (cancelled) return statuses.cancel;
  if (failed > 0 && completed + warning === 0) return 0xa702; // unable to perform sub-operations
  return failed > 0 || warning > 0 ? statuses.suboperationsWithFailures : statuses.success;
}

function numbers({ remaining, completed, failed, warning }: Count, withRemaining: boolean): Partial<Command> {
  return {
    ...(withRemaining && { numberOfRemainingSuboperations: Math.min(remaining, 0xffff) }),
    numberOfCompletedSuboperations: Math.min(completed, 0xffff),
    numberOfFailedSuboperations: Math.min(failed, 0xffff),
    numberOfWarningSuboperations: Math.min(warning, 0xffff),
  };
}
