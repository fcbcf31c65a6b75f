import { join } from 'node:path';
import { detectRPeaks } from '../../server/ecg/analysis/rPeaks.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { cpsc2019Records, fixtures, score, wfdbRecords } from './annotated.ts';
import type { AnnotatedRecord } from './annotated.ts';

interface RecordSet {
  name: string;
  records: AnnotatedRecord[];
  /** Tolerance the goal is stated at, ms. */
  toleranceMs: number;
  goalPercent: number | undefined;
  /** Seconds at both ends that the challenge leaves out of scoring. */
  edgeSeconds: number;
}

/** Every annotated record at hand; `ECG_BENCH_FOLDER` names further folders, split by colons: WFDB records with .atr, or `data` and `ref` as CPSC 2019 has them. */
function recordSets(): RecordSet[] {
  const more = (process.env.ECG_BENCH_FOLDER ?? '').split(':').filter(Boolean);
  const sets: RecordSet[] = [
    {
      name: 'mitbih',
      records: wfdbRecords(join(fixtures, 'wfdb')),
      toleranceMs: 150,
      goalPercent: 99.8,
      edgeSeconds: 0,
    },
    {
      name: 'cpsc2019',
      records: cpsc2019Records(join(fixtures, 'cpsc2019')),
      toleranceMs: 75,
      goalPercent: 99,
      edgeSeconds: 0.5,
    },
    {
      name: 'cpsc2021',
      records: wfdbRecords(join(fixtures, 'cpsc2021')),
      toleranceMs: 150,
      goalPercent: 99.5,
      edgeSeconds: 0,
    },
    ...more.flatMap((folder): RecordSet[] => [
      {
        name: folder,
        records: wfdbRecords(folder),
        toleranceMs: 150,
        goalPercent: undefined,
        edgeSeconds: 0,
      },
      {
        name: folder,
        records: cpsc2019Records(folder),
        toleranceMs: 75,
        goalPercent: undefined,
        edgeSeconds: 0.5,
      },
    ]),
  ];
  return sets.filter((set) => set.records.length > 0);
}

/**
 * Sensitivity and positive predictivity of R peaks at 150, 75 and 30 ms against the annotations. The sets in the fixtures
 * were used for tuning and for training the beat network, as were records 1–75 and 22 others of CPSC 2019: their figures
 * are figures of the tuning set. Others come by `ECG_BENCH_FOLDER`; figures of such ones, none of them trained on, are in
 * docs/ecg.md (CPSC 2019 records 76–100, CPSC 2021, MIT-BIH with the noise of NSTDB, which served in training).
 */
export const rPeaks: Bench = {
  name: 'ecg.rpeaks',
  about: 'R peaks against annotated records: sensitivity, positive predictivity, mean error',
  async run() {
    const rows: BenchRow[] = [];
    for (const set of recordSets()) {
      const detected = set.records.map((record) => detectRPeaks(record.leads, record.rateHz));
      for (const toleranceMs of [150, 75, 30]) {
        const total = { truePositive: 0, falseNegative: 0, falsePositive: 0, errorMs: 0 };
        const bySe: number[] = [];
        const byPp: number[] = [];
        set.records.forEach((record, i) => {
          const s = score(
            record.beats,
            detected[i] ?? [],
            record.rateHz,
            toleranceMs,
            record.leads[0]?.length,
            set.edgeSeconds,
          );
          for (const key of ['truePositive', 'falseNegative', 'falsePositive', 'errorMs'] as const)
            total[key] += s[key];
          bySe.push((100 * s.truePositive) / Math.max(1, s.truePositive + s.falseNegative));
          byPp.push((100 * s.truePositive) / Math.max(1, s.truePositive + s.falsePositive));
        });
        const beats = total.truePositive + total.falseNegative;
        const se = (100 * total.truePositive) / beats;
        const pp = (100 * total.truePositive) / (total.truePositive + total.falsePositive);
        const goal = toleranceMs === set.toleranceMs ? set.goalPercent : undefined;
        const row = (what: string, value: number, spread: number[]): BenchRow => ({
          name: `ecg.rpeaks.${set.name}.${what}@${toleranceMs}ms`,
          value: Number(value.toFixed(2)),
          unit: `% of ${beats} beats, ${set.records.length} records`,
          spread: [Number(Math.min(...spread).toFixed(2)), Number(Math.max(...spread).toFixed(2))],
          ...(set.name === 'mitbih' &&
            toleranceMs === 150 && {
              peer: 'published: modified Pan–Tompkins with templates, whole database',
              peerValue: 99.78,
              ratio: Number((value / 99.78).toFixed(4)),
            }),
          target: goal === undefined ? 'reported' : `≥ ${goal} %`,
          pass: goal === undefined ? null : value >= goal,
          command: 'npm run bench -- --only ecg.rpeaks',
        });
        rows.push(row('sensitivity', se, bySe), row('predictivity', pp, byPp));
        if (toleranceMs === 150) {
          const error = total.errorMs / Math.max(1, total.truePositive);
          rows.push({
            name: `ecg.rpeaks.${set.name}.error`,
            value: Number(error.toFixed(1)),
            unit: 'ms',
            spread: [Number(error.toFixed(1)), Number(error.toFixed(1))],
            target: 'reported',
            pass: null,
            command: 'npm run bench -- --only ecg.rpeaks',
          });
        }
      }
    }
    return rows;
  },
};
