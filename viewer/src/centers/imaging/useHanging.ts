import { useState } from 'react';
import { put } from '../../api/client.ts';
import type { DisplaySet } from '../../panes/study/displaySets.ts';
import { useSession } from '../../shell/session.tsx';
import { remember, tidy, type HangingProtocol, type Layout } from './hanging.ts';

/** A person's own hanging protocols, kept with the account. */
export function useHanging() {
  const session = useSession();
  const stored = session.user.settings?.hanging;
  const [own, setOwn] = useState<HangingProtocol[]>(
    Array.isArray(stored) ? tidy(stored as HangingProtocol[]) : [],
  );
  const save = async (next: HangingProtocol[]) => {
    const tidied = tidy(next);
    await put('/api/session/settings', { hanging: tidied });
    setOwn(tidied);
    if (session.user.settings) session.user.settings.hanging = tidied;
  };
  return {
    own,
    save,
    remember: (set: DisplaySet, count: number, layout: Layout, priorAt: readonly number[]) =>
      save(remember(own, set, count, layout, priorAt)),
  };
}
export type Hanging = ReturnType<typeof useHanging>;
