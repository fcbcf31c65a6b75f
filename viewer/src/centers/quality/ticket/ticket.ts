export interface Ticket {
  id: string;
  number: number;
  kind: string;
  title: string;
  state: string;
  step: number;
  recurrences: number;
  /** Tickets of single cases that stand behind this one. */
  members: number;
  ruleCode: string | null;
  dueAt: string | null;
  createdAt: string;
  orderId: string | null;
  institutionId: string | null;
  institutionName: string | null;
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
