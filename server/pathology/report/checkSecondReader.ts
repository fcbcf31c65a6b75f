import type { ReportProblem } from '../../core/center.ts';
import type { Queryable } from '../../core/database.ts';
import { readSettings } from '../settings.ts';

const negated = /(未见|排除|除外|不支持|阴性|no evidence of|negative for)[^,。;,.;]{0,12}$/i;

/** True when the text states one of the words and does not deny it just before. */
export function states(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!negated.test(text.slice(Math.max(0, at - 24), at))) return true;
  }
  return false;
}

/**
 * Diagnoses that the centre named need a second reader: his last opinion counts, and it must have judged a draft that
 * stated this diagnosis (or state it itself), not another one.
 */
export async function checkSecondReader(
  db: Queryable,
  orderId: string,
  diagnosis: string,
): Promise<ReportProblem | undefined> {
  const lower = diagnosis.toLowerCase();
  const { secondReaderWords } = await readSettings(db);
  const word = secondReaderWords.find((candidate) => states(lower, candidate.toLowerCase()));
  if (!word) return undefined;
  const stop = (code: string, message: string) => ({
    severity: 'stop' as const,
    code,
    message,
    params: { word },
  });
  const last = await db
    .selectFrom('pathologyOpinion')
    .select(['agrees', 'opinion', 'diagnosis'])
    .where('orderId', '=', orderId)
    .where('kind', '=', 'second-reader')
    .where('givenAt', 'is not', null)
    .orderBy('givenAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!last) return stop('second-reader', `the diagnosis says "${word}": a second reader is needed`);
  if (last.agrees === false)
    return stop('second-reader-disagrees', `the diagnosis says "${word}": the second reader disagrees`);
  const judged = `${last.diagnosis ?? ''}\n${last.opinion ?? ''}`.toLowerCase();
  if (last.diagnosis !== null && !states(judged, word.toLowerCase()))
    return stop('second-reader-outdated', `the diagnosis that the second reader saw did not say "${word}"`);
  return undefined;
}
