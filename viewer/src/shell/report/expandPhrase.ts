/** What a short code before the caret becomes. */
export interface Phrase {
  id: string;
  code: string;
  body: string;
  pinyin?: string | null;
  field?: string;
  personal?: boolean;
}

/** The word that ends at `caret`, without spaces and punctuation. */
export function wordBefore(text: string, caret: number): string {
  return /[A-Za-z0-9]+$/.exec(text.slice(0, caret))?.[0] ?? '';
}

/** Phrases whose code or pinyin initials begin with `word`, exact codes first. */
export function matchPhrases(phrases: readonly Phrase[], word: string): Phrase[] {
  if (!word) return [];
  const lower = word.toLowerCase();
  return phrases
    .filter(
      (each) =>
        each.code.toLowerCase().startsWith(lower) || (each.pinyin ?? '').toLowerCase().startsWith(lower),
    )
    .sort((a, b) => Number(b.code.toLowerCase() === lower) - Number(a.code.toLowerCase() === lower));
}

/** Replaces the code before the caret by the phrase. */
export function expandPhrase(
  text: string,
  caret: number,
  word: string,
  body: string,
): { text: string; caret: number } {
  const start = caret - word.length;
  return { text: text.slice(0, start) + body + text.slice(caret), caret: start + body.length };
}
