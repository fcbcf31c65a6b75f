import { useEffect } from 'react';
import type { CenterKind } from '../api/types.ts';
import type { Lazy } from '../centers/contract.ts';
import { modules } from '../centers/index.ts';
import { loadCasePage } from './prepareCase.ts';
import { warm } from './warm.ts';
import { Worklist } from './Worklist.tsx';

/** Loads the program of the case page while the list is read, so that opening a case waits for its data only. */
function fetchCasePage(center: CenterKind): void {
  const module = modules.find(({ kind }) => kind === center);
  for (const load of [loadCasePage, module?.InputPane, module?.ResultPane])
    if (load) warm(load as Lazy<never>).catch(() => undefined); // the line is down: loaded when the case is opened
}

export function WorklistPage({ center }: { center: CenterKind }) {
  useEffect(() => {
    const rest = setTimeout(() => fetchCasePage(center), 1_500); // the list itself comes first; not every browser tells when it is idle
    return () => clearTimeout(rest);
  }, [center]);
  return <Worklist center={center} />;
}
