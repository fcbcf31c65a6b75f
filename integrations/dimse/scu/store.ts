import type { Association } from '../association.ts';
import { commandFields } from '../command.ts';
import type { RetrievedInstance } from '../services.ts';
import { statuses } from '../status.ts';

/**
 * C-STORE as SCU: sends one object as it is; it is not transcoded, so a context with its transfer syntax must have been accepted.
 * Resolves with the peer's status, or 0x0122 where no context fits.
 */
export async function storeInstance(
  association: Association,
  instance: RetrievedInstance,
  origin: { moveOriginatorAeTitle?: string; moveOriginatorMessageId?: number | undefined } = {},
): Promise<number> {
  const context = association.contextFor(instance.sopClassUid, instance.transferSyntax);
  if (context === undefined) return statuses.sopClassNotSupported;
  const responses = association.request(
    context.id,
    {
      commandField: commandFields.cStoreRq,
      affectedSopClassUid: instance.sopClassUid,
      affectedSopInstanceUid: instance.sopInstanceUid,
      priority: 0,
      ...origin,
    },
    instance.open(),
  );
  for await (const { command } of responses) return command.status ?? statuses.processingFailure;
  return statuses.processingFailure;
}
