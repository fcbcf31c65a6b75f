/** A synthetic 12-lead ECG in integer units: P, QRS and T as Gaussian bumps. Not a patient. */
export function syntheticLead(
  count: number,
  rate: number,
  options: { bpm?: number; gain?: number; phase?: number } = {},
): number[] {
  const { bpm = 72, gain = 1, phase = 0.3 } = options;
  const period = (60 / bpm) * rate;
  const bump = (t: number, centre: number, width: number, height: number): number =>
    height * Math.exp(-(((t - centre) / width) ** 2));
  return Array.from({ length: count }, (_, index) => {
    const t = ((index + phase * period) % period) / rate;
    const value =
      bump(t, 0.16, 0.025, 120) +
      bump(t, 0.3, 0.008, -110) +
      bump(t, 0.32, 0.011, 1100) +
      bump(t, 0.342, 0.009, -260) +
      bump(t, 0.56, 0.05, 280);
    return Math.round((value * gain) / 2.5) + 0;
  });
}

/** Samples of the R peaks of `syntheticLead`. */
export function syntheticPeaks(count: number, rate: number, bpm = 72, phase = 0.3): number[] {
  const period = (60 / bpm) * rate;
  const peaks: number[] = [];
  for (let beat = 0; ; beat++) {
    const at = 0.32 * rate - phase * period + beat * period;
    if (at >= count) return peaks;
    if (at >= 0) peaks.push(Math.round(at));
  }
}

const gains: [number, number][] = [
  [1, 0.7],
  [2, 1],
  [3, -0.3],
  [4, 0.2],
  [5, 0.6],
  [6, 1.1],
  [7, 1.2],
  [8, 0.9],
];

/** The eight independent leads with their SCP codes. */
export function eightLeads(count = 5000, rate = 500, bpm = 72): { code: number; samples: number[] }[] {
  return gains.map(([code, gain]) => ({ code, samples: syntheticLead(count, rate, { gain, bpm }) }));
}
