import type { EcgPatient } from './model.ts';

/** Any of the words devices use for sex; an unknown word is U, an absent one stays absent. */
export function sexOf(word: string | undefined): EcgPatient['sex'] | undefined {
  const text = word?.trim().toUpperCase();
  if (!text) return undefined;
  if (/^(M|MALE|男)$/.test(text)) return 'M';
  if (/^(F|FEMALE|女)$/.test(text)) return 'F';
  return /^(O|OTHER)$/.test(text) ? 'O' : 'U';
}

/** Family and given name: Chinese ones without a blank between. */
export function fullName(family: string | undefined, given: string | undefined): string | undefined {
  const parts = [family, given].filter((part) => part !== undefined && part !== '');
  const separator = parts.some((part) => /[\u3400-\u9fff]/.test(part ?? '')) ? '' : ' ';
  return parts.join(separator) || undefined;
}
