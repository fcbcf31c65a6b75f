import { z } from 'zod';
import type { Actor } from '../access/actor.ts';

/** What browsers on telephones call themselves; tablets are not meant. */
const PHONE = /iPhone|iPod|Mobile|Windows Phone|HarmonyOS.*Phone/;

/**
 * Whether somebody acts from a phone: his page says so, or his browser names itself one. Both are the word of the
 * browser; that one of the two is enough keeps a page that says nothing from opening what the centre has closed.
 */
export const isOnPhone = (actor: Actor, said?: 'phone'): boolean =>
  said === 'phone' || (/iPad|Tablet/.test(actor.userAgent ?? '') ? false : PHONE.test(actor.userAgent ?? ''));

/** What the page told of itself with a signature. */
export const toldByPage = z.object({
  from: z.literal('phone').optional(),
  /** How good the inputs stood on the signer's screens, and of each series how many images he had at full quality. */
  shown: z
    .object({
      quality: z.string().max(20),
      series: z
        .array(
          z.object({
            uid: z.string().max(64),
            images: z.number().int().min(0),
            full: z.number().int().min(0),
            /** Read as a volume (MPR) of full quality. */
            volume: z.boolean().optional(),
          }),
        )
        .max(500),
    })
    .optional(),
});
export type ToldByPage = z.infer<typeof toldByPage>;

/** What stands in the audit of a signature about how it was given; what the hub did not see itself is named as told. */
export function signedWith(actor: Actor, { from, shown }: ToldByPage): Record<string, unknown> {
  return {
    session: actor.sessionId ?? null,
    asToldByBrowser: {
      userAgent: actor.userAgent ?? '',
      phone: isOnPhone(actor, from),
      ...(shown && { shown }),
    },
  };
}
