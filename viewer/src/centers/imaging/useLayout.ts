import { useCallback, useEffect, useRef, useState } from 'react';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { fill, hang, viewportsOf, withoutPrior, type Layout } from './hanging.ts';
import type { Hanging } from './useHanging.ts';
import * as acts from './viewportActs.ts';

export const viewportId = (index: number) => `reading-${index}`;

interface Input {
  todaySets: readonly DisplaySet[];
  priorSets: readonly DisplaySet[];
  /** All series of today are known. */
  complete: boolean;
  hanging: Hanging;
  priorOpen: boolean;
  /** All series of the prior that is open are known. */
  priorComplete: boolean;
  /** The protocol asks for the newest prior of the same region. */
  onWantPrior: () => void;
}

/** The first series with images alone, while the others are on their way. */
function firstImages(sets: readonly DisplaySet[]) {
  const first = sets.find((set) => set.imageIds.length > 0);
  return { layout: { rows: 1, columns: 1 }, shown: first ? [first.id] : [], priorAt: [] };
}

/** Which display set stands in which viewport, and which viewport is active. */
export function useLayout({
  todaySets,
  priorSets,
  complete,
  priorOpen,
  priorComplete,
  hanging,
  onWantPrior,
}: Input) {
  // Series that are known already are hung with the first drawing.
  const [first] = useState(() => (complete ? hang(todaySets, hanging.own) : firstImages(todaySets)));
  const [layout, setLayout] = useState<Layout>(first.layout);
  const [single, setSingle] = useState(false);
  const [shown, setShown] = useState<(string | undefined)[]>(first.shown);
  /** Viewports that the protocol keeps free until the prior is there. */
  const [kept, setKept] = useState<readonly number[]>(first.priorAt);
  const [hung, setHung] = useState(false);
  const [active, setActive] = useState(0);
  const count = single ? 1 : viewportsOf(layout);

  // The first series is shown at once; the protocol decides again when all are known, unless the reader has chosen.
  useEffect(() => {
    if (hung || todaySets.length === 0) return;
    if (!complete) {
      setShown((before) => (before[0] ? before : firstImages(todaySets).shown));
      return;
    }
    const made = hang(todaySets, hanging.own);
    setLayout(made.layout);
    setShown((before) => (before.join() === made.shown.join() ? before : made.shown));
    setHung(true);
    setKept(made.priorAt);
    if (made.priorAt.length > 0) onWantPrior();
  }, [hung, complete, todaySets, hanging.own]);

  /** The layout from before it was widened for a prior. */
  const widened = useRef<Layout | null>(null);
  const isPrior = (id: string | undefined) => id !== undefined && !todaySets.some((set) => set.id === id);

  // A prior stands where the protocol wants it, in the place of the one before it, in an empty viewport, or at the right.
  useEffect(() => {
    const images = priorSets.filter((set) => set.imageIds.length > 0);
    const [first] = images;
    if (!first || shown.some((id) => priorSets.some((set) => set.id === id))) return;
    if (kept.length > 0 && !priorComplete) return;
    const places = kept.length > 0 ? kept : shown.flatMap((id, at) => (isPrior(id) ? [at] : []));
    const empty = shown.findIndex((id, at) => at < viewportsOf(layout) && id === undefined);
    const free = empty >= 0 ? empty : shown.length < viewportsOf(layout) ? shown.length : -1;
    const where = places.length > 0 ? places : free >= 0 ? [free] : [];
    setSingle(false);
    setKept([]);
    if (where.length > 0) {
      const rest = [...images];
      setShown(
        Array.from({ length: viewportsOf(layout) }, (_, at) =>
          where.includes(at) ? rest.shift()?.id : shown[at],
        ),
      );
      return;
    }
    widened.current = layout;
    setLayout({ rows: 1, columns: 2 });
    setShown([shown[active] ?? shown[0], first.id]);
    setActive(0);
  }, [priorSets, priorComplete]);

  // A prior that is closed leaves no empty viewport.
  useEffect(() => {
    if (priorOpen || !shown.some(isPrior)) return;
    const next = withoutPrior(shown, layout, widened.current, todaySets);
    widened.current = null;
    setSingle(false);
    setLayout(next.layout);
    setShown(next.shown);
    setActive(0);
  }, [priorOpen]);

  /** There is no prior to wait for: today's images take its viewports. */
  const keepNothing = () => {
    setShown((before) => fill(before, [], todaySets, viewportsOf(layout)));
    setKept([]);
  };

  const put = useCallback((index: number, setId: string) => {
    acts.stop(viewportId(index));
    setHung(true);
    setKept((before) => before.filter((at) => at !== index));
    setShown((before) => {
      const next = [...before];
      next[index] = setId;
      return next;
    });
    setActive(index);
  }, []);
  const step = (by: number) => {
    const all = [...todaySets, ...priorSets];
    const at = all.findIndex((set) => set.id === shown[active]);
    const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
    if (next) put(active, next.id);
  };
  const change = (next: Layout) => {
    const images = todaySets.filter((set) => set.imageIds.length > 0).map((set) => set.id);
    setSingle(false);
    setHung(true);
    setKept([]);
    widened.current = null;
    setLayout(next);
    setActive(0);
    setShown((before) => {
      const kept = before.filter((id): id is string => id !== undefined);
      const rest = images.filter((id) => !kept.includes(id));
      return [...kept, ...rest].slice(0, next.rows * next.columns);
    });
  };
  return {
    layout,
    single,
    shown,
    active,
    count,
    /** Viewports that wait for the prior. */
    kept,
    keepNothing,
    isPrior,
    /** Viewports on the screen, in reading order. */
    indices: single ? [active] : Array.from({ length: count }, (_, index) => index),
    put,
    step,
    change,
    activate: setActive,
    next: () => setActive((at) => (at + 1) % count),
    toggleSingle: () => setSingle(!single),
  };
}
export type RoomLayout = ReturnType<typeof useLayout>;
