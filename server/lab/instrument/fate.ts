import type { DomainError } from '../../core/errors.ts';

/** Why a value waits for a person: a code with the values its sentence names. Pages say it in the reader's language. */
export interface Why {
  code: string;
  params: Record<string, string | number>;
  /** The sentence for other systems: English, as everything the hub answers on a wire. */
  text: string;
}

/** What became of one value. */
export interface Fate {
  state: 'applied' | 'control' | 'unmatched' | 'unknown-code' | 'held' | 'ignored';
  why?: Why;
  resultId?: string;
  orderId?: string;
  testCode?: string;
}

/** States of values that wait for a person. */
export const OPEN_STATES: Fate['state'][] = ['unmatched', 'unknown-code', 'held'];
export const isOpen = (state: Fate['state']): boolean => OPEN_STATES.includes(state);

export const why = (code: string, text: string, params: Why['params'] = {}): Why => ({ code, text, params });

/** Why an operation refused the value: its first fault, or itself. */
export function whyRefused(error: DomainError): Why {
  const [first] = error.errors;
  if (first?.code) return why(first.code, error.message, first.params);
  const params = Object.entries(error.extra).filter(
    (one): one is [string, string | number] => typeof one[1] === 'string' || typeof one[1] === 'number',
  );
  return why(error.type, error.message, Object.fromEntries(params));
}

/** How a fate stands in the row of the value. */
export const fateColumns = (fate: Fate) => ({
  state: fate.state,
  reason: fate.why?.text ?? null,
  reasonCode: fate.why?.code ?? null,
  reasonParams: fate.why ? JSON.stringify(fate.why.params) : null,
  resultId: fate.resultId ?? null,
});
