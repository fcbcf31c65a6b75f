import type { TFunction } from 'i18next';

const SCOPE = /^system\/(\*|[A-Za-z]+)\.([a-z*]+)$/;
const LETTERS: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** A right of a token in words; one without words stands as the API names it. Needs the namespace `admin`. */
export const verbText = (verb: string, t: TFunction): string =>
  t(`admin:verbs.${verb.replace('.', '-')}`, { defaultValue: verb });

/** A FHIR scope of a token in words: what may be done with which resources. */
export function scopeText(scope: string, t: TFunction): string {
  const [, resource = '', right = ''] = SCOPE.exec(scope) ?? [];
  const what = t(`admin:fhir.resources.${resource === '*' ? 'all' : resource}`, { defaultValue: '' });
  if (!what) return scope;
  const letters = LETTERS[right] ?? right;
  const acts = [
    /[rs]/.test(letters) && t('admin:fhir.read'),
    letters.includes('c') && t('admin:fhir.create'),
    /[ud]/.test(letters) && t('admin:fhir.change'),
  ].filter((act): act is string => typeof act === 'string');
  return t('admin:fhir.scope', { acts: acts.join(t('admin:listComma')), what });
}
