const SUPERSCRIPTS: Record<string, string> = {
  '⁰': '0',
  '¹': '1',
  '²': '2',
  '³': '3',
  '⁴': '4',
  '⁵': '5',
  '⁶': '6',
  '⁷': '7',
  '⁸': '8',
  '⁹': '9',
  '⁻': '-',
};

/**
 * One spelling of a unit, for comparing: `×10⁹/L`, `10*9/L`, `10^9/L`, `10E9/L` are the same. It changes no value:
 * `g/dL` and `g/L` stay different.
 */
export function normalizeUnit(unit: string): string {
  return unit
    .replace(
      /[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g,
      (found) => `^${[...found].map((sign) => SUPERSCRIPTS[sign] ?? sign).join('')}`,
    )
    .replace(/^[×x*]\s*(?=10)/i, '')
    .replace(/10\s*[*eE^]+\s*(?=\d)/, '10^')
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/\s+/g, '')
    .toLowerCase();
}

export const sameUnit = (a: string, b: string): boolean => normalizeUnit(a) === normalizeUnit(b);

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A unit as people print it: `10^9/L` and `10*9/L` are 10⁹/L. */
export function printedUnit(unit: string | null): string {
  return (unit ?? '').replace(
    /10\s*[\^*](-?)(\d+)/g,
    (_, minus: string, digits: string) =>
      `10${minus ? '⁻' : ''}${[...digits].map((digit) => RAISED[Number(digit)] ?? digit).join('')}`,
  );
}
