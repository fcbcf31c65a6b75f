/** Coded reasons of a return to the site, the same at every centre; figures count them. */
export const RETURN_REASONS = [
  'image-quality',
  'incomplete',
  'wrong-site',
  'patient-mismatch',
  'no-clinical',
  'specimen',
  'other',
] as const;

/** A reason told in words is kept as the note of `other`: every return is coded, nothing said is lost. */
export function codeReturn(
  reason: string,
  note: string | undefined,
): { reason: string; note?: string | undefined } {
  if ((RETURN_REASONS as readonly string[]).includes(reason)) return { reason, note };
  return { reason: 'other', note: [reason, note].filter(Boolean).join('\n') };
}
