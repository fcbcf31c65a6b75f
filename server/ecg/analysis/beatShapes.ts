/** A beat over all leads behind each other, the mean of each lead removed. */
export type Shape = Float64Array;

export interface Fit {
  /** Correlation with the template at the best lag, -1…1. */
  likeness: number;
  /** Samples by which the beat lies behind the template. */
  lag: number;
}

/** Marks of one rhythm may sit on the R of one beat and on the S of the next: that far apart at most. */
const reachSeconds = 0.05;
/** Alike enough that the marks sit on the same wave. */
const surelyAlike = 0.95;

/** Cuts beats out of the leads, and compares them wherever within their reach they fit best. */
export class BeatShapes {
  private readonly leads: Float64Array[];
  private readonly rateHz: number;
  private readonly before: number;
  private readonly step: number;
  private readonly width: number;
  private readonly reach: number;
  private readonly kept = new Map<number, Shape>();

  constructor(leads: Float64Array[], rateHz: number) {
    this.leads = leads;
    this.rateHz = rateHz;
    this.before = Math.round(rateHz * 0.06);
    this.step = Math.max(1, Math.round(rateHz / 200));
    this.width = Math.floor((this.before + Math.round(rateHz * 0.1)) / this.step);
    this.reach = Math.round(rateHz * reachSeconds);
  }

  /** True where the whole complex lies within the recording. */
  whole(peak: number): boolean {
    const length = this.leads[0]?.length ?? 0;
    return peak >= this.before && peak - this.before + this.width * this.step <= length;
  }

  at(peak: number): Shape {
    const known = this.kept.get(peak);
    if (known) return known;
    const { width } = this;
    const shape = new Float64Array(width * this.leads.length);
    for (const [l, lead] of this.leads.entries()) {
      let mean = 0;
      for (let k = 0; k < width; k++) {
        const at = Math.min(lead.length - 1, Math.max(0, peak - this.before + k * this.step));
        const value = lead[at] as number;
        shape[l * width + k] = value;
        mean += value / width;
      }
      for (let k = 0; k < width; k++) shape[l * width + k] = (shape[l * width + k] as number) - mean;
    }
    this.kept.set(peak, shape);
    return shape;
  }

  /** How alike the beat at `peak` is to the template when both are laid over each other as well as they can be. */
  fit(template: Shape, peak: number): Fit {
    let best: Fit = { likeness: correlation(template, this.at(peak)), lag: 0 };
    if (best.likeness >= surelyAlike) return best;
    for (let lag = this.step; lag <= this.reach; lag += this.step)
      for (const signed of [lag, -lag]) {
        if (!this.whole(peak + signed)) continue;
        const likeness = correlation(template, this.at(peak + signed));
        if (likeness > best.likeness) best = { likeness, lag: signed };
      }
    return best;
  }

  /** Milliseconds for which the leads together move steeply around the peak: the width of the complex, roughly. */
  widthMs(peak: number): number {
    const { rateHz } = this;
    const half = Math.max(1, Math.round(rateHz * 0.008));
    const from = Math.max(half, peak - Math.round(rateHz * 0.12));
    const to = Math.min((this.leads[0]?.length ?? 0) - half, peak + Math.round(rateHz * 0.14));
    const slope = (i: number): number => {
      let sum = 0;
      for (const lead of this.leads) sum += ((lead[i + half] as number) - (lead[i - half] as number)) ** 2;
      return Math.sqrt(sum);
    };
    const slopes = Array.from({ length: Math.max(0, to - from) }, (_, i) => slope(from + i));
    const near = Math.round(rateHz * 0.06);
    let steepest = Math.min(slopes.length - 1, Math.max(0, peak - from));
    for (let i = Math.max(0, peak - from - near); i < Math.min(slopes.length, peak - from + near); i++)
      if ((slopes[i] as number) > (slopes[steepest] as number)) steepest = i;
    const least = (slopes[steepest] ?? 0) * stillSteep;
    const pause = Math.round(rateHz * pauseSeconds);
    const edge = (direction: 1 | -1): number => {
      let last = steepest;
      for (let i = steepest; i >= 0 && i < slopes.length && Math.abs(i - last) <= pause; i += direction)
        if ((slopes[i] as number) > least) last = i;
      return last;
    };
    return ((edge(1) - edge(-1)) / rateHz) * 1000;
  }
}

/** Slopes below this share of the steepest one no longer belong to the complex, */
const stillSteep = 0.22;
/** unless a steep one follows this soon: a notch, the top of a blunt wave. */
const pauseSeconds = 0.03;

function correlation(a: Shape, b: Shape): number {
  let product = 0;
  let left = 0;
  let right = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    product += x * y;
    left += x * x;
    right += y * y;
  }
  return left > 0 && right > 0 ? product / Math.sqrt(left * right) : 0;
}
