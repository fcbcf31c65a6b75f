import type { TFunction } from 'i18next';
import { inputFaultText } from './inputFault.ts';
import { ticketTitle, type TitleFacts } from './ticketTitle.ts';

export interface Notice {
  id: string;
  orderId: string | null;
  kind: string;
  body: Record<string, unknown>;
  createdAt: string;
  /** Of a notice about a ticket, what its title is made of. */
  ticket?: TitleFacts;
}

const word = (value: unknown) =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** The sentence of a notice; a kind without its own sentence is named. */
export function noticeText(notice: Notice, t: TFunction, language: string): string {
  const { body, ticket } = notice;
  const values = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, word(value)]));
  const outcome = word(body['outcome']);
  const step = word(body['step']);
  const grade = word(body['grade']);
  const faults = Array.isArray(body['faults']) ? body['faults'].map(word) : [];
  return t(`shell:notice.kind.${notice.kind.replaceAll('.', '-')}`, {
    ...values,
    // Notices of before hold the name under another word.
    reason: word(body['rejectionName'] ?? body['reason']),
    ...(ticket && { title: ticketTitle(ticket, t, language) }),
    outcome: outcome && t(`shell:notice.outcome.${outcome}`, { defaultValue: outcome }),
    grade: grade && t(`imaging:grade.${grade}`, { defaultValue: grade }),
    faults: faults.map((fault) => inputFaultText(word(body['center']) || 'imaging', fault, t)).join('、'),
    step: step && t(`shell:notice.step.${step}`, { defaultValue: step }),
    defaultValue: notice.kind,
  });
}

/** Where the matter of a notice is looked at. */
export function noticePath(notice: Notice): string | null {
  const { body, kind } = notice;
  const id = (name: string) => encodeURIComponent(word(body[name]));
  if (kind.startsWith('sterilization.recall')) return `/sterilization/recalls/${id('recallId')}`;
  if (kind === 'sterilization.inner-indicator-failed') return `/sterilization/trace?code=${id('code')}`;
  if (kind === 'sterilization.early-release-result') return `/sterilization/trace?code=${id('number')}`;
  if (kind.startsWith('critical')) return `/critical?id=${id('criticalId')}`;
  if (kind.startsWith('ticket.')) return '/quality/tickets';
  if (kind === 'training.note') return '/account';
  if (kind.startsWith('access.')) return '/admin/grants';
  if (kind === 'notifiable.draft') return '/notifiable';
  return notice.orderId ? `/orders/${notice.orderId}` : null;
}
