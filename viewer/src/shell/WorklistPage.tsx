import type { CenterKind } from '../api/types.ts';
import { Worklist } from './Worklist.tsx';

export function WorklistPage({ center }: { center: CenterKind }) {
  return <Worklist center={center} />;
}
