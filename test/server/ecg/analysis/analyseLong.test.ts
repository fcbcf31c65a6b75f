import { describe, expect, test } from 'vitest';
import { analyseLong } from '../../../../server/ecg/analysis/analyseLong.ts';
import {
  synthesise,
  synthesiseDay,
  type DayPart,
  type SyntheticPattern,
} from '../../../../server/ecg/demo/synthesise.ts';
import { writeWfdb, writeWfdbUnits } from '../../../../server/ecg/demo/writeWfdb.ts';
import { readRecordingFiles } from '../../../../server/ecg/formats/index.ts';
import type { EcgRecording } from '../../../../server/ecg/formats/model.ts';

const synthetic = (pattern: SyntheticPattern, seconds = 10, rate = 500): EcgRecording =>
  readRecordingFiles(writeWfdb('S', synthesise(pattern, seconds, rate), rate, ['SYNTHETIC']));

describe('a long recording', () => {
  test('a long strip: trend by minute, the pause among the events, memory of a block', () => {
    const { strip, analysis } = analyseLong(
      synthetic({ bpm: 72, ectopicEvery: 23, pauseMs: 2300 }, 900, 200),
    );
    expect(strip.trend).toHaveLength(15);
    expect(strip.events[0]).toMatchObject({ kind: 'pause', value: 2300 });
    expect(Math.abs(strip.totals.beats - 1080)).toBeLessThan(12);
    expect(analysis.flags.map((flag) => flag.rule)).toContain('ventricular-ectopy');
  });
});

describe('episodes of suspected fibrillation in a long recording', () => {
  const measured = (parts: DayPart[], seconds: number) => {
    const files = writeWfdbUnits('L', synthesiseDay(parts, seconds, 125, ['II', 'V1', 'V5'], 5), 125, []);
    return analyseLong(readRecordingFiles(files));
  };

  test('one of 40 s in twenty minutes is listed with start, length and share, and raises the rule', () => {
    const { strip, analysis } = measured(
      [
        { fromSecond: 0, bpm: 72, ectopicEvery: 19 },
        { fromSecond: 500, bpm: 110, fibrillation: true },
        { fromSecond: 540, bpm: 75 },
      ],
      1200,
    );
    const [episode, ...others] = strip.events.filter((event) => event.kind === 'fibrillation');
    expect(others).toEqual([]);
    expect(Math.abs((episode?.atMs ?? 0) - 500_000)).toBeLessThanOrEqual(15_000);
    expect(Math.abs((episode?.lengthMs ?? 0) - 40_000)).toBeLessThanOrEqual(15_000);
    expect(strip.totals.fibrillationPercent).toBeCloseTo((episode?.lengthMs ?? 0) / 12_000, 1);
    expect(analysis.flags.find((flag) => flag.rule === 'atrial-fibrillation')).toMatchObject({
      lead: 'II/V1',
      atMs: episode?.atMs,
      values: { episodes: 1, burdenPercent: strip.totals.fibrillationPercent },
    });
  });

  test('ectopic beats, changes of rate and an episode of 15 s are none', () => {
    const { strip, analysis } = measured(
      [
        { fromSecond: 0, bpm: 72, ectopicEvery: 4 },
        { fromSecond: 300, bpm: 120 },
        { fromSecond: 500, bpm: 90, fibrillation: true },
        { fromSecond: 515, bpm: 60, pauseMs: 2500 },
      ],
      900,
    );
    expect(strip.totals.fibrillationEpisodes).toBe(0);
    expect(analysis.flags.map((flag) => flag.rule)).not.toContain('atrial-fibrillation');
  });
});
