import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyse } from '../../server/ecg/analysis/analyse.ts';
import { analyseLong } from '../../server/ecg/analysis/analyseLong.ts';
import { readRecordingFiles } from '../../server/ecg/formats/index.ts';
import { recordingLength, type EcgRecording } from '../../server/ecg/formats/model.ts';
import { readAnnotations } from '../../server/ecg/formats/wfdbAnnotations.ts';
import type { Bench, BenchRow } from '../bench.ts';
import { fixtures } from './annotated.ts';

/** SNOMED CT codes of the PhysioNet Challenge 2021. */
const labels = {
  'atrial-fibrillation': ['164889003', '164890007'],
  bradycardia: ['426177001', '426627000'],
  tachycardia: ['427084000', '713422000', '426761007'],
} as const;

interface Count {
  truePositive: number;
  falsePositive: number;
  trueNegative: number;
  falseNegative: number;
}

function rows(name: string, c: Count): BenchRow[] {
  const share = (a: number, b: number): number =>
    a + b > 0 ? Number(((100 * a) / (a + b)).toFixed(1)) : Number.NaN;
  return (
    [
      ['sensitivity', c.truePositive, c.falseNegative],
      ['specificity', c.trueNegative, c.falsePositive],
    ] as const
  )
    .filter(([, a, b]) => a + b > 0)
    .map(([what, a, b]) => ({
      name: `ecg.flags.${name}.${what}`,
      value: share(a, b),
      unit: `% (${a} of ${a + b})`,
      spread: [share(a, b), share(a, b)],
      target: 'reported',
      pass: null,
      command: 'npm run bench -- --only ecg.flags',
    }));
}

const windowSeconds = 30;

/** Windows of 30 s that lie wholly inside or wholly outside annotated fibrillation or flutter. */
function fibrillationWindows(
  recording: EcgRecording,
  marks: readonly { sample: number; aux?: string | undefined }[],
  persistent: boolean,
): { labelled: boolean; flagged: boolean }[] {
  const rate = recording.samplingRateHz;
  const length = recordingLength(recording);
  const episodes: [number, number][] = [];
  let began: number | undefined = persistent ? 0 : undefined;
  for (const { sample, aux } of marks) {
    if (aux?.includes('(AF')) began ??= sample;
    else if (aux?.startsWith('(N') && began !== undefined && !persistent) {
      episodes.push([began, sample]);
      began = undefined;
    }
  }
  if (began !== undefined) episodes.push([began, length]);
  const windows: { labelled: boolean; flagged: boolean }[] = [];
  const size = windowSeconds * rate;
  for (let from = 0; from + size <= length; from += size) {
    const inside = episodes.reduce(
      (sum, [a, b]) => sum + Math.max(0, Math.min(b, from + size) - Math.max(a, from)),
      0,
    );
    if (inside > 0 && inside < size * 0.95) continue;
    const part = {
      ...recording,
      leads: recording.leads.map((lead) => ({
        ...lead,
        missing: [],
        samples: lead.samples.subarray(from, from + size),
      })),
    };
    windows.push({
      labelled: inside > 0,
      flagged: analyse(part).flags.some((flag) => flag.rule === 'atrial-fibrillation'),
    });
  }
  return windows;
}

/** Flags against the labels of cinc2021, and atrial fibrillation against the whole-record labels of cpsc2021. */
export const rhythmFlags: Bench = {
  name: 'ecg.flags',
  about: 'rhythm and rate flags against SNOMED labels of cinc2021 and rhythm labels of cpsc2021',
  async run() {
    const result: BenchRow[] = [];
    const folder = process.env.ECG_CINC_FOLDER ?? join(fixtures, 'cinc2021');
    if (existsSync(folder)) {
      const counts = new Map<string, Count>();
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.hea'))) {
        const header = readFileSync(join(folder, file));
        const dx = /#\s*Dx:\s*(\S+)/.exec(header.toString())?.[1]?.split(',') ?? [];
        const mat = file.replace('.hea', '.mat');
        const flags = new Set(
          analyse(
            readRecordingFiles([
              { name: file, bytes: header },
              { name: mat, bytes: readFileSync(join(folder, mat)) },
            ]),
          ).flags.map((flag) => flag.rule),
        );
        for (const [rule, codes] of Object.entries(labels))
          add(
            counts,
            `cinc2021.${rule}`,
            codes.some((code) => dx.includes(code)),
            flags.has(rule),
          );
      }
      for (const [name, count] of counts) result.push(...rows(name, count));
    }
    const holter = join(fixtures, 'cpsc2021');
    if (existsSync(holter)) {
      const counts = new Map<string, Count>();
      for (const file of readdirSync(holter).filter((name) => name.endsWith('.hea'))) {
        const name = file.slice(0, -4);
        const parts = [file, `${name}.dat`].map((part) => ({
          name: part,
          bytes: readFileSync(join(holter, part)),
        }));
        const text = parts[0]?.bytes.toString() ?? '';
        const annotated = text.includes('persistent');
        const recording = readRecordingFiles(parts);
        const marks = readAnnotations(readFileSync(join(holter, `${name}.atr`)));
        for (const window of fibrillationWindows(recording, marks, text.includes('persistent')))
          add(counts, 'cpsc2021.windows', window.labelled, window.flagged);
        if (text.includes('paroxysmal')) continue; // the label is not true for the whole record
        add(
          counts,
          'cpsc2021.atrial-fibrillation',
          annotated,
          analyseLong(recording).analysis.flags.some((flag) => flag.rule === 'atrial-fibrillation'),
        );
      }
      for (const [name, count] of counts) result.push(...rows(name, count));
    }
    return result;
  },
};

function add(counts: Map<string, Count>, name: string, labelled: boolean, flagged: boolean): void {
  const count = counts.get(name) ?? { truePositive: 0, falsePositive: 0, trueNegative: 0, falseNegative: 0 };
  counts.set(name, count);
  count[
    labelled ? (flagged ? 'truePositive' : 'falseNegative') : flagged ? 'falsePositive' : 'trueNegative'
  ]++;
}
