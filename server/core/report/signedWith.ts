import type { Actor } from '../access/actor.ts';

/** What browsers on telephones call themselves; tablets are not meant. */
const PHONE = /iPhone|iPod|Mobile|Windows Phone|HarmonyOS.*Phone/;

/**
 * Whether somebody acts from a phone: his page says so, or his browser names itself one. Both are the word of the
 * browser; that one of the two is enough keeps a page that says nothing from opening what the centre has closed.
 */
export const isOnPhone = (actor: Actor, said?: 'phone'): boolean =>
  said === 'phone' || (/iPad|Tablet/.test(actor.userAgent ?? '') ? false : PHONE.test(actor.userAgent ?? ''));

/** What stands in the audit of a signature about where it was given; what the hub did not see itself is named as told. */
export function signedWith(actor: Actor, said?: 'phone'): Record<string, unknown> {
  return {
    session: actor.sessionId ?? null,
    asToldByBrowser: { userAgent: actor.userAgent ?? '', phone: isOnPhone(actor, said) },
  };
}
