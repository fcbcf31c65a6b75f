import { sql } from 'kysely';
import { can, personId, requirePermission, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict, forbidden, notFound } from '../errors.ts';
import { dueOfStep, stepDays } from './raiseTicket.ts';
import { tellOfTicket } from './tellOfTicket.ts';

export type TicketAct =
  | { kind: 'assign'; staffId: string }
  | { kind: 'feedback'; note: string; evidenceAddress?: string | undefined }
  | { kind: 'verify'; note: string }
  | { kind: 'close'; note: string }
  | { kind: 'reopen'; note: string };

const NEXT: Record<TicketAct['kind'], { from: string[]; to: string | undefined }> = {
  assign: { from: ['open', 'feedback', 'reopened'], to: undefined },
  feedback: { from: ['open', 'reopened'], to: 'feedback' },
  verify: { from: ['feedback'], to: 'verified' },
  close: { from: ['verified'], to: 'closed' },
  reopen: { from: ['feedback', 'verified', 'closed'], to: 'reopened' },
};

/**
 * One act of the supervision loop: responsible person, feedback with evidence, verification, closing 销号, reopening.
 * Who gives the feedback does not verify it; of a ticket that is opened again the person responsible hears, or its site. A ticket of another site is not there (404), unless one is responsible for it.
 */
export async function advanceTicket(ctx: Context, actor: Actor, id: string, act: TicketAct): Promise<void> {
  requirePermission(actor, act.kind === 'feedback' ? 'ticket.work' : 'quality.review');
  const staffId = personId(actor);
  await ctx.db.transaction().execute(async (trx) => {
    const ticket = await trx
      .selectFrom('ticket')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    const mine =
      can(actor, 'quality.read') ||
      ticket?.responsibleId === staffId ||
      actor.roles.some((held) => held.institutionId === ticket?.institutionId);
    if (!ticket || !mine) throw notFound('ticket', id);
    const rule = NEXT[act.kind];
    if (!rule.from.includes(ticket.state))
      throw conflict('ticket-state', `a ticket that is ${ticket.state} cannot be taken to ${act.kind}`, {
        state: ticket.state,
      });
    if (act.kind === 'verify') {
      const feedback = await trx
        .selectFrom('ticketEvent')
        .select('actorId')
        .where('ticketId', '=', id)
        .where('kind', '=', 'feedback')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (feedback?.actorId === staffId)
        throw forbidden('who gave the feedback does not verify it', 'own-feedback');
    }
    const now = ctx.clock.now();
    const responsible = act.kind === 'assign' ? await nameResponsible(trx, ticket, act.staffId) : null;
    const steps = await stepDays(trx);
    const step =
      act.kind === 'assign' || act.kind === 'reopen' ? Math.min(ticket.step + 1, steps.length) : ticket.step;
    await trx
      .updateTable('ticket')
      .set({
        ...(rule.to && { state: rule.to }),
        step,
        ...(act.kind === 'assign' && { responsibleId: act.staffId }),
        ...((act.kind === 'assign' || act.kind === 'reopen') && {
          dueAt: dueOfStep(steps, step, now),
        }),
        closedAt: rule.to === 'closed' ? now : null,
      })
      .where('id', '=', id)
      .execute();
    await trx
      .insertInto('ticketEvent')
      .values({
        ticketId: id,
        kind: act.kind,
        at: now,
        actorId: staffId,
        note: 'note' in act ? act.note : responsible,
        detail: JSON.stringify(act),
      })
      .execute();
    if (act.kind === 'reopen')
      await tellOfTicket(trx, ticket, {
        institutionId: ticket.institutionId,
        staffId: ticket.responsibleId,
      });
    if (act.kind === 'close') await closeMembers(trx, { id, number: ticket.number }, staffId, now, act.note);
    await recordAudit(trx, actor, { action: `ticket.${act.kind}`, subjectType: 'ticket', subjectId: id });
  });
}

/** Tells the person who is now responsible; answers his name. */
async function nameResponsible(
  trx: Transaction,
  ticket: { id: string; title: string; orderId: string | null },
  staffId: string,
): Promise<string> {
  const person = await trx
    .selectFrom('staff')
    .select(['name', 'institutionId'])
    .where('id', '=', staffId)
    .where('active', '=', true)
    .executeTakeFirst();
  if (!person) throw notFound('person', staffId);
  await tellOfTicket(trx, ticket, { institutionId: person.institutionId, staffId });
  return person.name;
}

/** The cases of a cluster close with it. */
async function closeMembers(
  trx: Transaction,
  cluster: { id: string; number: string | number | bigint },
  staffId: string,
  now: Date,
  note: string,
): Promise<void> {
  await sql`
    with closed as (update ticket set state = 'closed', closed_at = ${now} where cluster_id = ${cluster.id} and state <> 'closed' returning id)
    insert into ticket_event (ticket_id, kind, at, actor_id, note, detail) select id, 'close', ${now}, ${staffId}, ${note}, jsonb_build_object('cluster', ${Number(cluster.number)}::bigint) from closed`.execute(
    trx,
  );
}
