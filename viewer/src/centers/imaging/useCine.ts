import { useEffect, useState } from 'react';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import * as acts from './viewportActs.ts';

/** Plays the stack of the active viewport, at the rate that the images ask for until the reader changes it. */
export function useCine(activeId: string, activeSet: DisplaySet | undefined) {
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState(15);
  useEffect(() => {
    if (activeSet?.frameRate) setRate(Math.max(1, Math.min(60, Math.round(activeSet.frameRate))));
    setPlaying(false);
  }, [activeSet]);
  return {
    playing,
    rate,
    toggle: () => {
      if (playing) acts.stop(activeId);
      else acts.play(activeId, rate);
      setPlaying(!playing);
    },
    change: (value: number) => {
      setRate(value);
      if (playing) acts.play(activeId, value);
    },
  };
}
