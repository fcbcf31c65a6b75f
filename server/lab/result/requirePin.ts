import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { loadSigner } from '../../core/signature/loadSigner.ts';

/** The PIN of the person, checked as for a signature (attempts are counted and locked by the signer). */
export async function requirePinOf(ctx: Context, actor: Actor, pin: string): Promise<void> {
  await loadSigner(ctx, actor, pin);
}
