import { useLayoutEffect, useRef, useState } from 'react';

/** Steps of folding: what leaves the row first, second … */
export const foldAt = { view: 1, tools: 2, acts: 3, all: 4 } as const;

/**
 * How far a toolbar must fold to stay in one row: starts unfolded whenever the bar or its end changes its width, and
 * goes on, before anything is painted, until the row fits. At the last step the row may wrap.
 */
export function useFold() {
  const bar = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const [fold, setFold] = useState(0);
  useLayoutEffect(() => {
    const box = bar.current;
    if (box && fold < foldAt.all && box.scrollWidth > box.clientWidth) setFold(fold + 1);
  });
  useLayoutEffect(() => {
    let widths = '';
    const observer = new ResizeObserver(() => {
      const now = `${bar.current?.clientWidth ?? 0}/${end.current?.offsetWidth ?? 0}`;
      if (widths && now !== widths) setFold(0);
      widths = now;
    });
    for (const box of [bar.current, end.current]) if (box) observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return { bar, end, fold };
}
