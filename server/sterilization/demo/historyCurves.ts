import type { CurvePoint } from '../rules/a0.ts';

/** Pre-vacuum pulses, exposure at 134 °C, drying. */
export function steamCurve(random: () => number): CurvePoint[] {
  const points: CurvePoint[] = [];
  for (let s = 0; s < 900; s += 60)
    points.push({
      s,
      temperatureC: 55 + (s / 900) * 60 + (s % 180 === 0 ? -12 : 8),
      pressureKpa: s % 180 === 0 ? 12 : 140,
    });
  for (let s = 900; s < 1140; s += 30)
    points.push({ s, temperatureC: Math.min(133, 115 + (s - 900) / 12), pressureKpa: 150 + (s - 900) / 4.4 });
  for (let s = 1140; s <= 1440; s += 15)
    points.push({
      s,
      temperatureC: Math.round((134.9 + 0.6 * Math.sin(s / 50) + random() * 0.1) * 10) / 10,
      pressureKpa: 209,
    });
  for (let s = 1470; s <= 2900; s += 70)
    points.push({ s, temperatureC: Math.max(80, 128 - (s - 1470) / 28), pressureKpa: 8 });
  return points;
}

/** Warming, vacuum and diffusion of a plasma cycle. */
export function plasmaCurve(): CurvePoint[] {
  return Array.from({ length: 53 }, (_, minute) => ({
    s: minute * 60,
    temperatureC: minute < 12 ? 30 + minute * 1.25 : 45.5 + Math.round(5 * Math.sin(minute / 4)) / 10,
    pressureKpa: minute < 12 ? 60 - minute * 4.5 : 2,
  }));
}
