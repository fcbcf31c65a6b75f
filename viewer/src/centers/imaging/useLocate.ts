import { useState } from 'react';
import { acrossPlane } from '../../panes/study/nearestSlice.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { frameOfReference } from './useLinks.ts';
import * as acts from './viewportActs.ts';

export interface LocatedPoint {
  world: [number, number, number];
  frameOfReferenceUid: string;
}

interface Input {
  count: number;
  setOf: (index: number) => DisplaySet | undefined;
  viewportId: (index: number) => string;
}

/** A point of the patient shown in every viewport of the same frame of reference: each goes to its nearest slice. */
export function useLocate({ count, setOf, viewportId }: Input) {
  const [locating, setLocating] = useState(false);
  const [point, setPoint] = useState<LocatedPoint | null>(null);
  const locate = (from: number, world: [number, number, number]) => {
    const frameOfReferenceUid = frameOfReference(setOf(from));
    if (!frameOfReferenceUid) return;
    setPoint({ world, frameOfReferenceUid });
    for (let index = 0; index < count; index += 1) {
      const set = setOf(index);
      if (index === from || !set || frameOfReference(set) !== frameOfReferenceUid) continue;
      const distances = set.instances.map((instance) => acrossPlane(instance, world));
      const best = distances.reduce<number>(
        (found, distance, at) =>
          distance !== null && (found < 0 || Math.abs(distance) < Math.abs(distances[found] ?? Infinity))
            ? at
            : found,
        -1,
      );
      if (best >= 0) acts.scrollTo(viewportId(index), best);
    }
  };
  return {
    locating,
    point: locating ? point : null,
    locate,
    toggle: () => {
      setPoint(null);
      setLocating(!locating);
    },
  };
}
