import { readIdCard } from '../../../standards/identity/idCard.ts';

/** The person asked for, by a document of national standing. */
export interface Person {
  type: string;
  /** Number of the document, upper case, without spaces. */
  number: string;
}

/** Who a report of another platform is about, as its bundle tells. */
export interface Subject {
  numbers: string[];
  birthDate: string | undefined;
}

/**
 * Whether a report is proved to be of this person: it bears his document number, whole, or masked (`3206**********1234`)
 * where an ID card's birth date is the subject's too. A reference alone proves nothing.
 */
export function isOfPerson({ numbers, birthDate }: Subject, { type, number }: Person): boolean {
  const said = numbers.map((each) => each.toUpperCase().replace(/\s/g, ''));
  if (said.includes(number)) return true;
  const born = type === 'id-card' ? readIdCard(number)?.birthDate : undefined;
  return born !== undefined && born === birthDate && said.some((each) => isMasked(each, number));
}

/** The same length, asterisks in the middle, at least four characters of each end equal. */
function isMasked(masked: string, number: string): boolean {
  const [, head = '', stars = '', tail = ''] = /^([^*]{4,})(\*+)([^*]{4,})$/.exec(masked) ?? [];
  return stars !== '' && masked.length === number.length && number.startsWith(head) && number.endsWith(tail);
}
