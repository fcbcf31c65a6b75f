import type { Context } from '../../../server/core/context.ts';
import { announce } from '../../../server/core/events/announce.ts';
import { alarms } from './alarms.ts';

interface Found {
  kind: 'silent' | 'queue' | 'stuck' | 'unknown';
  subject: string;
  detail: Record<string, unknown>;
}

/**
 * Opens an alarm for what is wrong now and was not before, closes what is over, and tells the administrators of the
 * interfaces once in each case. Bears being run by many workers: the open alarm is unique in the database.
 */
export async function watchAlarms(
  ctx: Pick<Context, 'db' | 'clock' | 'bell'>,
): Promise<{ opened: number; closed: number }> {
  const now = ctx.clock.now();
  const found = flatten(await alarms(ctx.db, now));
  const changed = await ctx.db.transaction().execute(async (trx) => {
    const open = await trx
      .selectFrom('hl7Alarm')
      .select(['id', 'kind', 'subject'])
      .where('clearedAt', 'is', null)
      .execute();
    const key = (one: { kind: string; subject: string }) => `${one.kind} ${one.subject}`;
    const standing = new Map(open.map((one) => [key(one), one.id]));
    const still = new Set(found.map(key));
    let opened = 0;
    for (const one of found.filter((each) => !standing.has(key(each)))) {
      const row = await trx
        .insertInto('hl7Alarm')
        .values({ kind: one.kind, subject: one.subject, detail: JSON.stringify(one.detail), since: now })
        .onConflict((oc) => oc.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (!row) continue;
      opened++;
      await announce(trx, {
        kind: 'hl7.alarm',
        data: { alarm: one.kind, subject: one.subject, detail: one.detail },
      });
    }
    // What stands goes on saying how it is now: more messages, a longer silence.
    for (const one of found) {
      const id = standing.get(key(one));
      if (id !== undefined)
        await trx
          .updateTable('hl7Alarm')
          .set({ detail: JSON.stringify(one.detail) })
          .where('id', '=', id)
          .where('detail', 'is distinct from', JSON.stringify(one.detail))
          .execute();
    }
    const over = open.filter((one) => !still.has(key(one)));
    for (const one of over) {
      await trx.updateTable('hl7Alarm').set({ clearedAt: now }).where('id', '=', one.id).execute();
      await announce(trx, { kind: 'hl7.alarm-over', data: { alarm: one.kind, subject: one.subject } });
    }
    return { opened, closed: over.length };
  });
  if (changed.opened + changed.closed > 0) ctx.bell.ring();
  return changed;
}

function flatten(now: Awaited<ReturnType<typeof alarms>>): Found[] {
  return [
    ...now.silent.map((one): Found => ({
      kind: 'silent',
      subject: one.sender ?? one.name,
      detail: { lastSeenAt: one.lastSeenAt, institutionName: one.institutionName },
    })),
    ...now.queues.map((one): Found => ({
      kind: 'queue',
      subject: `${one.direction} ${one.name}`,
      detail: { waiting: one.waiting, oldest: one.oldest },
    })),
    ...now.stuck.map((one): Found => ({
      kind: 'stuck',
      subject: `${one.direction} ${one.state}`,
      detail: { n: one.n, oldest: one.oldest },
    })),
    ...now.unknown.map((one): Found => ({
      kind: 'unknown',
      subject: `${one.sender ?? ''} ${one.address ?? ''}`.trim(),
      detail: { attempts: one.attempts },
    })),
  ];
}
