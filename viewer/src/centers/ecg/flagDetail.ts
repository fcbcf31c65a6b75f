import type { TFunction } from 'i18next';
import type { Flag } from './types.ts';

const isLead = (name: string): boolean => /^(I{1,3}|aV[RLF]|V\d)$/.test(name);
const units: [ending: RegExp, unit: string][] = [
  [/Ms$/, ' ms'],
  [/Bpm$/, ' bpm'],
  [/microvolt$/i, ' µV'],
  [/Degrees$/, '°'],
  [/Seconds$/, ' s'],
  [/Percent$/, ' %'],
];

/** Values that a flag names, in words and with units; values by lead together: `II 210 III 238 µV`. */
export function flagDetail(values: Record<string, number>, t: TFunction<'ecg'>): string {
  const entries = Object.entries(values);
  const byLead = entries.filter(([name]) => isLead(name)).map(([name, value]) => `${name} ${value}`);
  const others = entries
    .filter(([name]) => !isLead(name))
    .map(
      ([name, value]) =>
        `${t(`value.${name}`, { defaultValue: name })} ${value}${units.find(([ending]) => ending.test(name))?.[1] ?? ''}`,
    );
  return [...(byLead.length > 0 ? [`${byLead.join(' ')} µV`] : []), ...others].join(' ');
}

/** Normal in one key is offered once every flag that would contradict it is dismissed. */
export const contradictsNormal = (flags: readonly Pick<Flag, 'tier' | 'state'>[]): boolean =>
  flags.some((flag) => flag.tier !== 'information' && flag.state !== 'dismissed');
