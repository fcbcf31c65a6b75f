import type { QueryClient } from '@tanstack/react-query';
import type { CenterKind, Order } from '../api/types.ts';
import { fetchDecoder } from '../panes/cornerstone/fetchDecoder.ts';
import { warm } from '../shell/warm.ts';
import * as ecg from './ecg/panes.ts';
import * as imaging from './imaging/panes.ts';
import * as imagingPreparation from './imaging/prepareCase.ts';
import * as pathology from './pathology/panes.ts';

/** What a centre makes ready for the first look at a case of its own. */
export interface Preparation {
  /**
   * Fetches what the first look needs, before the case is opened; ends early when the signal says so. `allAsked` is called when
   * nothing is left that has to be asked for.
   */
  default: (client: QueryClient, order: Order, signal: AbortSignal, allAsked?: () => void) => Promise<void>;
  /** Called at the moment when a case that was made ready is opened, before its page is built. */
  opening?: (client: QueryClient, order: Order) => void;
}

const code: Partial<Record<CenterKind, () => Promise<unknown>[]>> = {
  imaging: () => [
    fetchDecoder(),
    warm(imaging.loadReading),
    warm(imaging.loadReport),
    import('./imaging/preparePicture.ts'),
  ],
  ecg: () => [warm(ecg.loadReading), warm(ecg.loadReport)],
  pathology: () => [warm(pathology.loadReading), warm(pathology.loadReport)],
};

/** Words that the pages of each centre's cases are written in. */
export const namespaces: Record<CenterKind, readonly string[]> = {
  imaging: ['imaging', 'images'],
  ecg: ['ecg'],
  lab: ['lab'],
  pathology: ['pathology'],
  sterilization: ['sterilization'],
};

/** Fetches the code that a centre's cases are read with. */
export async function fetchCode(kind: CenterKind): Promise<void> {
  await Promise.all(code[kind]?.() ?? []);
}

/** Small programs, apart from the modules of the centres: they run before the application does. */
export const preparations: Partial<Record<CenterKind, () => Promise<Preparation>>> = {
  // With the entry itself: a file of its own would wait behind the application.
  imaging: () => Promise.resolve(imagingPreparation),
  ecg: () => import('./ecg/prepareCase.ts'),
  pathology: () => import('./pathology/prepareCase.ts'),
};
