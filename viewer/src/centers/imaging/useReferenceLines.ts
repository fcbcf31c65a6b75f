import { useEffect, useState } from 'react';
import { showReferenceLines } from '../../panes/cornerstone/toolGroup.ts';
import type { SliceBell } from './sliceBell.ts';

/** Where the slice of the active viewport cuts the others. */
export function useReferenceLines(
  activeId: string,
  shown: readonly (string | undefined)[],
  slices: SliceBell,
) {
  const [on, setOn] = useState(false);
  useEffect(() => {
    if (!on) return;
    const show = () => showReferenceLines(true, activeId);
    show();
    // The tool follows the camera alone, which the CPU path leaves where it was when the slice changes.
    return slices.listen(show);
  }, [on, activeId, shown, slices]);
  const toggle = () => {
    if (on) showReferenceLines(false, activeId);
    setOn(!on);
  };
  return { on, toggle };
}
