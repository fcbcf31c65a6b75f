import type { Fiducials, Recording, Values } from '../types.ts';
import { markKeys, type MarkKey } from './beatGeometry.ts';

/** What a person can move, and what follows from it. */
export const versionValues = ['pMs', 'prMs', 'qrsMs', 'qtMs', 'qtcBazettMs', 'qtcFridericiaMs'] as const;

export interface Change {
  key: MarkKey | (typeof versionValues)[number];
  before: number | undefined;
  after: number | undefined;
}

export interface Version {
  id: string;
  number: number;
  correctedBy: string;
  correctedAt: string;
  marks: Change[];
  values: Change[];
}

/** Every correction against the version before it, newest first; the first one against the automatic measurement. */
export function versionsOf(recording: Pick<Recording, 'automatic' | 'corrections'>): Version[] {
  const { automatic, corrections } = recording;
  return corrections.map((correction, i) => {
    const before = corrections[i + 1];
    const marks: Partial<Fiducials> = before?.fiducials ?? automatic?.medianBeat?.fiducials ?? {};
    const values: Values = before?.measurements ?? automatic?.measurements ?? {};
    return {
      id: correction.id,
      number: corrections.length - i,
      correctedBy: correction.correctedBy,
      correctedAt: correction.correctedAt,
      marks: changes(markKeys, marks, correction.fiducials),
      values: changes(versionValues, values, correction.measurements),
    };
  });
}

function changes<K extends Change['key']>(
  keys: readonly K[],
  before: Partial<Record<K, number>>,
  after: Partial<Record<K, number>>,
): Change[] {
  const whole = (value: number | undefined) => (value === undefined ? undefined : Math.round(value));
  return keys
    .map((key): Change => ({ key, before: whole(before[key]), after: whole(after[key]) }))
    .filter((change) => change.before !== change.after);
}
