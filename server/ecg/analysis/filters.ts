/** Filters for measuring and display. All work on copies: the recording itself is never changed. */

interface Biquad {
  b0: number;
  b1: number;
  b2: number;
  a1: number;
  a2: number;
}

/** Second-order sections after R. Bristow-Johnson's audio cookbook. */
function section(kind: 'low' | 'high' | 'notch', frequencyHz: number, rateHz: number, q: number): Biquad {
  const w = (2 * Math.PI * Math.min(frequencyHz, rateHz * 0.49)) / rateHz;
  const cos = Math.cos(w);
  const alpha = Math.sin(w) / (2 * q);
  const a0 = 1 + alpha;
  const [b0, b1] =
    kind === 'low' ? [(1 - cos) / 2, 1 - cos] : kind === 'high' ? [(1 + cos) / 2, -(1 + cos)] : [1, -2 * cos];
  return { b0: b0 / a0, b1: b1 / a0, b2: b0 / a0, a1: (-2 * cos) / a0, a2: (1 - alpha) / a0 };
}

function run(x: Float64Array, { b0, b1, b2, a1, a2 }: Biquad, backwards: boolean): void {
  const n = x.length;
  const step = backwards ? -1 : 1;
  let i = backwards ? n - 1 : 0;
  // start in the steady state of the first value, so that an offset makes no step
  const first = x[i] ?? 0;
  let x1 = first;
  let x2 = first;
  let y1 = first * ((b0 + b1 + b2) / (1 + a1 + a2));
  let y2 = y1;
  for (let k = 0; k < n; k++, i += step) {
    const value = x[i] as number;
    const y = b0 * value + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    x2 = x1;
    x1 = value;
    y2 = y1;
    y1 = y;
    x[i] = y;
  }
}

/** Zero phase: once forwards, once backwards, so no wave moves in time. */
function zeroPhase(x: ArrayLike<number>, s: Biquad): Float64Array {
  const out = new Float64Array(x);
  run(out, s, false);
  run(out, s, true);
  return out;
}

export function highPass(x: ArrayLike<number>, frequencyHz: number, rateHz: number): Float64Array {
  return zeroPhase(x, section('high', frequencyHz, rateHz, Math.SQRT1_2));
}

export function lowPass(x: ArrayLike<number>, frequencyHz: number, rateHz: number): Float64Array {
  if (frequencyHz >= rateHz * 0.45) return new Float64Array(x);
  return zeroPhase(x, section('low', frequencyHz, rateHz, Math.SQRT1_2));
}

export function notch(x: ArrayLike<number>, frequencyHz: number, rateHz: number): Float64Array {
  return frequencyHz >= rateHz * 0.45
    ? new Float64Array(x)
    : zeroPhase(x, section('notch', frequencyHz, rateHz, 8));
}

export function bandPass(x: ArrayLike<number>, lowHz: number, highHz: number, rateHz: number): Float64Array {
  const out = new Float64Array(x);
  for (const s of [
    section('high', lowHz, rateHz, Math.SQRT1_2),
    section('low', highHz, rateHz, Math.SQRT1_2),
  ]) {
    run(out, s, false);
    run(out, s, true);
  }
  return out;
}

/** Centred moving average of `width` samples (made odd). */
export function movingAverage(x: ArrayLike<number>, width: number): Float64Array {
  const half = Math.max(0, Math.floor(width / 2));
  const n = x.length;
  const out = new Float64Array(n);
  const whole = 2 * half + 1;
  let sum = 0;
  for (let i = 0; i < Math.min(half, n); i++) sum += x[i] as number;
  for (let i = 0; i < n; i++) {
    if (i + half < n) sum += x[i + half] as number;
    if (i > half) sum -= x[i - half - 1] as number;
    const inside = i >= half && i + half < n;
    out[i] = sum / (inside ? whole : Math.min(n - 1, i + half) - Math.max(0, i - half) + 1);
  }
  return out;
}

export function median(values: ArrayLike<number>): number {
  const n = values.length;
  if (n === 0) return Number.NaN;
  if (n > 24) return quantile(values, 0.5);
  // insertion sort: most medians here are over a handful of values
  const sorted = new Array<number>(n);
  for (let i = 0; i < n; i++) {
    const value = values[i] as number;
    let k = i;
    while (k > 0 && (sorted[k - 1] as number) > value) {
      sorted[k] = sorted[k - 1] as number;
      k--;
    }
    sorted[k] = value;
  }
  const half = n >> 1;
  return n & 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** Exact quantile by selection: the copy is only ordered around the place that is asked for. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const n = values.length;
  if (n === 0) return Number.NaN;
  const copy = new Float64Array(values);
  const position = (n - 1) * share;
  const below = Math.floor(position);
  const low = select(copy, below);
  if (below === position) return low;
  let high = Infinity;
  for (let i = below + 1; i < n; i++) if ((copy[i] as number) < high) high = copy[i] as number;
  return low + (high - low) * (position - below);
}

/** Hoare's selection: afterwards everything before `k` is at most, everything behind at least the k-th value. */
function select(x: Float64Array, k: number): number {
  let left = 0;
  let right = x.length - 1;
  while (left < right) {
    const middle = (left + right) >> 1;
    const a = x[left] as number;
    const b = x[middle] as number;
    const c = x[right] as number;
    const pivot = a < b ? (b < c ? b : a < c ? c : a) : a < c ? a : b < c ? c : b;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((x[i] as number) < pivot) i++;
      while ((x[j] as number) > pivot) j--;
      if (i <= j) {
        const swapped = x[i] as number;
        x[i] = x[j] as number;
        x[j] = swapped;
        i++;
        j--;
      }
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else break;
  }
  return x[k] as number;
}
