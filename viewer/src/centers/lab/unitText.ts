const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A unit as people read it: `10^9/L` and `10*9/L` are 10⁹/L. */
export function unitText(unit: string | null | undefined): string {
  return (unit ?? '').replace(
    /10\s*[\^*](-?)(\d+)/g,
    (_, minus: string, digits: string) =>
      `10${minus ? '⁻' : ''}${[...digits].map((digit) => RAISED[Number(digit)] ?? digit).join('')}`,
  );
}

/** One spelling for comparing, as the hub compares units before it converts: `×10⁹/L`, `10*9/L` and `10E9/L` are the same. */
function normalized(unit: string): string {
  return unit
    .replace(
      /[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g,
      (found) => `^${[...found].map((sign) => (sign === '⁻' ? '-' : RAISED.indexOf(sign))).join('')}`,
    )
    .replace(/^[×x*]\s*(?=10)/i, '')
    .replace(/10\s*[*eE^]+\s*(?=\d)/, '10^')
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/\s+/g, '')
    .toLowerCase();
}

export const sameUnit = (a: string, b: string): boolean => normalized(a) === normalized(b);
