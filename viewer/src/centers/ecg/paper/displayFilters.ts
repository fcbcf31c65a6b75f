/** Filters for the eye only: they work on a copy that is drawn, never on the recording. */
export interface DisplayFilter {
  /** 0 = off */
  highPassHz: number;
  lowPassHz: number;
  notch50: boolean;
}

export const noFilter: DisplayFilter = { highPassHz: 0, lowPassHz: 0, notch50: false };

/** What is done to the drawn copy, empty for nothing: `0.5–40 Hz, 50 Hz ⊘`. */
export function filterText({ highPassHz, lowPassHz, notch50 }: DisplayFilter): string {
  const band =
    highPassHz && lowPassHz
      ? `${highPassHz}–${lowPassHz} Hz`
      : highPassHz
        ? `≥ ${highPassHz} Hz`
        : lowPassHz
          ? `≤ ${lowPassHz} Hz`
          : '';
  return [band, notch50 ? '50 Hz ⊘' : ''].filter(Boolean).join(', ');
}

interface Section {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
}

function section(kind: 'low' | 'high' | 'notch', hz: number, rate: number, q: number): Section {
  const w = (2 * Math.PI * hz) / rate;
  const cos = Math.cos(w);
  const alpha = Math.sin(w) / (2 * q);
  const a0 = 1 + alpha;
  const [b0, b1] =
    kind === 'low' ? [(1 - cos) / 2, 1 - cos] : kind === 'high' ? [(1 + cos) / 2, -1 - cos] : [1, -2 * cos];
  return { b0: b0 / a0, b1: b1 / a0, b2: b0 / a0, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
}

function run(x: Float32Array, s: Section, backwards: boolean): void {
  const n = x.length;
  const first = x[backwards ? n - 1 : 0] ?? 0;
  const gain = (s.b0 + s.b1 + s.b2) / (1 + s.a1 + s.a2);
  let x1 = first;
  let x2 = first;
  let y1 = first * gain;
  let y2 = y1;
  for (let k = 0; k < n; k++) {
    const i = backwards ? n - 1 - k : k;
    const value = x[i] ?? 0;
    const y = s.b0 * value + s.b1 * x1 + s.b2 * x2 - s.a1 * y1 - s.a2 * y2;
    x2 = x1;
    x1 = value;
    y2 = y1;
    y1 = y;
    x[i] = y;
  }
}

/** Zero phase, so that no wave moves against the grid. */
export function filtered(samples: Float32Array, rate: number, filter: DisplayFilter): Float32Array {
  const sections: Section[] = [];
  if (filter.highPassHz > 0) sections.push(section('high', filter.highPassHz, rate, Math.SQRT1_2));
  if (filter.lowPassHz > 0 && filter.lowPassHz < rate * 0.45)
    sections.push(section('low', filter.lowPassHz, rate, Math.SQRT1_2));
  if (filter.notch50 && rate > 120) sections.push(section('notch', 50, rate, 10));
  if (sections.length === 0) return samples;
  const out = Float32Array.from(samples);
  for (const s of sections) {
    run(out, s, false);
    run(out, s, true);
  }
  return out;
}
