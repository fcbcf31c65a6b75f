/** Component groups of a person name (PS3.5 §6.2.1): `Wang^XiaoDong=王^小东=`. Components stay joined by `^`. */
export interface PersonName {
  readonly alphabetic?: string;
  readonly ideographic?: string;
  readonly phonetic?: string;
}

const trimEmpty = (group: string): string => group.trim().replace(/\^+$/, '');

/** Splits one value into its groups; empty groups and trailing empty components are dropped. */
export function readPersonName(value: string): PersonName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = value.split('=').map(trimEmpty);
  return {
    ...(alphabetic !== '' && { alphabetic }),
    ...(ideographic !== '' && { ideographic }),
    ...(phonetic !== '' && { phonetic }),
  };
}

/** The name as a person reads it: the ideographic group where there is one, family and given name joined (without a space in Hanzi). */
export function displayName(name: PersonName): string {
  const group = name.ideographic ?? name.alphabetic ?? name.phonetic ?? '';
  const parts = group.split('^').filter((part) => part !== '');
  return parts.join(/^[\u3400-\u9fff\u{20000}-\u{323af}\s·]*$/u.test(parts.join('')) ? '' : ' ');
}
