import type { Actor } from '../../core/access/actor.ts';
import type { Role } from '../../core/access/roles.ts';
import type { Context } from '../../core/context.ts';

/** The demo county's people and a clock for each act: content is made by the real operations, at a stated time. */
export interface DemoStage {
  ctx: Context;
  /** The context as it was `minutes` before now. */
  at(minutesAgo: number): Context;
  actor(username: string): Promise<Actor>;
}

export function demoStage(ctx: Context): DemoStage {
  const start = ctx.clock.now().getTime();
  const actors = new Map<string, Actor>();
  return {
    ctx,
    at: (minutesAgo) => ({ ...ctx, clock: { now: () => new Date(start - minutesAgo * 60_000) } }),
    async actor(username) {
      const known = actors.get(username);
      if (known) return known;
      const staff = await ctx.db
        .selectFrom('staff')
        .select(['id', 'name', 'institutionId'])
        .where('username', '=', username)
        .executeTakeFirstOrThrow();
      const roles = await ctx.db
        .selectFrom('staffRole')
        .select(['role', 'institutionId', 'centerKind'])
        .where('staffId', '=', staff.id)
        .where('revokedAt', 'is', null)
        .execute();
      const held = roles.map(({ role, ...where }) => ({ role: role as Role, ...where }));
      const actor: Actor = { kind: 'staff', ...staff, roles: held, verbs: [] };
      actors.set(username, actor);
      return actor;
    },
  };
}
