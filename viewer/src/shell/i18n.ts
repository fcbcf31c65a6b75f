import i18next, { type ResourceKey } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { firstLanguage, firstNamespaces, loadWords, type Language } from './language.ts';

/** Loads the words of a namespace when a page first asks for it. */
const backend = {
  type: 'backend' as const,
  init() {},
  read(language: string, namespace: string, done: (error: Error | null, data: ResourceKey | null) => void) {
    loadWords(language, namespace).then(
      (words) => done(null, words ?? {}),
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
      ns: firstNamespaces(),
      defaultNS: 'shell',
      fallbackNS: 'shell',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
}

/** Words that no page is drawn with: those of refusals, ready before anybody can be refused. */
export function loadLaterWords(): void {
  void i18next.loadNamespaces('refused');
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem('hub.language', language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
