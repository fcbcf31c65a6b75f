import { describe, expect, it } from 'vitest';
import type { EcgRecording } from '../../../../server/ecg/formats/model.ts';
import { freeHeightMm, middlesMm } from '../../../../server/ecg/print/drawTrace.ts';
import { traceRows } from '../../../../server/ecg/print/printReport.ts';

const recording = (names: string[]): EcgRecording => ({
  format: 'synthetic',
  samplingRateHz: 250,
  patient: {},
  device: {},
  filters: {},
  machineMeasurements: {},
  machineStatements: [],
  notes: [],
  leads: names.map((name) => ({
    name,
    samples: new Int16Array(2500),
    microvoltPerUnit: 1,
    origin: 'recorded',
    startSample: 0,
  })),
});
const printed = (names: string[]): string[] =>
  traceRows(recording(names)).flatMap((row) => row.segments.map((segment) => segment.name));
const twelve = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

describe('trace rows of the printed report', () => {
  it('prints twelve leads in three rows of four and the rhythm strip', () => {
    expect(traceRows(recording(twelve))).toHaveLength(4);
    expect(new Set(printed(twelve))).toEqual(new Set(twelve));
  });

  it('leaves no lead out where one of the twelve is missing or more were recorded', () => {
    const missing = twelve.filter((name) => name !== 'V3');
    expect(printed(missing)).toEqual(missing);
    expect(printed([...twelve, 'V4R', 'V8'])).toEqual(expect.arrayContaining(['V4R', 'V8']));
  });
});

describe('rows of the printed trace', () => {
  const style = { mmPerSecond: 25, mmPerMillivolt: 10, samplingRateHz: 500 };
  const row = (peak: number) => ({
    segments: [
      {
        name: 'V4',
        microvolts: Float64Array.from({ length: 5000 }, (_, i) => (i % 400 === 9 ? peak : 0)),
        derived: false,
      },
    ],
  });

  it('stand evenly where nothing reaches the edge', () => {
    expect(middlesMm([row(900), row(900), row(900), row(900)], 265, 120, style)).toEqual([15, 45, 75, 105]);
  });

  it('make room for a high R wave in the first row, a deep S wave in the last, and one that crosses a row', () => {
    const middles = middlesMm([row(2600), row(4800), row(500), row(-2300)], 265, 120, style);
    expect(middles[0]! - 26).toBeGreaterThanOrEqual(1.9);
    expect(middles[1]! - 48).toBeGreaterThanOrEqual(1.5);
    expect(middles[3]! + 23).toBeLessThanOrEqual(118.1);
  });
});

describe('the name of a lead in print', () => {
  it('stands in its usual place over a quiet trace, and beside a tall R wave', () => {
    expect(freeHeightMm([0, 0.2, -0.1, 0])).toBe(8.5);
    const tall = [0, 0, 14, -3, 0, 2, 0];
    const top = freeHeightMm(tall);
    expect(top).toBeLessThan(-3);
    expect(freeHeightMm([0, 0, 9, 0])).toBe(13.5);
  });
});
