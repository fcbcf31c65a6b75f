export interface StabilityLimits {
  wholeBloodStabilityMinutes: number | null;
  stabilityMinutes: number | null;
  transportMinCelsius: number | null;
  transportMaxCelsius: number | null;
}

export interface SpecimenTimes {
  collectedAt: Date;
  separatedAt: Date | null;
  /** When it is judged: reception or measurement. */
  at: Date;
  /** Lowest and highest reading of the box while the tube was in it. */
  coldest: number | null;
  warmest: number | null;
}

/**
 * Why a test on this tube is held, or undefined. Blood that was not separated keeps by the whole-blood limit, which is
 * shorter for potassium and glucose; separated serum or plasma by the other.
 */
export function stabilityHold(limits: StabilityLimits, times: SpecimenTimes): string | undefined {
  const minutes = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 60_000;
  const whole = limits.wholeBloodStabilityMinutes;
  if (whole !== null && minutes(times.collectedAt, times.separatedAt ?? times.at) > whole)
    return times.separatedAt ? 'separated-late' : 'whole-blood-expired';
  if (limits.stabilityMinutes !== null && minutes(times.collectedAt, times.at) > limits.stabilityMinutes)
    return 'stability-expired';
  if (
    times.coldest !== null &&
    limits.transportMinCelsius !== null &&
    times.coldest < limits.transportMinCelsius
  )
    return 'too-cold';
  if (
    times.warmest !== null &&
    limits.transportMaxCelsius !== null &&
    times.warmest > limits.transportMaxCelsius
  )
    return 'too-warm';
  return undefined;
}
