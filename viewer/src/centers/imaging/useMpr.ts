import { useState } from 'react';
import type { MprWindow } from '../../panes/MprView.tsx';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import * as acts from './viewportActs.ts';

/** The series that is open as planes through its volume, and its window. */
export function useMpr(activeId: string, activeSet: DisplaySet | undefined) {
  const [open, setOpen] = useState<{ set: DisplaySet; window: MprWindow } | null>(null);
  return {
    open,
    toggle: () => {
      if (open) setOpen(null);
      else if (activeSet)
        setOpen({ set: activeSet, window: acts.windowOf(activeId) ?? { width: 400, center: 40 } });
    },
    setWindow: (window: MprWindow) => setOpen((before) => before && { ...before, window }),
    close: () => setOpen(null),
  };
}
