import { translate } from './translateNames.ts';

/** Answers in which `name` too is the name of a test or policy that is shown and not edited. */
const NAMED = /^\/api\/(lab\/(?!catalogue)|quality\/what-if\/policies|orders\/[^/?]+(\/timeline)?(\?|$))/;

let known: Promise<Map<string, string>> | undefined;

/** Loaded once for a page in English; without it the names stay as they were given. */
function names(): Promise<Map<string, string>> {
  known ??= fetch('/api/names', { credentials: 'same-origin' })
    .then(async (response) => {
      if (!response.ok) throw new Error(`names: ${response.status}`);
      const { items } = (await response.json()) as { items: { name: string; nameEn: string }[] };
      return new Map(items.map((item) => [item.name, item.nameEn]));
    })
    .catch(() => {
      known = undefined;
      return new Map<string, string>();
    });
  return known;
}

/** The answer with the English names of the catalogues, where the page is in English and they are known. */
export async function inEnglish(path: string, answer: unknown): Promise<unknown> {
  if (document.documentElement.lang !== 'en-US' || path.startsWith('/api/session')) return answer;
  const byName = await names();
  return byName.size === 0 ? answer : translate(answer, byName, NAMED.test(path));
}
