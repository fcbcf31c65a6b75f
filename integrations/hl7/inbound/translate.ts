import { toProblem } from '../../../server/core/http.ts';
import type { FieldError } from '../../../server/core/errors.ts';
import { Hl7ContentError } from '../../../server/standards/hl7v2/errors.ts';

/** Where a field of our API stands in a message, for ERR and MSA-3. */
const PLACES: readonly (readonly [RegExp, string, number])[] = [
  [/birthDate/i, 'PID', 7],
  [/\bsex$/i, 'PID', 8],
  [/patient\.name|^name$/i, 'PID', 5],
  [/identifier/i, 'PID', 3],
  [/^patient/i, 'PID', 3],
  [/^items|code/i, 'OBR', 4],
  [/priority/i, 'ORC', 7],
  [/placer/i, 'ORC', 2],
  [/consent/i, 'CON', 1],
];

export type Translated =
  /** The content is wrong: AE or AR, final. */
  | { final: true; error: Hl7ContentError }
  /** Nothing wrong with the message: it can be tried again. */
  | { final: false; error: Hl7ContentError; cause: unknown };

/** Any error of an operation as an answer on the wire: the one place where that is decided. */
export function translateError(error: unknown): Translated {
  if (error instanceof Hl7ContentError) return { final: true, error };
  const problem = toProblem(error);
  if (problem.status >= 500)
    return {
      final: false,
      cause: error,
      error: new Hl7ContentError(
        'MSH',
        10,
        'the hub could not process the message now, send it again',
        'reject',
        207,
      ),
    };
  const first = problem.errors[0];
  // The ID card stands in PID-3; what contradicts it is PID-7 (or PID-8 beside it), and that is what is named.
  const [segment, field] = problem.errors.some((one) => one.code === 'id-card-contradiction')
    ? (['PID', 7] as const)
    : placeOf(first);
  return {
    final: true,
    error: new Hl7ContentError(
      segment,
      field,
      wordsOf(problem),
      'refuse',
      problem.status === 404 ? 204 : 207,
    ),
  };
}

/**
 * What an engineer of the sending system reads: English, as every text the hub answers on a wire. The words that people
 * see on the hub's pages follow the language of the page.
 */
function wordsOf(problem: { message: string; errors: readonly FieldError[] }): string {
  const codes = [...new Set(problem.errors.flatMap((one) => one.code ?? []))];
  return codes.length > 0 ? `${problem.message} (${codes.join(', ')})` : problem.message;
}

function placeOf(error: FieldError | undefined): [string, number] {
  if (!error) return ['ORC', 2];
  for (const [pattern, segment, field] of PLACES) if (pattern.test(error.path)) return [segment, field];
  return ['MSH', 9];
}
