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

/** A name in Latin letters for a device that cannot take it in Chinese: 王珅 → `WANG SHEN`. */
export function latinName(name: string): string {
  return pinyin(name, { toneType: 'none', type: 'array', mode: 'surname', nonZh: 'consecutive' })
    .join(' ')
    .replace(/\s+/g, ' ')
    .toUpperCase();
}
