import type { Transaction } from '../database.ts';

/** Puts a ticket into the bell of the person who answers for it, or else of its site; one of no site tells nobody. */
export async function tellOfTicket(
  trx: Transaction,
  ticket: { id: string; title: string; orderId: string | null },
  to: { institutionId: string | null; staffId?: string | null },
): Promise<void> {
  if (!to.institutionId && !to.staffId) return;
  await trx
    .insertInto('notification')
    .values({
      institutionId: to.institutionId,
      staffId: to.staffId ?? null,
      orderId: ticket.orderId,
      kind: 'ticket.raised',
      body: JSON.stringify({ ticketId: ticket.id, title: ticket.title }),
    })
    .execute();
}
