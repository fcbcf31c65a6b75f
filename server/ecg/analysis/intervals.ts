import type { Beat, LeadMeasurement, Measurements, MedianBeatResult } from './types.ts';

/** QTc by four formulas; QT in ms, rate in beats per minute. */
export function correctedQt(
  qtMs: number,
  heartRateBpm: number,
): { bazett: number; fridericia: number; framingham: number; hodges: number } {
  const rr = 60 / heartRateBpm;
  return {
    bazett: Math.round(qtMs / Math.sqrt(rr)),
    fridericia: Math.round(qtMs / Math.cbrt(rr)),
    framingham: Math.round(qtMs + 154 * (1 - rr)),
    hodges: Math.round(qtMs + 1.75 * (heartRateBpm - 60)),
  };
}

/** Frontal axis from the net areas of I and aVF (aVF is weaker by √3/2 in Goldberger's leads). */
function axis(
  beat: MedianBeatResult,
  fromMs: number | undefined,
  toMs: number | undefined,
): number | undefined {
  const one = beat.leads.find((lead) => lead.name === 'I')?.microvolts;
  const foot = beat.leads.find((lead) => lead.name === 'aVF')?.microvolts;
  if (!one || !foot || fromMs === undefined || toMs === undefined) return undefined;
  const from = Math.round((fromMs / 1000) * beat.samplingRateHz);
  const to = Math.round((toMs / 1000) * beat.samplingRateHz);
  const area = (x: Float64Array): number => {
    let sum = 0;
    const a = x[from] ?? 0;
    const b = x[to] ?? 0;
    for (let i = from; i <= to && i < x.length; i++)
      sum += (x[i] as number) - (a + ((b - a) * (i - from)) / Math.max(1, to - from));
    return sum;
  };
  const x = area(one);
  const y = (area(foot) * 2) / Math.sqrt(3);
  if (Math.hypot(x, y) < 200) return undefined;
  return Math.round((Math.atan2(y, x) * 180) / Math.PI);
}

/** Intervals, axes, QTc and variability from the beats and the median beat. Recomputed when marks are corrected. */
export function measureIntervals(beats: Beat[], beat: MedianBeatResult | undefined): Measurements {
  const all = beats.filter((entry) => entry.rrMs > 0).map((entry) => entry.rrMs);
  const m: Measurements = {};
  if (all.length > 0) {
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    m.rrMeanMs = Math.round(mean);
    m.heartRateBpm = Math.round(60000 / mean);
    m.rrMinimumMs = Math.round(Math.min(...all));
    m.rrMaximumMs = Math.round(Math.max(...all));
  }
  Object.assign(m, variability(beats));
  if (!beat) return m;
  const f = beat.fiducials;
  m.qrsMs = Math.round(f.qrsOffMs - f.qrsOnMs);
  if (f.pOnMs !== undefined && f.pOffMs !== undefined) {
    m.pMs = Math.round(f.pOffMs - f.pOnMs);
    m.prMs = Math.round(f.qrsOnMs - f.pOnMs);
  }
  if (f.tOffMs !== undefined) m.qtMs = Math.round(f.tOffMs - f.qrsOnMs);
  if (m.qtMs !== undefined && m.heartRateBpm !== undefined) {
    const c = correctedQt(m.qtMs, m.heartRateBpm);
    Object.assign(m, {
      qtcMs: c.bazett,
      qtcBazettMs: c.bazett,
      qtcFridericiaMs: c.fridericia,
      qtcFraminghamMs: c.framingham,
      qtcHodgesMs: c.hodges,
    });
  }
  const p = axis(beat, f.pOnMs, f.pOffMs);
  const qrs = axis(beat, f.qrsOnMs, f.qrsOffMs);
  const t = axis(beat, f.tOffMs === undefined ? undefined : f.qrsOffMs + 60, f.tOffMs);
  if (p !== undefined) m.pAxisDegrees = p;
  if (qrs !== undefined) m.qrsAxisDegrees = qrs;
  if (t !== undefined) m.tAxisDegrees = t;
  return m;
}

/** Time-domain variability over intervals between normal beats (Task Force 1996). */
export function variability(beats: Beat[]): Pick<Measurements, 'sdnnMs' | 'rmssdMs' | 'pnn50Percent'> {
  const nn: number[] = [];
  for (let i = 1; i < beats.length; i++)
    if (beats[i]?.kind === 'normal' && beats[i - 1]?.kind === 'normal') nn.push(beats[i]?.rrMs ?? 0);
  if (nn.length < 4) return {};
  const mean = nn.reduce((sum, value) => sum + value, 0) / nn.length;
  const steps = nn.slice(1).map((value, i) => value - (nn[i] as number));
  return {
    sdnnMs: Math.round(Math.sqrt(nn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (nn.length - 1))),
    rmssdMs: Math.round(Math.sqrt(steps.reduce((sum, value) => sum + value ** 2, 0) / steps.length)),
    pnn50Percent: Math.round((100 * steps.filter((step) => Math.abs(step) > 50).length) / steps.length),
  };
}

/** Amplitudes and ST levels of every lead at J, J+60 and J+80. */
export function measureLeads(beat: MedianBeatResult): LeadMeasurement[] {
  const rate = beat.samplingRateHz;
  const index = (ms: number): number => Math.round((ms / 1000) * rate);
  const f = beat.fiducials;
  return beat.leads.map(({ name, microvolts }) => {
    const value = (ms: number): number => {
      const i = index(ms);
      const near = microvolts.subarray(Math.max(0, i - 1), i + 2);
      return Math.round(near.reduce((sum, v) => sum + v, 0) / Math.max(1, near.length));
    };
    const qrs = microvolts.subarray(index(f.qrsOnMs), index(f.qrsOffMs) + 1);
    let top = 0;
    for (let i = 0; i < qrs.length; i++) if ((qrs[i] as number) > (qrs[top] as number)) top = i;
    const lowest = (part: Float64Array): number => (part.length > 0 ? Math.min(0, ...part) : 0);
    const result: LeadMeasurement = {
      name,
      qMicrovolt: Math.round(lowest(qrs.subarray(0, top))),
      rMicrovolt: Math.round(Math.max(0, qrs[top] ?? 0)),
      sMicrovolt: Math.round(lowest(qrs.subarray(top))),
      stJMicrovolt: value(f.qrsOffMs),
      stJ60Microvolt: value(f.qrsOffMs + 60),
      stJ80Microvolt: value(f.qrsOffMs + 80),
    };
    if (f.tOffMs !== undefined)
      result.tMicrovolt = extreme(microvolts.subarray(index(f.qrsOffMs + 80), index(f.tOffMs)));
    if (f.pOnMs !== undefined && f.pOffMs !== undefined)
      result.pMicrovolt = extreme(microvolts.subarray(index(f.pOnMs), index(f.pOffMs)));
    return result;
  });
}

function extreme(part: Float64Array): number {
  if (part.length === 0) return 0;
  const high = Math.max(...part);
  const low = Math.min(...part);
  return Math.round(Math.abs(high) >= Math.abs(low) ? high : low);
}
