import { pinyin } from 'pinyin-pro';

/** Search key of a name: full pinyin and initials, e.g. 张伟 → `zhangwei zw`. */
export function namePinyin(name: string): string {
  const full = pinyin(name, { toneType: 'none', type: 'array', mode: 'surname', nonZh: 'consecutive' });
  const text = full
    .join('')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  const initials = full
    .map((syllable) => syllable[0] ?? '')
    .join('')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return `${text} ${initials}`;
}

/** Whether a Latin-letter name, as devices send it (`ZHANG^WEI`, `Zhang Wei`), can be this person's. */
export function latinNameMatches(latin: string, name: string): boolean {
  const letters = latin.toLowerCase().replace(/[^a-z]/g, '');
  return letters.length > 0 && namePinyin(name).split(' ')[0] === letters;
}
