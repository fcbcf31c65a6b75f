import i18next, { type ResourceKey } from 'i18next';
import { initReactI18next } from 'react-i18next';

export type Language = 'zh-CN' | 'en-US';
const stored = localStorage.getItem('hub.language');
export const firstLanguage: Language = stored === 'en-US' ? 'en-US' : 'zh-CN';

const files = import.meta.glob<{ default: ResourceKey }>('../locales/*/*.json');

/** Loads `locales/<language>/<namespace>.json` when a page first asks for it. */
const backend = {
  type: 'backend' as const,
  init() {},
  read(language: string, namespace: string, done: (error: Error | null, data: ResourceKey | null) => void) {
    const load = files[`../locales/${language}/${namespace}.json`];
    if (!load) return done(null, {});
    load().then(
      (file) => done(null, file.default),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
    );
  },
};

export async function startI18n(): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: firstLanguage,
      fallbackLng: 'zh-CN',
      supportedLngs: ['zh-CN', 'en-US'],
      load: 'currentOnly',
      ns: ['shell'],
      defaultNS: 'shell',
      fallbackNS: 'shell',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
  document.documentElement.lang = firstLanguage;
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem('hub.language', language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
