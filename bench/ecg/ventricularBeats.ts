import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyseLong } from '../../server/ecg/analysis/analyseLong.ts';
import type { Beat } from '../../server/ecg/analysis/types.ts';
import { readRecordingFiles } from '../../server/ecg/formats/index.ts';
import { readAnnotations } from '../../server/ecg/formats/wfdbAnnotations.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { fixtures } from './annotated.ts';

/** V and E of annot(5); fusion, paced and unclassifiable beats count neither way, as ANSI/AAMI EC57 has it. */
const ventricular = new Set([5, 10]);
const others = new Set([1, 2, 3, 4, 7, 8, 9, 11, 34, 35]);
const toleranceSeconds = 0.15;

interface Count {
  truePositive: number;
  falseNegative: number;
  falsePositive: number;
}

/** Every annotated beat against the beat found nearest to it. */
function count(beats: Beat[], marks: readonly { sample: number; code: number }[], rateHz: number): Count {
  const result: Count = { truePositive: 0, falseNegative: 0, falsePositive: 0 };
  const tolerance = toleranceSeconds * rateHz;
  let at = 0;
  for (const mark of marks) {
    while (at < beats.length && (beats[at] as Beat).sample < mark.sample - tolerance) at++;
    const near = beats
      .slice(at, at + 3)
      .filter((beat) => Math.abs(beat.sample - mark.sample) <= tolerance)
      .sort((a, b) => Math.abs(a.sample - mark.sample) - Math.abs(b.sample - mark.sample))[0];
    const found = near?.kind === 'ventricular';
    if (ventricular.has(mark.code)) result[found ? 'truePositive' : 'falseNegative']++;
    else if (others.has(mark.code) && found) result.falsePositive++;
  }
  return result;
}

/** Which beats are called ventricular, against the annotated kinds of WFDB records; `ECG_BENCH_FOLDER` names more of them. */
export const ventricularBeats: Bench = {
  name: 'ecg.ventricular',
  about: 'ventricular beats against annotated beat kinds',
  run() {
    const folders = [
      join(fixtures, 'wfdb'),
      ...(process.env.ECG_BENCH_FOLDER ?? '').split(':').filter(Boolean),
    ];
    return Promise.resolve(folders.filter((folder) => existsSync(folder)).flatMap(rowsOf));
  },
};

function rowsOf(folder: string): BenchRow[] {
  const files = readdirSync(folder);
  const sum: Count = { truePositive: 0, falseNegative: 0, falsePositive: 0 };
  for (const file of files.filter((name) => name.endsWith('.atr'))) {
    const own = files.filter((name) => name.slice(0, name.lastIndexOf('.')) === file.slice(0, -4));
    const recording = readRecordingFiles(
      own.map((name) => ({ name, bytes: readFileSync(join(folder, name)) })),
    );
    const marks = readAnnotations(readFileSync(join(folder, file)));
    // paced hearts are left out, as EC57 has it
    if (marks.some((mark) => mark.code === 12)) continue;
    const found = count(analyseLong(recording).analysis.beats, marks, recording.samplingRateHz);
    for (const key of ['truePositive', 'falseNegative', 'falsePositive'] as const) sum[key] += found[key];
  }
  return (
    [
      ['sensitivity', sum.truePositive, sum.falseNegative],
      ['predictivity', sum.truePositive, sum.falsePositive],
    ] as const
  )
    .filter(([, a, b]) => a + b > 0)
    .map(([what, a, b]) => {
      const value = Number(((100 * a) / (a + b)).toFixed(2));
      return {
        name: `ecg.ventricular.${folder.startsWith(fixtures) ? 'mitbih-100' : folder}.${what}`,
        value,
        unit: `% (${a} of ${a + b})`,
        spread: [value, value],
        target: 'reported',
        pass: null,
        command: 'npm run bench -- --only ecg.ventricular',
      };
    });
}
