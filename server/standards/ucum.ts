const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** How laboratories write what UCUM spells otherwise. */
const SPELT: readonly (readonly [RegExp, string])[] = [
  [/[μµ]/g, 'u'],
  [/^[×x]\s*/, ''],
  [/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, ''],
  [/10\s*\^\s*/g, '10*'],
  [/\b(m|u|k)?IU\b/g, '$1[IU]'],
  [/\/(HP|HPF|高倍视野)$/, '/[HPF]'],
  [/mmHg/g, 'mm[Hg]'],
  [/\bsec\b/g, 's'],
  [/\s+/g, ''],
];
const ATOM = String.raw`(?:10\*-?\d+|[kmunpfcd]?(?:g|L|l|mol|U|\[IU\]|eq|osm|m2|m|s|m\[Hg\]|Pa|kat)|%|min|h|d|\[HPF\]|1)`;
const WHOLE = new RegExp(`^/?${ATOM}(?:[./]${ATOM})*$`);

/**
 * The UCUM code of a unit as laboratories write it (`10^9/L` → `10*9/L`, `μmol/L` → `umol/L`, `mIU/mL` → `m[IU]/mL`).
 * Undefined where there is none (`个/μL`, `S/CO`): such a unit is told as text only.
 */
export function ucumOf(unit: string | null | undefined): string | undefined {
  if (!unit) return undefined;
  const raised = unit.replace(/10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, minus: string, digits: string) =>
    `10*${minus ? '-' : ''}${[...digits].map((digit) => RAISED.indexOf(digit)).join('')}`,
  ); // prettier-ignore
  const code = SPELT.reduce((text, [from, to]) => text.replace(from, to), raised);
  return WHOLE.test(code) ? code : undefined;
}
