import { describe, expect, it } from 'vitest';
import { rowsOf } from '../../../viewer/src/centers/ecg/paper/layouts.ts';
import { leastHeight, placeLeads } from '../../../viewer/src/centers/ecg/paper/placeLeads.ts';
import type { Trace } from '../../../viewer/src/centers/ecg/types.ts';

const names = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const scale = { pxPerMm: 3.78, mmPerSecond: 25, mmPerMillivolt: 10, zoom: 1 };

const traceWith = (peaks: Record<string, number>): Trace => ({
  samplingRateHz: 500,
  from: 0,
  count: 5000,
  missing: new Map(),
  leads: new Map(
    names.map((name) => [
      name,
      Float32Array.from({ length: 5000 }, (_, i) => (i % 400 === 9 ? (peaks[name] ?? 500) : 0)),
    ]),
  ),
});

const placed = (trace: Trace, layout: '3x4+1' | '12x1' | 'cabrera' | 'single', height: number) => {
  const rows = rowsOf(layout, names, 'II');
  const tall = Math.max(height, leastHeight(rows, trace, scale, 28));
  return { tall, leads: placeLeads(rows, trace, 0, scale, { width: 900, height: tall, ratio: 1 }).leads };
};

describe('rows of the paper', () => {
  it.each(['3x4+1', '12x1', 'cabrera', 'single'] as const)('no wave leaves the sheet in %s', (layout) => {
    const peaks = { I: 2600, V4: 4800, II: -2400, V6: -2900, aVR: -3000, aVL: -2500 };
    const { tall, leads } = placed(traceWith(peaks), layout, 480);
    for (const { name, middle, inverted } of leads) {
      const px = ((peaks[name as keyof typeof peaks] ?? 500) / 1000) * 37.8 * (inverted ? -1 : 1);
      expect(middle - px, name).toBeGreaterThan(0);
      expect(middle - px, name).toBeLessThan(tall);
    }
  });

  it('stand evenly where nothing reaches the edge', () => {
    const { leads } = placed(traceWith({}), '3x4+1', 600);
    const middles = [...new Set(leads.map((lead) => lead.middle))];
    expect(middles.slice(1).map((middle, i) => middle - middles[i]!)).toEqual([150, 150, 150]);
  });
});
