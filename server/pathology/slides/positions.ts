import { personId, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { getVisibleSlide } from './slideAccess.ts';

/** A view that was looked at: centre and width in pixels of level 0. */
export interface Position {
  at: string;
  x: number;
  y: number;
  width: number;
}

/** Remembers where the reader has been; each reader has his own history. */
export async function savePositions(
  ctx: Pick<Context, 'db'>,
  actor: Actor,
  slideId: string,
  positions: Position[],
): Promise<void> {
  const staffId = personId(actor);
  await getVisibleSlide(ctx.db, actor, slideId);
  const rows = positions.map(({ at, x, y, width }) => ({
    slideImageId: slideId,
    staffId,
    at: new Date(at),
    x,
    y,
    width,
  }));
  await ctx.db
    .insertInto('slidePosition')
    .values(rows)
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** The reader's own history on a slide, newest first. */
export async function listPositions(ctx: Pick<Context, 'db'>, actor: Actor, slideId: string) {
  const staffId = personId(actor);
  await getVisibleSlide(ctx.db, actor, slideId);
  const items = await ctx.db
    .selectFrom('slidePosition')
    .select(['at', 'x', 'y', 'width'])
    .where('slideImageId', '=', slideId)
    .where('staffId', '=', staffId)
    .orderBy('at', 'desc')
    .limit(200)
    .execute();
  return { items };
}
