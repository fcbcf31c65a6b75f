import { sopClasses } from '../../../server/standards/dicom/uids.ts';
import type { Association } from '../association.ts';
import { commandFields } from '../command.ts';

/** C-ECHO as SCU; resolves with the peer's status. */
export async function echo(association: Association): Promise<number> {
  const context = association.contextFor(sopClasses.verification);
  if (context === undefined) throw new Error('the peer does not offer verification');
  const request = { commandField: commandFields.cEchoRq, affectedSopClassUid: sopClasses.verification };
  for await (const { command } of association.request(context.id, request)) return command.status ?? 0;
  throw new Error('no answer to C-ECHO');
}
