import { useEffect } from 'react';
import type { CenterKind } from '../api/types.ts';
import { modules } from '../centers/index.ts';
import { Worklist } from './Worklist.tsx';

/** Loads the program of the case page while the list is read, so that opening a case waits for its data only. */
function warm(center: CenterKind): void {
  const module = modules.find(({ kind }) => kind === center);
  for (const load of [() => import('../pages/CasePage.tsx'), module?.InputPane, module?.ResultPane])
    load?.().catch(() => undefined); // the line is down: loaded when the case is opened
}

export function WorklistPage({ center }: { center: CenterKind }) {
  useEffect(() => {
    const rest = setTimeout(() => warm(center), 1_500); // the list itself comes first; not every browser tells when it is idle
    return () => clearTimeout(rest);
  }, [center]);
  return <Worklist center={center} />;
}
