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
  /** What its title is made of, for pages that are not Chinese. */
  accessionNumber: string | null;
  policyNameEn: string | null;
  itemNameEn: string | null;
  month: string | null;
  detail: { count?: number; validTo?: string; indicator?: string } | null;
}

type Translate = (key: string, values: Record<string, unknown>) => string;

/** The title in the language of the page: what rules wrote is said anew, what a person wrote stands as written. */
export function titleOf(ticket: Ticket, t: Translate, language: string): string {
  if (language.startsWith('zh')) return ticket.title;
  return t(`ticketTitle.${ticket.ruleCode ?? ticket.kind}`, {
    defaultValue: ticket.title,
    number: ticket.accessionNumber ?? '',
    site: ticket.institutionName ?? '',
    policy: ticket.policyNameEn ?? '',
    item: ticket.itemNameEn ?? '',
    month: ticket.month ?? '',
    count: ticket.detail?.count ?? ticket.members,
    until: ticket.detail?.validTo ?? '',
    indicator: ticket.detail?.indicator ?? '',
  }).trim();
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
