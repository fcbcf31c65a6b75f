import { useState } from 'react';
import { put } from '../../api/client.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { useSession } from '../../shell/session.tsx';
import { remember, type HangingProtocol, type Layout } from './hanging.ts';

/** A person's own hanging protocols, kept with the account. */
export function useHanging() {
  const session = useSession();
  const stored = session.user.settings?.hanging;
  const [own, setOwn] = useState<HangingProtocol[]>(
    Array.isArray(stored) ? (stored as HangingProtocol[]) : [],
  );
  return {
    own,
    remember: (set: DisplaySet, count: number, layout: Layout) => {
      const next = remember(own, set, count, layout);
      setOwn(next);
      void put('/api/session/settings', { hanging: next }).catch(() => undefined);
    },
  };
}
