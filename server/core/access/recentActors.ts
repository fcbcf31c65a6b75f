import type { Actor } from './actor.ts';

const maxAgeMs = 5_000;
const mostKept = 10_000;

/**
 * Who a session was, for requests that follow each other by the hundred (tiles of a slide). An answer holds for five
 * seconds and ends with the first other request of that session, so that signing out ends it at once here; a session
 * revoked by another process is refused within those five seconds.
 */
export class RecentActors {
  private readonly known = new Map<string, { actor: Actor; at: number }>();

  find(token: string): Actor | undefined {
    const kept = this.known.get(token);
    return kept && performance.now() - kept.at < maxAgeMs ? kept.actor : undefined;
  }

  keep(token: string, actor: Actor): void {
    if (this.known.size >= mostKept) this.known.clear();
    this.known.set(token, { actor, at: performance.now() });
  }

  drop(token: string): void {
    this.known.delete(token);
  }
}
