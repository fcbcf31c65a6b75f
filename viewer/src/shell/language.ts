import type { ResourceKey } from 'i18next';
import { namespaces } from '../centers/prepare.ts';
import { lastCenter } from '../lastCenter.ts';

export type Language = 'zh-CN' | 'en-US';

/** The language that this workstation chose last. */
export const firstLanguage: Language = localStorage.getItem('hub.language') === 'en-US' ? 'en-US' : 'zh-CN';

/** Words that the first page is drawn with: the shell's, those of a case, and of the centre that this workstation reads for. */
export function firstNamespaces(): string[] {
  const center = lastCenter.get();
  return ['shell', 'order', ...(center ? namespaces[center] : [])];
}

const files = import.meta.glob<{ default: ResourceKey }>('../locales/*/*.json');

/** Words of one namespace, `locales/<language>/<namespace>.json`; undefined where there is no such file. */
export async function loadWords(language: string, namespace: string): Promise<ResourceKey | undefined> {
  return (await files[`../locales/${language}/${namespace}.json`]?.())?.default;
}
