import type { TFunction } from 'i18next';

/** What the hub writes down as the decision, with the reason behind it → the key of its words. First match wins. */
const decided: readonly (readonly [RegExp, string])[] = [
  [/^joined to (\S+?)(?:: (.*))?$/s, 'joined'],
  [/^document of (\S+)()$/, 'document'],
];

/** How input of the queue was decided, in the language of the reader; the reason stands as it was typed. */
export function resolutionText(resolution: string | null, t: TFunction): string {
  if (!resolution) return '';
  for (const [pattern, key] of decided) {
    const [, order = '', reason] = pattern.exec(resolution) ?? [];
    if (order) return withReason(t(`queue:decided.${key}`, { order }), reason, t);
  }
  const [, decision = '', reason] = /^([a-z-]+)(?:: (.*))?$/s.exec(resolution) ?? [];
  const words = decision && t(`queue:decisions.${decision}`, { defaultValue: '' });
  return words ? withReason(words, reason, t) : resolution;
}

const withReason = (words: string, reason: string | undefined, t: TFunction): string =>
  reason ? t('queue:decided.because', { words, reason }) : words;
