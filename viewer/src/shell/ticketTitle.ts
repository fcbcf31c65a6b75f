import type { TFunction } from 'i18next';

/** What the title of a ticket is made of, for pages that are not Chinese. */
export interface TitleFacts {
  kind: string;
  title: string;
  ruleCode: string | null;
  institutionName: string | null;
  accessionNumber: string | null;
  policyNameEn: string | null;
  itemNameEn: string | null;
  month: string | null;
  /** Tickets of single cases that stand behind this one. */
  members: number;
  detail: { count?: number; validTo?: string; indicator?: string; indicatorEn?: string } | null;
}

/** The title in the language of the page: what rules wrote is said anew, what a person wrote stands as written. */
export function ticketTitle(ticket: TitleFacts, t: TFunction, language: string): string {
  if (language.startsWith('zh')) return ticket.title;
  return t(`shell:ticketTitle.${ticket.ruleCode ?? ticket.kind}`, {
    defaultValue: ticket.title,
    number: ticket.accessionNumber ?? '',
    site: ticket.institutionName ?? '',
    policy: ticket.policyNameEn ?? '',
    item: ticket.itemNameEn ?? '',
    month: ticket.month ?? '',
    count: ticket.detail?.count ?? ticket.members,
    until: ticket.detail?.validTo ?? '',
    indicator: ticket.detail?.indicatorEn ?? ticket.detail?.indicator ?? '',
  }).trim();
}
