import type { CenterKind, Priority } from '../../api/types.ts';
import { readIdCard } from '../../shell/identity.ts';
import type { RecognitionDecision } from '../../shell/order/recognitionDecision.ts';

export interface OrderForm {
  center: CenterKind;
  identifierType: string;
  identifier: string;
  name: string;
  sex: 'M' | 'F' | 'O' | 'U';
  birthDate: string;
  phone?: string;
  items: string[];
  priority: Priority;
  flags: string[];
  clinicalInfo?: string;
  placerOrderNumber?: string;
  /** Chosen by the person who orders, never by the form; false: an emergency with its reason. */
  consent?: boolean;
  consentBy?: string;
  emergencyReason?: string;
  temporary?: boolean;
  performingInstitution?: string;
  /** What the centre's own fields hold. */
  extra?: Record<string, unknown>;
}

const clean = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined && v !== '')) as T;

/** The body of `POST /api/orders`. */
export function toRequest(
  form: OrderForm,
  decisions: RecognitionDecision[],
  now = new Date(),
  extra: Record<string, unknown> = {},
): Record<string, unknown> {
  const withPatient = form.center !== 'sterilization';
  return clean({
    center: form.center,
    items: form.items.map((code) => ({ code })),
    priority: form.priority,
    flags: form.flags,
    clinicalInfo: form.clinicalInfo,
    placerOrderNumber: form.placerOrderNumber,
    performingInstitution: form.performingInstitution,
    ...extra,
    ...(withPatient
      ? {
          patient: clean({
            name: form.name.trim(),
            sex: form.sex,
            birthDate: form.birthDate,
            phone: form.phone,
            identifiers: form.identifier
              ? [{ type: form.identifierType, value: form.identifier.trim().toUpperCase() }]
              : [],
            temporary: form.temporary || undefined,
          }),
          remoteConsent: clean({
            by: form.consentBy?.trim() || form.name.trim(),
            at: now.toISOString(),
            emergencyReason: form.consent ? undefined : form.emergencyReason,
          }),
        }
      : {}),
    recognitionDecisions: decisions.length > 0 ? decisions : undefined,
  });
}

/** What a card reader in keyboard-wedge mode typed: the bare number, or fields with separators around it. */
export function readCardCode(
  code: string,
): { number: string; name?: string; sex: 'M' | 'F'; birthDate: string } | null {
  const number = /(?<!\d)\d{17}[\dXx](?!\d)/.exec(code)?.[0]?.toUpperCase();
  const card = number ? readIdCard(number) : null;
  if (!number || !card) return null;
  const name = code
    .split(/[,;|\t^]/)
    .find((part) => /^[\p{Script=Han}·]{2,20}$/u.test(part.trim()) && !/^[男女]|族$/.test(part.trim()));
  return { number, ...card, ...(name ? { name: name.trim() } : {}) };
}
