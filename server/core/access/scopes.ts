/** Types that /fhir answers, by which scopes are named. */
export const SCOPED_TYPES = [
  'Patient',
  'ServiceRequest',
  'Specimen',
  'Task',
  'DiagnosticReport',
  'Observation',
  'ImagingStudy',
  'Provenance',
  'Organization',
  'Practitioner',
  'Binary',
] as const;
export type ScopedType = (typeof SCOPED_TYPES)[number];

const SCOPE = /^system\/(\*|[A-Z][A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)$/;
/** Version 1 of SMART App Launch spelt the interactions out. */
const SPELT: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** What a SMART scope of a system (`system/Observation.rs`, `system/*.read`) allows; undefined for what is none of this hub. */
export function readScope(scope: string): { types: readonly ScopedType[]; interactions: string } | undefined {
  const [, type = '', letters = ''] = SCOPE.exec(scope) ?? [];
  const interactions = SPELT[letters] ?? letters;
  if (interactions === '') return undefined;
  if (type === '*') return { types: SCOPED_TYPES, interactions };
  const known = SCOPED_TYPES.find((each) => each === type);
  return known && { types: [known], interactions };
}
