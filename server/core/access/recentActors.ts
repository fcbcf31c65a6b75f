import type { Actor } from './actor.ts';

const maxAgeMs = 5_000;
const mostKept = 10_000;

/**
 * Who a session or token was, for requests that follow each other by the hundred (tiles of a slide, DICOMweb). An
 * answer holds for five seconds and ends with the first other request of that session, so that signing out ends it at
 * once here; what is revoked or granted by another process holds within those five seconds.
 */
export class RecentActors {
  private readonly known = new Map<string, { actor: Actor; at: number }>();

  /** The actor of a secret: what is known when the request `follows` others like it, otherwise asked for anew. */
  async of(
    secret: string,
    follows: boolean,
    find: () => Promise<Actor | undefined>,
  ): Promise<Actor | undefined> {
    const kept = this.known.get(secret);
    if (follows && kept && performance.now() - kept.at < maxAgeMs) return kept.actor;
    this.known.delete(secret);
    const actor = await find();
    if (!follows || !actor) return actor;
    if (this.known.size >= mostKept) this.known.clear();
    this.known.set(secret, { actor, at: performance.now() });
    return actor;
  }
}
