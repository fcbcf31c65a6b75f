import type { Association } from '../association.ts';
import { commandFields } from '../command.ts';
import type { RetrievedInstance } from '../services.ts';
import { statuses } from '../status.ts';

/**
 * C-STORE as SCU: sends one object as it is where a context with its transfer syntax was accepted, else in the other plain
 * coding where it has one (a peer that offers both in one context gets one of them); nothing is compressed or decompressed.
 * Resolves with the peer's status, or 0x0122 where no context fits.
 */
export async function storeInstance(
  association: Association,
  instance: RetrievedInstance,
  origin: { moveOriginatorAeTitle?: string; moveOriginatorMessageId?: number | undefined } = {},
): Promise<number> {
  const own = association.contextFor(instance.sopClassUid, instance.transferSyntax);
  const { recoded } = instance;
  const context = own ?? (recoded && association.contextFor(instance.sopClassUid, recoded.transferSyntax));
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
    (own ? instance : (recoded ?? instance)).open(),
  );
  for await (const { command } of responses) return command.status ?? statuses.processingFailure;
  return statuses.processingFailure;
}
