export interface CurvePoint {
  /** Seconds from the start of the record. */
  s: number;
  temperatureC: number;
  pressureKpa?: number | undefined;
}

/** Below this temperature nothing is counted (ISO 15883-1, annex on A0). */
const FLOOR_C = 65;
/** A longer silence of the recorder counts nothing: what happened there is not known. */
export const MAX_GAP_S = 60;

/**
 * A0 of a wet-heat disinfection in seconds at 80 °C with z = 10 K: the sum of 10^((T−80)/10)·Δt. Between two samples
 * the lower temperature counts, so the value never flatters. 600 is 90 °C for 1 min, 3000 is 90 °C for 5 min.
 */
export function computeA0(curve: readonly CurvePoint[]): number {
  let sum = 0;
  for (let index = 1; index < curve.length; index += 1) {
    const before = curve[index - 1];
    const here = curve[index];
    if (!before || !here) continue;
    const seconds = here.s - before.s;
    const temperature = Math.min(before.temperatureC, here.temperatureC);
    if (seconds <= 0 || seconds > MAX_GAP_S || temperature < FLOOR_C) continue;
    sum += 10 ** ((temperature - 80) / 10) * seconds;
  }
  return Math.round(sum * 10) / 10;
}

/** What the goods need: 3000 when used right after disinfection, 600 when sterilized afterwards. */
export const requiredA0 = (sterilizedAfterwards: boolean): number => (sterilizedAfterwards ? 600 : 3000);
