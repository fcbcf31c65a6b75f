const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A unit as people read it: `10^9/L` and `10*9/L` are 10⁹/L. */
export function unitText(unit: string | null | undefined): string {
  return (unit ?? '').replace(
    /10\s*[\^*](-?)(\d+)/g,
    (_, minus: string, digits: string) =>
      `10${minus ? '⁻' : ''}${[...digits].map((digit) => RAISED[Number(digit)] ?? digit).join('')}`,
  );
}
