import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { readRecordingFiles } from '../../server/ecg/formats/index.ts';
import { microvolts } from '../../server/ecg/formats/model.ts';

export interface AnnotatedRecord {
  name: string;
  rateHz: number;
  leads: Float64Array[];
  /** Reference R peaks in samples. */
  beats: number[];
}

export const fixtures = join(import.meta.dirname, '../../../shared/fixtures/ecg');

/** Every WFDB record with a `.atr` in a folder. */
export function wfdbRecords(folder: string): AnnotatedRecord[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder);
  return files
    .filter((file) => file.endsWith('.atr'))
    .map((file) => {
      const name = file.slice(0, -4);
      const parts = files.filter((other) => other.slice(0, other.lastIndexOf('.')) === name);
      const recording = readRecordingFiles(
        parts.map((part) => ({ name: part, bytes: readFileSync(join(folder, part)) })),
      );
      return {
        name,
        rateHz: recording.samplingRateHz,
        leads: recording.leads.map((lead) => microvolts(lead)),
        beats: recording.annotatedBeats ?? [],
      };
    });
}

/** CPSC 2019: `data/data_NNNNN.mat` with `ref/R_NNNNN.mat`, MATLAB v5, 500 Hz. */
export function cpsc2019Records(folder: string): AnnotatedRecord[] {
  if (!existsSync(join(folder, 'data'))) return [];
  return readdirSync(join(folder, 'data'))
    .filter((file) => existsSync(join(folder, 'ref', file.replace('data_', 'R_'))))
    .sort()
    .map((file) => ({
      name: file.slice(5, -4),
      rateHz: 500,
      leads: [
        Float64Array.from(matrix(readFileSync(join(folder, 'data', file))), (millivolt) => millivolt * 1000),
      ],
      beats: matrix(readFileSync(join(folder, 'ref', file.replace('data_', 'R_')))),
    }));
}

const numberReaders: Record<number, [size: number, (b: Buffer, at: number) => number]> = {
  1: [1, (b, at) => b.readInt8(at)],
  2: [1, (b, at) => b.readUInt8(at)],
  3: [2, (b, at) => b.readInt16LE(at)],
  4: [2, (b, at) => b.readUInt16LE(at)],
  5: [4, (b, at) => b.readInt32LE(at)],
  6: [4, (b, at) => b.readUInt32LE(at)],
  7: [4, (b, at) => b.readFloatLE(at)],
  9: [8, (b, at) => b.readDoubleLE(at)],
};

/** The first numeric matrix of a MATLAB v5 file. */
function matrix(bytes: Buffer): number[] {
  let content = bytes.subarray(128);
  if (content.readUInt32LE(0) === 15) content = inflateSync(content.subarray(8, 8 + content.readUInt32LE(4)));
  const elements: { type: number; data: Buffer }[] = [];
  let at = 8;
  const end = 8 + content.readUInt32LE(4);
  while (at < end) {
    const word = content.readUInt32LE(at);
    const small = word >>> 16;
    const type = small ? word & 0xffff : word;
    const size = small || content.readUInt32LE(at + 4);
    const start = small ? at + 4 : at + 8;
    elements.push({ type, data: content.subarray(start, start + size) });
    at = small ? at + 8 : start + Math.ceil(size / 8) * 8;
  }
  const values = elements[3]!;
  const [width, read] = numberReaders[values.type]!;
  return Array.from({ length: values.data.length / width }, (_, index) => read(values.data, index * width));
}

export interface Score {
  truePositive: number;
  falseNegative: number;
  falsePositive: number;
  errorMs: number;
}

/**
 * One-to-one matching in time order. References of `edgeSeconds` at both ends are left out; false beats also of the
 * tolerance beside them, where they may belong to such a reference: the scoring that the entries of CPSC 2019 carry
 * (github.com/wjcai/QRS_detector, cpsc2019_score.py) does the same.
 */
export function score(
  reference: number[],
  detected: number[],
  rateHz: number,
  toleranceMs: number,
  length = Infinity,
  edgeSeconds = 0,
): Score {
  const tolerance = (toleranceMs / 1000) * rateHz;
  const edge = edgeSeconds * rateHz;
  const inside = (sample: number, margin = 0): boolean =>
    sample >= edge + margin && sample <= length - edge - margin;
  let i = 0;
  let j = 0;
  const result: Score = { truePositive: 0, falseNegative: 0, falsePositive: 0, errorMs: 0 };
  const miss = (sample: number): void => {
    if (inside(sample)) result.falseNegative++;
  };
  const extra = (sample: number): void => {
    if (inside(sample, edge > 0 ? tolerance : 0)) result.falsePositive++;
  };
  while (i < reference.length || j < detected.length) {
    const r = reference[i] ?? Infinity;
    const d = detected[j] ?? Infinity;
    if (Math.abs(r - d) <= tolerance) {
      // the next one may fit better
      if (Math.abs((detected[j + 1] ?? Infinity) - r) < Math.abs(d - r)) {
        extra(d);
        j++;
        continue;
      }
      if (inside(r)) {
        result.truePositive++;
        result.errorMs += (Math.abs(r - d) / rateHz) * 1000;
      }
      i++;
      j++;
    } else if (r < d) {
      miss(r);
      i++;
    } else {
      extra(d);
      j++;
    }
  }
  return result;
}
