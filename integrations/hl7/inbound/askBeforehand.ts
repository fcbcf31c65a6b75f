import type { Actor } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import { askForOrder } from '../../../server/core/recognition/platform/askForOrder.ts';
import type { PlatformAnswer } from '../../../server/core/recognition/platform/askPlatforms.ts';
import { text, type Hl7Message } from '../../../server/standards/hl7v2/parse.ts';
import { readOrderGroups } from './orderGroups.ts';
import { readPatient } from './readPatient.ts';
import { mapItems } from './receiveOrder.ts';

/**
 * Asks other platforms about the patient of a message with new or changed orders, before its transaction begins.
 * Emergencies go ahead and are asked about afterwards. What is wrong with the message its handler says, not this.
 */
export async function askBeforehand(
  ctx: Context,
  actor: Actor & { institutionId: string },
  { sender, message }: { sender: string; message: Hl7Message },
): Promise<PlatformAnswer | undefined> {
  if (!['ORM', 'OML', 'OMG'].includes(text(message.header, 9) ?? '')) return undefined;
  let asked;
  try {
    const groups = readOrderGroups(message).filter(
      ({ control, priority }) => ['NW', 'XO', 'RP'].includes(control) && priority !== 'emergency',
    );
    const codes = await Promise.all(groups.map((group) => mapItems(ctx.db, sender, group)));
    asked = {
      itemCodes: [...new Set(codes.flatMap(({ items }) => items.map((item) => item.code)))],
      identifiers: readPatient(message).identifiers,
    };
  } catch {
    return undefined;
  }
  if (asked.itemCodes.length === 0) return undefined;
  return askForOrder(ctx, actor, { ...asked, institutionId: actor.institutionId });
}
