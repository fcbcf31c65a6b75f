import { computeA0, MAX_GAP_S, type CurvePoint } from './a0.ts';

/** What the programme demands of a cycle; null = not demanded. */
export interface ProgrammeLimits {
  purpose: string;
  method: string | null;
  setTemperatureC: number | null;
  bandC: number;
  minHoldS: number | null;
  minPressureKpa: number | null;
  maxPressureKpa: number | null;
  minConcentrationMgL: number | null;
  minHumidityPercent: number | null;
  maxLeakKpaMin: number | null;
  minA0: number | null;
}

/** What a machine or a person recorded of a cycle. */
export interface CycleParameters {
  holdS?: number | undefined;
  minTemperatureC?: number | undefined;
  maxTemperatureC?: number | undefined;
  minPressureKpa?: number | undefined;
  maxPressureKpa?: number | undefined;
  concentrationMgL?: number | undefined;
  humidityPercent?: number | undefined;
  leakKpaMin?: number | undefined;
  a0?: number | undefined;
  /** The machine's own verdict. */
  verdict?: 'pass' | 'fail' | undefined;
}

export interface Finding {
  parameter: keyof CycleParameters | 'record';
  problem: 'below' | 'above' | 'missing' | 'gap' | 'machine-failed' | 'truncated';
  value?: number;
  limit?: number;
}

export interface PhysicalCheck {
  outcome: 'pass' | 'fail';
  findings: Finding[];
  /** The figures judged: as recorded, completed from the curve where the record was silent. */
  judged: CycleParameters;
}

/**
 * Judges a cycle against the limits of its programme. A demanded value that is not recorded fails: nothing is assumed.
 * Where a curve exists, hold time and temperature extremes are taken from it (the stricter of curve and print-out wins).
 */
export function checkPhysical(
  limits: ProgrammeLimits,
  recorded: CycleParameters,
  curve: readonly CurvePoint[] = [],
  flags: readonly string[] = [],
): PhysicalCheck {
  const judged: CycleParameters = { ...recorded };
  const findings: Finding[] = [];
  if (flags.includes('truncated')) findings.push({ parameter: 'record', problem: 'truncated' });
  if (recorded.verdict === 'fail') findings.push({ parameter: 'verdict', problem: 'machine-failed' });

  if (curve.length > 1) {
    if (limits.setTemperatureC !== null) {
      const plateau = longestPlateau(curve, limits.setTemperatureC);
      judged.holdS = lower(recorded.holdS, plateau.seconds);
      if (plateau.seconds > 0) {
        judged.minTemperatureC = lower(recorded.minTemperatureC, plateau.minC);
        judged.maxTemperatureC = higher(recorded.maxTemperatureC, plateau.maxC);
        if (plateau.gapS > MAX_GAP_S)
          findings.push({ parameter: 'record', problem: 'gap', value: plateau.gapS, limit: MAX_GAP_S });
      }
    }
    if (limits.minA0 !== null) judged.a0 = lower(recorded.a0, computeA0(curve));
  }

  const atLeast = (parameter: keyof CycleParameters, limit: number | null) => {
    if (limit === null) return;
    const value = judged[parameter];
    if (typeof value !== 'number') findings.push({ parameter, problem: 'missing', limit });
    else if (value < limit) findings.push({ parameter, problem: 'below', value, limit });
  };
  const atMost = (parameter: keyof CycleParameters, limit: number | null, demanded = true) => {
    if (limit === null) return;
    const value = judged[parameter];
    if (typeof value !== 'number') {
      if (demanded) findings.push({ parameter, problem: 'missing', limit });
    } else if (value > limit) findings.push({ parameter, problem: 'above', value, limit });
  };
  atLeast('holdS', limits.minHoldS);
  atLeast('minTemperatureC', limits.setTemperatureC);
  if (limits.setTemperatureC !== null) atMost('maxTemperatureC', limits.setTemperatureC + limits.bandC);
  atLeast('minPressureKpa', limits.minPressureKpa);
  atMost('maxPressureKpa', limits.maxPressureKpa, limits.minPressureKpa === null);
  atLeast('concentrationMgL', limits.minConcentrationMgL);
  atLeast('humidityPercent', limits.minHumidityPercent);
  atMost('leakKpaMin', limits.maxLeakKpaMin);
  atLeast('a0', limits.minA0);
  return { outcome: findings.length === 0 ? 'pass' : 'fail', findings, judged };
}

/** The longest unbroken time at or above the set point. */
function longestPlateau(curve: readonly CurvePoint[], setC: number) {
  let best = { seconds: 0, minC: 0, maxC: 0, gapS: 0 };
  let from: CurvePoint | undefined;
  let previous: CurvePoint | undefined;
  let current = { seconds: 0, minC: Infinity, maxC: -Infinity, gapS: 0 };
  for (const point of curve) {
    if (point.temperatureC < setC) {
      from = undefined;
    } else {
      if (!from || !previous) {
        from = point;
        current = { seconds: 0, minC: Infinity, maxC: -Infinity, gapS: 0 };
      } else current.gapS = Math.max(current.gapS, point.s - previous.s);
      current.seconds = point.s - from.s;
      current.minC = Math.min(current.minC, point.temperatureC);
      current.maxC = Math.max(current.maxC, point.temperatureC);
      if (current.seconds > best.seconds) best = { ...current };
    }
    previous = point;
  }
  return best;
}

const lower = (a: number | undefined, b: number) => (a === undefined ? b : Math.min(a, b));
const higher = (a: number | undefined, b: number) => (a === undefined ? b : Math.max(a, b));
