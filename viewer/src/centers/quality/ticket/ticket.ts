import type { TitleFacts } from '../../../shell/ticketTitle.ts';

export interface Ticket extends TitleFacts {
  id: string;
  number: number;
  state: string;
  step: number;
  recurrences: number;
  dueAt: string | null;
  createdAt: string;
  orderId: string | null;
  institutionId: string | null;
  responsible: string | null;
}

export type TicketAct = 'assign' | 'feedback' | 'verify' | 'close' | 'reopen';

/** What may be done next with a ticket in a state. */
export const ACTS: Record<string, TicketAct[]> = {
  open: ['assign', 'feedback'],
  reopened: ['assign', 'feedback'],
  feedback: ['verify', 'reopen'],
  verified: ['close', 'reopen'],
  closed: ['reopen'],
};
