import { useCallback, useEffect, useState } from 'react';
import { readCalibration } from './calibration.ts';
import { noFilter, type DisplayFilter } from './displayFilters.ts';
import type { LayoutName } from './layouts.ts';

export interface PaperView {
  layout: LayoutName;
  mmPerSecond: 12.5 | 25 | 50;
  mmPerMillivolt: 2.5 | 5 | 10 | 20;
  zoom: number;
  rhythm: string;
  filter: DisplayFilter;
  beats: boolean;
  pxPerMm: number;
  measured: boolean;
}

const key = 'hub.ecg.view';

/** How the paper is shown; layout, speed and gain stay with the person on this machine, filters start off. */
export function usePaperView(narrow = false): [PaperView, (part: Partial<PaperView>) => void] {
  const [view, setView] = useState<PaperView>(() => {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<PaperView>;
    return {
      layout: narrow ? '12x1' : (kept.layout ?? '3x4+1'),
      mmPerSecond: kept.mmPerSecond ?? 25,
      mmPerMillivolt: kept.mmPerMillivolt ?? 10,
      zoom: 1,
      rhythm: kept.rhythm ?? 'II',
      filter: noFilter,
      beats: true,
      ...readCalibration(),
    };
  });
  useEffect(() => {
    // a zoomed page, or another screen
    const measure = () => setView((before) => ({ ...before, ...readCalibration() }));
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  const change = useCallback((part: Partial<PaperView>) => {
    setView((before) => {
      const next = { ...before, ...part };
      localStorage.setItem(
        key,
        JSON.stringify({
          layout: next.layout,
          mmPerSecond: next.mmPerSecond,
          mmPerMillivolt: next.mmPerMillivolt,
          rhythm: next.rhythm,
        }),
      );
      return next;
    });
  }, []);
  return [view, change];
}
