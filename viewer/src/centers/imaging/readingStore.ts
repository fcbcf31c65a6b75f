import { useSyncExternalStore } from 'react';
import type { Measurement } from './measurements.ts';
import type { StoredMeasurement } from './storedMeasurements.ts';
import { worse, type Quality } from './viewingQuality.ts';

/** What a reader says that a pixel of an image measures. */
export interface Calibration {
  imageId: string;
  /** Millimetres between rows and between columns. */
  mm: [number, number];
}

/** A prior study that is open beside today's images. */
export interface OpenPrior {
  orderId: string;
  date: string;
  item: string;
  institutionName: string;
}

/** What the images tell the report beside them; keyed by order, so nothing crosses between patients. */
export interface Reading {
  measurements: Measurement[];
  prior: OpenPrior | null;
  /** Of what is shown in this window: submitting and signing wait for it. */
  quality: Quality;
  /** The same on the second screen while it shows this case. */
  screenQuality: Quality | null;
  modality: string;
  /** Images of today's studies, for measurements that were kept. */
  imageIds: readonly string[];
  /** Measurements of the structured report that was written for this case, for a report that holds none yet. */
  reported: readonly StoredMeasurement[];
  /** Counts what came from the other window. */
  drawn: number;
  /** Null until somebody calibrates here: then what the report keeps stands. */
  calibrations: readonly Calibration[] | null;
}

const nothing: Reading = {
  measurements: [],
  prior: null,
  quality: 'unknown',
  screenQuality: null,
  modality: '',
  imageIds: [],
  reported: [],
  drawn: 0,
  calibrations: null,
};
const readings = new Map<string, Reading>();
const listeners = new Set<() => void>();

export function setReading(orderId: string, part: Partial<Reading>): void {
  readings.set(orderId, { ...(readings.get(orderId) ?? nothing), ...part });
  for (const tell of listeners) tell();
}

export function getReading(orderId: string): Reading {
  return readings.get(orderId) ?? nothing;
}

/** Quality of everything that is shown of a case, on both screens. */
export const shownQuality = ({ quality, screenQuality }: Reading): Quality =>
  screenQuality === null ? quality : worse(quality, screenQuality);

export function clearReading(orderId: string): void {
  readings.delete(orderId);
  for (const tell of listeners) tell();
}

export function useReading(orderId: string): Reading {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => getReading(orderId),
  );
}
