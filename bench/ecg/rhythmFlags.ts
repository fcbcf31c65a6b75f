import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { analyse } from '../../server/ecg/analysis/analyse.ts';
import { analyseLong } from '../../server/ecg/analysis/analyseLong.ts';
import { readRecordingFiles } from '../../server/ecg/formats/index.ts';
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
        if (text.includes('paroxysmal')) continue; // the label is not true for the whole record
        const annotated =
          text.includes('persistent') ||
          readAnnotations(readFileSync(join(holter, `${name}.atr`))).some((entry) =>
            entry.aux?.includes('(AF'),
          );
        add(
          counts,
          'cpsc2021.atrial-fibrillation',
          annotated && !text.includes('non atrial'),
          analyseLong(readRecordingFiles(parts)).analysis.flags.some(
            (flag) => flag.rule === 'atrial-fibrillation',
          ),
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
