import type { Association } from '../association.ts';
import { commandFields } from '../command.ts';
import type { RetrievedInstance } from '../services.ts';
import { statuses } from '../status.ts';

/**
 * C-STORE as SCU: sends one object as it is where a context with its transfer syntax was accepted, else in the other plain
 * coding where it has one (a peer that offers both in one context gets one of them); nothing is compressed or decompressed.
 * Resolves with the peer's status, or 0x0122 where no context fits.
 * @throws what opening the object threw; where its bytes end early the association is aborted
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
    await begun((own ? instance : (recoded ?? instance)).open()),
  );
  for await (const { command } of responses) return command.status ?? statuses.processingFailure;
  return statuses.processingFailure;
}

/** The stream with its first part read: an object that cannot be opened fails before its command is on the wire. */
async function begun(source: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const parts = source[Symbol.asyncIterator]();
  const first = await parts.next();
  return (async function* () {
    try {
      for (let part = first; part.done !== true; part = await parts.next()) yield part.value;
    } finally {
      await parts.return?.();
    }
  })();
}
