import { createHash } from 'node:crypto';

/**
 * Codes of packs: `P`, day `YYMMDD`, five digits of the day, two check digits. The check digits also cover the centre, so
 * that a pack of another county or centre is told apart from a misread one of ours.
 */
export function composePackCode(centerId: string, day: string, number: number): string {
  const body = day.replaceAll('-', '').slice(2) + String(number % 100_000).padStart(5, '0');
  return `P${body}${checkDigits(centerId, body)}`;
}

export type PackCodeVerdict = 'own' | 'foreign' | 'not-a-pack-code';

/** `foreign` = has the form of a pack code, but its check digits are not those of this centre. */
export function judgePackCode(centerId: string, code: string): PackCodeVerdict {
  const match = /^P(\d{11})(\d{2})$/.exec(code);
  if (!match) return 'not-a-pack-code';
  return checkDigits(centerId, match[1] ?? '') === match[2] ? 'own' : 'foreign';
}

function checkDigits(centerId: string, body: string): string {
  const salt = createHash('sha256').update(centerId).digest().readUInt32BE(0);
  const sum = [...body].reduce((total, digit) => (total * 10 + Number(digit)) % 97, salt % 97);
  return String(sum).padStart(2, '0');
}
