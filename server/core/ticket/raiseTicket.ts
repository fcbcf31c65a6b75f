import type { CenterKind } from '../../../db/types.ts';
import type { Queryable, Transaction } from '../database.ts';
import { tellOfTicket } from './tellOfTicket.ts';

export const DEFAULT_STEP_DAYS = [1, 3, 7, 30];
const DAY_MS = 86_400_000;

export interface TicketCause {
  ruleCode: string;
  /** What makes it the same matter when it comes again. */
  sourceKey: string;
  title: string;
  institutionId: string | null;
  centerKind: CenterKind | null;
  orderId?: string | null;
  /** When the matter was last true; a closed ticket comes back only for what happened after its closing. */
  latestAt: Date;
  detail: Record<string, unknown>;
}

/** Days of each step of supervision (1/3/7 days/1 month unless the county set others). */
export async function stepDays(db: Queryable): Promise<number[]> {
  const row = await db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'ticket.steps')
    .executeTakeFirst();
  const days = row?.value;
  return Array.isArray(days) &&
    days.length > 0 &&
    days.every((day) => typeof day === 'number' && day > 0 && day <= 365)
    ? (days as number[])
    : DEFAULT_STEP_DAYS;
}

/** The instant at which a step (from 1) is due. */
export const dueOfStep = (days: readonly number[], step: number, from: Date): Date =>
  new Date(from.getTime() + (days[Math.min(Math.max(step, 1), days.length) - 1] ?? 1) * DAY_MS);

/**
 * Opens a ticket for a matter that a rule found, once; a matter that comes again after its ticket was closed reopens that
 * ticket and counts the recurrence. Answers what it did.
 */
export async function raiseTicket(
  trx: Transaction,
  now: Date,
  cause: TicketCause,
): Promise<'opened' | 'reopened' | 'known'> {
  const steps = await stepDays(trx);
  const detail = JSON.stringify(cause.detail);
  const made = await trx
    .insertInto('ticket')
    .values({
      kind: cause.ruleCode,
      ruleCode: cause.ruleCode,
      title: cause.title,
      orderId: cause.orderId ?? null,
      institutionId: cause.institutionId,
      centerKind: cause.centerKind,
      sourceKey: cause.sourceKey,
      step: 1,
      dueAt: dueOfStep(steps, 1, now),
      createdAt: now,
      lastSeenAt: now,
      detail,
    })
    .onConflict((oc) => oc.column('sourceKey').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made) {
    await tell(trx, made.id, 'raised', now, cause);
    return 'opened';
  }
  const known = await trx
    .selectFrom('ticket')
    .select(['id', 'state', 'closedAt'])
    .where('sourceKey', '=', cause.sourceKey)
    .forUpdate()
    .executeTakeFirst();
  if (!known) return 'known';
  if (known.state !== 'closed' || !known.closedAt || cause.latestAt <= known.closedAt) {
    // A cluster grows while it is worked on: its title and cases follow.
    await trx
      .updateTable('ticket')
      .set({ lastSeenAt: now, ...(known.state !== 'closed' && { title: cause.title, detail }) })
      .where('id', '=', known.id)
      .execute();
    return 'known';
  }
  await trx
    .updateTable('ticket')
    .set((eb) => ({
      state: 'reopened',
      title: cause.title,
      step: 1,
      dueAt: dueOfStep(steps, 1, now),
      closedAt: null,
      lastSeenAt: now,
      recurrences: eb('recurrences', '+', 1),
      detail,
    }))
    .where('id', '=', known.id)
    .execute();
  await tell(trx, known.id, 'recurred', now, cause);
  return 'reopened';
}

async function tell(
  trx: Transaction,
  ticketId: string,
  kind: string,
  now: Date,
  cause: TicketCause,
): Promise<void> {
  await trx
    .insertInto('ticketEvent')
    .values({ ticketId, kind, at: now, note: cause.title, detail: JSON.stringify(cause.detail) })
    .execute();
  const { title, orderId = null, institutionId } = cause;
  await tellOfTicket(trx, { id: ticketId, title, orderId }, { institutionId });
}
