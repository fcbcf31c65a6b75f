import { signIn } from '../../../../server/core/access/signIn.ts';
import { ctx } from '../county.ts';

/** Signs in as the browser would, from an address of the test's own. */
export const enter = (username: string, more: { password?: string; otp?: string; address?: string } = {}) =>
  signIn(ctx, {
    username,
    password: 'Demo-2026!',
    address: '10.8.0.1',
    userAgent: 'Chrome 109',
    ...more,
  });

export const staffRow = (username: string) =>
  ctx.db.selectFrom('staff').selectAll().where('username', '=', username).executeTakeFirstOrThrow();

/** Openings of sessions on record since a row of the trail, done and denied, oldest first. */
export const openings = (since = 0) =>
  ctx.db
    .selectFrom('auditEvent')
    .select(['outcome', 'actorKind', 'actorName', 'address', 'subjectType', 'subjectId', 'detail'])
    .where('action', '=', 'session.open')
    .where('seq', '>', since)
    .orderBy('seq')
    .execute();

/** The newest row of the trail. */
export const lastSeq = async (): Promise<number> =>
  (await ctx.db.selectFrom('auditEvent').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst())
    ?.seq ?? 0;
