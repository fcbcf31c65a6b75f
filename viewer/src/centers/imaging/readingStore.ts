import { useSyncExternalStore } from 'react';
import type { Measurement } from './measurements.ts';

/** What the images tell the report beside them; keyed by order, so nothing crosses between patients. */
export interface Reading {
  measurements: Measurement[];
  /** Date and item of the prior that is open beside today's images. */
  prior: { date: string; item: string } | null;
  /** False while what is shown is a preview: signing waits. */
  diagnostic: boolean;
  modality: string;
  /** Images of today's studies, for measurements that were kept. */
  imageIds: readonly string[];
}

const nothing: Reading = { measurements: [], prior: null, diagnostic: true, modality: '', imageIds: [] };
const readings = new Map<string, Reading>();
const listeners = new Set<() => void>();

export function setReading(orderId: string, part: Partial<Reading>): void {
  readings.set(orderId, { ...(readings.get(orderId) ?? nothing), ...part });
  for (const tell of listeners) tell();
}

export function getReading(orderId: string): Reading {
  return readings.get(orderId) ?? nothing;
}

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
