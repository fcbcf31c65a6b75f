import { lowPass, movingAverage, quantile } from './filters.ts';
import type { Fiducials } from './types.ts';

/** Length of the velocity vector of all leads: one curve that shows where any lead begins to move. */
function spatialVelocity(leads: Float64Array[], rateHz: number): Float64Array {
  const n = leads[0]?.length ?? 0;
  const out = new Float64Array(n);
  const d = Math.max(1, Math.round(rateHz * 0.004));
  for (let i = d; i < n - d; i++) {
    let sum = 0;
    for (const lead of leads) sum += ((lead[i + d] as number) - (lead[i - d] as number)) ** 2;
    out[i] = Math.sqrt(sum / leads.length);
  }
  return movingAverage(out, Math.max(3, rateHz * 0.008));
}

function peakOf(x: Float64Array, from: number, to: number): number {
  let best = Math.max(0, from);
  for (let i = best; i <= Math.min(x.length - 1, to); i++)
    if ((x[i] as number) > (x[best] as number)) best = i;
  return best;
}

/**
 * Global on- and offsets on the median beat. QRS: where the spatial velocity leaves and re-enters its quiet
 * level. T end: tangent at the steepest descent of each lead's T wave, median of the leads with a clear T.
 * P: the strongest bump before the QRS that stands out of the line.
 */
export function findFiducials(
  leads: Float64Array[],
  rSample: number,
  rateHz: number,
  rrMs: number,
): Fiducials {
  const ms = (samples: number): number => (samples / rateHz) * 1000;
  const at = (milliseconds: number): number => Math.round((milliseconds / 1000) * rateHz);
  const velocity = spatialVelocity(leads, rateHz);
  const top = peakOf(velocity, rSample - at(60), rSample + at(60));
  const height = velocity[top] as number;
  const { qrsOn, qrsOff } = qrsEdges(velocity, rSample, height, at);
  const tOff = tEnd(leads, qrsOn, qrsOff, at, rrMs, rateHz);
  const p = pWave(leads, qrsOn, at, rateHz);
  return {
    qrsOnMs: ms(qrsOn),
    qrsOffMs: ms(qrsOff),
    rMs: ms(highestPoint(leads, qrsOn, qrsOff)),
    ...(tOff === undefined ? {} : { tOffMs: ms(tOff) }),
    ...(p ? { pOnMs: ms(p.on), pOffMs: ms(p.off) } : {}),
  };
}

/** Where the leads together are farthest from the line: the common point of two beats laid over each other. */
function highestPoint(leads: Float64Array[], from: number, to: number): number {
  let best = from;
  let height = -1;
  for (let i = from; i <= to; i++) {
    let sum = 0;
    for (const lead of leads) sum += ((lead[i] as number) - (lead[from] as number)) ** 2;
    if (sum > height) {
      height = sum;
      best = i;
    }
  }
  return best;
}

function qrsEdges(
  velocity: Float64Array,
  r: number,
  height: number,
  at: (ms: number) => number,
): { qrsOn: number; qrsOff: number } {
  const quietBefore = quantile(velocity.subarray(Math.max(0, r - at(160)), Math.max(1, r - at(70))), 0.5);
  const quietAfter = quantile(velocity.subarray(r + at(110), r + at(190)), 0.4);
  const onLimit = Math.max(quietBefore * 1.7, quietBefore + 0.03 * height, 0.045 * height);
  const offLimit = Math.max(quietAfter * 1.5, quietAfter + 0.025 * height, 0.055 * height);
  const hold = Math.max(2, at(11));
  const quiet = (from: number, step: number, limit: number): boolean => {
    for (let k = 0; k < hold; k++) if ((velocity[from + k * step] ?? 0) > limit) return false;
    return true;
  };
  let qrsOn = peakOf(velocity, r - at(45), r + at(20));
  while (qrsOn > at(12) && r - qrsOn < at(130) && !quiet(qrsOn, -1, onLimit)) qrsOn--;
  let qrsOff = peakOf(velocity, r - at(10), r + at(60));
  while (qrsOff < velocity.length - at(12) && qrsOff - r < at(150) && !quiet(qrsOff, 1, offLimit)) qrsOff++;
  return { qrsOn, qrsOff };
}

/** Tangent method: steepest slope behind the T peak meets the line of the TP segment. */
function tEnd(
  leads: Float64Array[],
  qrsOn: number,
  qrsOff: number,
  at: (ms: number) => number,
  rrMs: number,
  rateHz: number,
): number | undefined {
  const n = leads[0]?.length ?? 0;
  const from = qrsOff + at(70);
  const to = Math.min(n - at(12), qrsOn + at(Math.min(620, rrMs * 0.72)));
  if (to - from < at(40)) return undefined;
  const found: { end: number; size: number }[] = [];
  for (const raw of leads) {
    const lead = lowPass(raw, 15, rateHz);
    const base = ((lead[to] as number) + (lead[from] as number)) / 2;
    const window = lead.subarray(from, to);
    const low = quantile(window, 0.02);
    const high = quantile(window, 0.98);
    const line = lead[to] as number;
    const upright = high - Math.max(base, line) >= Math.min(base, line) - low;
    const sign = upright ? 1 : -1;
    let peak = from;
    for (let i = from; i < to; i++) if (sign * (lead[i] as number) > sign * (lead[peak] as number)) peak = i;
    let steep = -1;
    let slope = 0;
    for (let i = peak + at(8); i < Math.min(to, peak + at(180)); i++) {
      const s = sign * ((lead[i - 2] as number) - (lead[i + 2] as number));
      if (s > slope) {
        slope = s;
        steep = i;
      }
    }
    const size = sign * ((lead[peak] as number) - line);
    if (steep < 0 || slope <= 0 || size < 40) continue;
    // the line the T wave falls back to: the flattest stretch behind it
    const rest = restLevel(lead, steep + at(30), Math.min(n - 1, steep + at(160)));
    const end = steep + (sign * ((lead[steep] as number) - rest)) / (slope / 4);
    if (end > peak && end < n) found.push({ end, size });
  }
  if (found.length === 0) return undefined;
  const largest = Math.max(...found.map((entry) => entry.size));
  const clear = found.filter((entry) => entry.size > largest * 0.35).map((entry) => entry.end);
  // the global end is a late one, but not that of a single odd lead
  return Math.round(quantile(clear, 0.85)) + at(6);
}

function restLevel(x: Float64Array, from: number, to: number): number {
  let best = x[Math.min(x.length - 1, from)] as number;
  let flattest = Infinity;
  for (let i = from; i < to - 4; i++) {
    const slope = Math.abs((x[i + 4] as number) - (x[i] as number));
    if (slope < flattest) {
      flattest = slope;
      best = x[i + 2] as number;
    }
  }
  return best;
}

function pWave(
  leads: Float64Array[],
  qrsOn: number,
  at: (ms: number) => number,
  rateHz: number,
): { on: number; off: number } | undefined {
  const from = Math.max(0, qrsOn - at(290));
  const to = qrsOn - at(12);
  if (to - from < at(70)) return undefined;
  const curve = new Float64Array(to - from);
  for (const raw of leads) {
    const lead = lowPass(raw, 25, rateHz);
    const a = lead[from] as number;
    const b = lead[to - 1] as number;
    for (let i = 0; i < curve.length; i++) {
      const line = a + ((b - a) * i) / Math.max(1, curve.length - 1);
      curve[i] = (curve[i] as number) + ((lead[from + i] as number) - line) ** 2;
    }
  }
  for (let i = 0; i < curve.length; i++) curve[i] = Math.sqrt((curve[i] as number) / leads.length);
  const peak = peakOf(curve, at(20), curve.length - at(15));
  const height = curve[peak] as number;
  const floor = quantile(curve, 0.2);
  if (height < 18 || height < floor * 2.5) return undefined;
  const velocity = spatialVelocity(
    leads.map((lead) => lowPass(lead, 25, rateHz).subarray(from, to)),
    rateHz,
  );
  const fastest = Math.max(...velocity.subarray(Math.max(0, peak - at(60)), peak + at(60)));
  let on = peak;
  while (on > 0 && ((curve[on] as number) > height * 0.25 || (velocity[on] as number) > fastest * 0.3)) on--;
  let off = peak;
  while (
    off < curve.length - 1 &&
    ((curve[off] as number) > height * 0.25 || (velocity[off] as number) > fastest * 0.3)
  )
    off++;
  if (on === 0 && (curve[0] as number) > height * 0.5) return undefined; // no beginning: the end of a T wave
  if (off - on < at(35) || off - on > at(190)) return undefined;
  return { on: from + on, off: from + off };
}
