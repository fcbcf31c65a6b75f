import { z } from 'zod';

/** When a result may pass without a person. Critical values never do. */
export const autoverificationSettings = z.object({
  /** Only inside these limits; absent = not limited. */
  low: z.number().optional(),
  high: z.number().optional(),
  /** Largest change against the earlier value. */
  deltaPercent: z.number().positive().optional(),
  /** Whether L and H (never LL, HH) may pass. */
  allowFlags: z.boolean().default(false),
  /** How far the rule goes: the technical stage, or the medical one too. The signature stays a person's. */
  stage: z.enum(['technical', 'medical']).default('technical'),
});
export type AutoverificationSettings = z.output<typeof autoverificationSettings>;

export interface VerifiableResult {
  valueNumber: number | null;
  comparator: string | null;
  flag: string | null;
  critical: boolean;
  deltaPercent: number | null;
  deltaFailed: boolean;
  holds: readonly string[];
  interference: string | null;
  hasRange: boolean;
}

/** Why a result does not pass by rule; empty = it passes. */
export function autoverificationRefusals(
  result: VerifiableResult,
  settings: Omit<AutoverificationSettings, 'stage'>,
): string[] {
  const refusals: string[] = [];
  if (result.critical) refusals.push('critical');
  if (result.holds.length > 0) refusals.push(...result.holds);
  if (result.interference) refusals.push('interference');
  if (result.deltaFailed) refusals.push('delta');
  if (result.valueNumber === null || result.comparator !== null) refusals.push('no-number');
  if (!result.hasRange) refusals.push('no-range');
  if (
    result.flag !== null &&
    result.flag !== 'N' &&
    !(settings.allowFlags && (result.flag === 'L' || result.flag === 'H'))
  )
    refusals.push('flag');
  if (result.valueNumber !== null) {
    if (settings.low !== undefined && result.valueNumber < settings.low) refusals.push('below-limit');
    if (settings.high !== undefined && result.valueNumber > settings.high) refusals.push('above-limit');
  }
  if (
    settings.deltaPercent !== undefined &&
    result.deltaPercent !== null &&
    Math.abs(result.deltaPercent) > settings.deltaPercent
  )
    refusals.push('delta');
  return [...new Set(refusals)];
}
