import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  cpsc2019Records,
  fixtures as benchFixtures,
  score,
  wfdbRecords,
} from '../../../../bench/ecg/annotated.ts';
import { analyse } from '../../../../server/ecg/analysis/analyse.ts';
import { analyseLong } from '../../../../server/ecg/analysis/analyseLong.ts';
import { detectRPeaks } from '../../../../server/ecg/analysis/rPeaks.ts';
import { readRecording, readRecordingFiles } from '../../../../server/ecg/formats/index.ts';
import type { EcgRecording } from '../../../../server/ecg/formats/model.ts';
import { fixture, fixturesPresent, record } from '../fixtures.ts';

const rulesOf = (recording: EcgRecording): string[] => analyse(recording).flags.map((flag) => flag.rule);

describe.skipIf(!fixturesPresent)('measuring real recordings (../shared/fixtures/ecg)', () => {
  test('the public reference recording has regular beats and none called ventricular', () => {
    const { beats } = analyse(readRecording(fixture('reference', 'example.scp')));
    expect(beats.map((beat) => beat.kind)).toEqual(Array.from({ length: 12 }, () => 'normal'));
  });

  test('deep S waves that were marked for R do not make beats ventricular; wide premature ones are', () => {
    const kinds = (name: string, kind: string): number =>
      analyse(readRecordingFiles(record('cinc2021', name))).beats.filter((beat) => beat.kind === kind).length;
    expect(kinds('HR06002', 'normal')).toBe(6); // the seventh is cut short by the calibration pulse
    expect(kinds('JS20002', 'ventricular')).toBe(0);
    expect(kinds('JS20004', 'ventricular')).toBe(3);
  });

  test('our values stand near those of the machines', () => {
    for (const [path, wanted] of [
      [['reference', 'example.scp'], { prMs: 148, qrsMs: 120, qtMs: 420 }],
      [['philips', '2020-5-18-1.04.01.xml'], { heartRateBpm: 64, prMs: 164, qrsMs: 102, qtMs: 399 }],
    ] as const) {
      const { measurements } = analyse(readRecording(fixture(...path)));
      for (const [key, value] of Object.entries(wanted))
        expect(Math.abs((measurements[key as 'prMs'] ?? 0) - value), `${path[1]} ${key}`).toBeLessThan(20);
    }
    expect(rulesOf(readRecording(fixture('philips', '129DYPRG-1.03.xml')))).toContain('st-elevation');
  });

  test('R peaks on annotated records', () => {
    const figures = (
      records: ReturnType<typeof wfdbRecords>,
      toleranceMs: number,
      edge: number,
    ): { se: number; pp: number } => {
      let tp = 0;
      let fn = 0;
      let fp = 0;
      for (const entry of records) {
        const s = score(
          entry.beats,
          detectRPeaks(entry.leads, entry.rateHz),
          entry.rateHz,
          toleranceMs,
          entry.leads[0]!.length,
          edge,
        );
        tp += s.truePositive;
        fn += s.falseNegative;
        fp += s.falsePositive;
      }
      return { se: (100 * tp) / (tp + fn), pp: (100 * tp) / (tp + fp) };
    };
    const mitBih = figures(wfdbRecords(join(benchFixtures, 'wfdb')), 150, 0);
    expect(Math.min(mitBih.se, mitBih.pp)).toBeGreaterThan(99.8);
    const holter = figures(wfdbRecords(join(benchFixtures, 'cpsc2021')), 150, 0);
    expect(Math.min(holter.se, holter.pp)).toBeGreaterThan(99.5);
    const hard = figures(cpsc2019Records(join(benchFixtures, 'cpsc2019')), 75, 0.5);
    expect(Math.min(hard.se, hard.pp)).toBeGreaterThan(99);
  });

  test('a long PR interval with irregular beats is no fibrillation; persistent fibrillation is found', () => {
    const flagged = (name: string): boolean => {
      const folder = join(benchFixtures, 'cpsc2021');
      const recording = readRecordingFiles(
        ['hea', 'dat'].map((ending) => ({
          name: `${name}.${ending}`,
          bytes: readFileSync(join(folder, `${name}.${ending}`)),
        })),
      );
      return analyseLong(recording).analysis.flags.some((flag) => flag.rule === 'atrial-fibrillation');
    };
    expect(['data_35_4', 'data_35_6', 'data_35_10', 'data_21_8'].filter(flagged)).toEqual([]);
    expect(['data_84_2', 'data_8_2', 'data_8_4'].filter(flagged)).toHaveLength(3);
    // fast, over 53 of 121 seconds
    expect(flagged('data_101_8')).toBe(true);
  });

  test('a twelve-lead infarction of PTB is measured over its 38 seconds', () => {
    const { measurements, beats } = analyse(readRecordingFiles(record('wfdb', 's0010_re')));
    expect(beats.length).toBeGreaterThan(45);
    expect(measurements.heartRateBpm).toBeGreaterThan(75);
  });
});
