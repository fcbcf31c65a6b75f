/**
 * Synthetic ECGs for the demo county and for trials: waves as Gaussian bumps on a dipole-like lead field. Every file
 * made here says that it is synthetic.
 */
export interface SyntheticPattern {
  bpm: number;
  /** Irregular intervals and no P waves. */
  fibrillation?: boolean;
  /** ST shift in µV by lead. */
  st?: Partial<Record<LeadName, number>>;
  /** Every n-th beat is a wide, early one. */
  ectopicEvery?: number;
  /** Longest pause in ms, once. */
  pauseMs?: number;
  tFactor?: number;
  noiseMicrovolt?: number;
  /** Lead without signal. */
  leadOff?: LeadName;
}

export const leadNames = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;
export type LeadName = (typeof leadNames)[number];

/** Heights in µV of P, Q, R, S and T in the eight measured leads. */
const shapes: Partial<Record<LeadName, [p: number, q: number, r: number, s: number, t: number]>> = {
  I: [70, -40, 620, -90, 190],
  II: [120, -60, 1050, -150, 300],
  V1: [60, 0, 220, -900, -60],
  V2: [70, 0, 420, -1300, 420],
  V3: [70, -20, 760, -900, 520],
  V4: [70, -60, 1250, -480, 480],
  V5: [65, -80, 1200, -220, 360],
  V6: [60, -80, 950, -110, 270],
};

function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Eight leads in µV; III and the augmented leads follow from I and II. */
export function synthesise(
  pattern: SyntheticPattern,
  seconds = 10,
  rateHz = 500,
  seed = 1,
  wanted: readonly LeadName[] = leadNames,
): Map<LeadName, Float64Array> {
  const next = random(seed);
  const n = Math.round(seconds * rateHz);
  const beats = beatTimes(pattern, seconds, next);
  const out = new Map<LeadName, Float64Array>();
  for (const name of leadNames) {
    const shape = shapes[name];
    if (shape && wanted.includes(name))
      out.set(
        name,
        drawLead(
          name,
          shape,
          pattern,
          beats,
          n,
          rateHz,
          random(seed * 31 + name.charCodeAt(0) * 7 + name.length),
        ),
      );
  }
  return out;
}

interface BeatTime {
  at: number;
  wide: boolean;
  rr: number;
  /** Within fibrillation. */
  withoutP?: boolean;
}

/** A part of a long recording: what happens from `fromSecond` on. */
export interface DayPart extends SyntheticPattern {
  fromSecond: number;
}

/** Leads of a day in units of 2.5 µV, drawn in pieces so that memory stays that of one piece. */
export function synthesiseDay(
  parts: readonly DayPart[],
  seconds: number,
  rateHz: number,
  wanted: readonly LeadName[],
  seed = 1,
): Map<LeadName, Int16Array> {
  const beats = dayBeats(parts, seconds, random(seed));
  const pieceSeconds = 600;
  const leads = new Map(wanted.map((name) => [name, new Int16Array(Math.round(seconds * rateHz))]));
  for (let from = 0; from < seconds; from += pieceSeconds) {
    const n = Math.round(Math.min(pieceSeconds, seconds - from) * rateHz);
    const inside = beats
      .filter(({ at }) => at > from - 1 && at < from + pieceSeconds + 1)
      .map((beat) => ({ ...beat, at: beat.at - from }));
    for (const [name, samples] of leads) {
      const shape = shapes[name];
      if (!shape) continue;
      const noise = random(seed * 31 + from + name.length * 7 + name.charCodeAt(0));
      const piece = drawLead(name, shape, { bpm: 0 }, inside, n, rateHz, noise);
      for (let i = 0; i < n; i++)
        samples[Math.round(from * rateHz) + i] = Math.round((piece[i] as number) / 2.5);
    }
  }
  return leads;
}

/** Beats of all parts one after the other; the interval across a seam is that of the part before. */
function dayBeats(parts: readonly DayPart[], seconds: number, next: () => number): BeatTime[] {
  const beats: BeatTime[] = [];
  let at = 0.35;
  parts.forEach((part, p) => {
    const end = parts[p + 1]?.fromSecond ?? seconds;
    const own = beatTimes(part, end - at + 0.35, next);
    for (const beat of own)
      beats.push({ ...beat, at: beat.at + at - 0.35, ...(part.fibrillation && { withoutP: true }) });
    const last = beats.at(-1);
    if (last) at = last.at + (last.wide ? last.rr * 1.35 : last.rr);
  });
  return beats;
}

function beatTimes(pattern: SyntheticPattern, seconds: number, next: () => number): BeatTime[] {
  const rr = 60 / pattern.bpm;
  const beats: BeatTime[] = [];
  let at = 0.35;
  for (let i = 1; at < seconds; i++) {
    const wide = pattern.ectopicEvery !== undefined && i % pattern.ectopicEvery === 0;
    const varied = pattern.fibrillation
      ? rr * (0.65 + 0.75 * next())
      : rr * (1 + 0.02 * Math.sin(i * 0.9) + 0.01 * (next() - 0.5));
    beats.push({ at, wide, rr: varied });
    const early = pattern.ectopicEvery !== undefined && (i + 1) % pattern.ectopicEvery === 0;
    at += wide ? rr * 1.35 : early ? rr * 0.62 : pattern.pauseMs && i === 5 ? pattern.pauseMs / 1000 : varied;
  }
  return beats;
}

function drawLead(
  name: LeadName,
  shape: [number, number, number, number, number],
  pattern: SyntheticPattern,
  beats: BeatTime[],
  n: number,
  rate: number,
  next: () => number,
): Float64Array {
  const x = new Float64Array(n);
  if (pattern.leadOff === name) return x;
  const [p, q, r, s, t] = shape;
  const bump = (centre: number, width: number, height: number): void => {
    for (
      let i = Math.max(0, Math.floor((centre - 4 * width) * rate));
      i < Math.min(n, (centre + 4 * width) * rate);
      i++
    )
      x[i] = (x[i] as number) + height * Math.exp(-(((i / rate - centre) / width) ** 2));
  };
  const st = pattern.st?.[name] ?? 0;
  for (const beat of beats) {
    const qt = 0.29 * Math.sqrt(Math.min(1.2, beat.rr) / 0.8);
    if (beat.wide) {
      bump(beat.at, 0.045, 1.5 * (r + s));
      bump(beat.at + 0.09, 0.04, -0.5 * (r + s));
      bump(beat.at + 0.28, 0.07, -0.45 * (r + s));
      continue;
    }
    if (!pattern.fibrillation && !beat.withoutP) bump(beat.at - 0.16, 0.026, p);
    bump(beat.at - 0.024, 0.009, q);
    bump(beat.at, 0.012, r);
    bump(beat.at + 0.025, 0.011, s);
    bump(beat.at + qt, 0.052, t * (pattern.tFactor ?? 1));
    // a plateau between QRS and T
    for (let k = 0; k < 6; k++) bump(beat.at + 0.06 + (k * (qt - 0.04)) / 6, 0.028, st * 0.62);
  }
  const noise = pattern.noiseMicrovolt ?? 5;
  for (let i = 0; i < n; i++) {
    const f = pattern.fibrillation
      ? 35 * Math.sin((2 * Math.PI * 6.3 * i) / rate + 0.7 * Math.sin(i / rate))
      : 0;
    x[i] =
      (x[i] as number) + noise * (next() + next() - 1) + 18 * Math.sin((2 * Math.PI * 0.22 * i) / rate) + f;
  }
  return x;
}
