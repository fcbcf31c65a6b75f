import type { TFunction } from 'i18next';
import { ApiError } from '../../api/client.ts';
import { errorText } from '../../shell/states.tsx';
import { stepWord } from './stepWord.ts';

/** The sentence for a refused scan or act, in the words of the station: which code, what is missing. */
export function problemText(error: unknown, t: TFunction, withCode = true): string {
  if (!(error instanceof ApiError) || error.status === 0) return errorText(error, t);
  const { problem } = error;
  const key = `sterilization:problem.${error.code}`;
  const words = t(key, { defaultValue: '' });
  if (words === '') return errorText(error, t);
  const missing = Array.isArray(problem.missing)
    ? problem.missing.map((step) => stepWord(String(step), t)).join('、')
    : '';
  const code = withCode && typeof problem.code === 'string' ? `${problem.code} ` : '';
  return (
    code +
    t(key, {
      missing,
      instruments: Array.isArray(problem.instruments) ? problem.instruments.join('、') : '',
      state: typeof problem.state === 'string' ? stepWord(problem.state, t) : '',
      expiresOn: problem.expiresOn ?? '',
    })
  );
}
