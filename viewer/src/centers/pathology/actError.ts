import type { TFunction } from 'i18next';
import i18next from 'i18next';
import { ApiError } from '../../api/client.ts';
import { errorText } from '../../shell/states.tsx';

/** Why an act was refused, in the language of the page where the bench has its own sentence for it. */
export function actError(error: unknown, t: TFunction): string {
  const key = error instanceof ApiError ? `pathology:refusal.${error.code}` : '';
  return key && i18next.exists(key) ? t(key) : errorText(error, t);
}
