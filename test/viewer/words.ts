import { readFileSync } from 'node:fs';
import i18next, { type TFunction } from 'i18next';

const languages = ['zh-CN', 'en-US'] as const;
const words = (language: string, namespace: string): object =>
  JSON.parse(readFileSync(`viewer/src/locales/${language}/${namespace}.json`, 'utf8')) as object;

/** The viewer's own words, as its pages have them. */
export async function wordsOf(
  ...namespaces: string[]
): Promise<(language: (typeof languages)[number]) => TFunction> {
  const i18n = i18next.createInstance();
  await i18n.init({
    resources: Object.fromEntries(
      languages.map((each) => [
        each,
        Object.fromEntries(namespaces.map((name) => [name, words(each, name)])),
      ]),
    ),
    ns: namespaces,
    defaultNS: namespaces[0] ?? 'shell',
    fallbackNS: 'shell',
    fallbackLng: false,
    interpolation: { escapeValue: false },
  });
  return (language) => i18n.getFixedT(language);
}
