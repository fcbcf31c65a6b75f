import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, type ReactNode } from 'react';
import { del, onSignedOut } from '../api/client.ts';
import type { Session } from '../api/types.ts';
import { sessionQuery } from './sessionQuery.ts';

const Context = createContext<Session | null>(null);

export function SessionProvider({ value, children }: { value: Session; children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

/** The signed-in person. Only below the shell. */
export function useSession(): Session {
  const value = useContext(Context);
  if (!value) throw new Error('useSession outside of the shell');
  return value;
}

/** Asks the hub who is signed in; null when nobody is. */
export function useSessionQuery() {
  const client = useQueryClient();
  useEffect(() => onSignedOut(() => client.setQueryData(['session'], null)), [client]);
  return useQuery({ ...sessionQuery, refetchOnWindowFocus: true });
}

export async function signOut(): Promise<void> {
  const ended = await del<{ endSessionUrl: string } | undefined>('/api/session').catch(() => undefined);
  // A full load: nothing of the previous person stays in memory. The identity provider's session ends as well: at a
  // shared computer its button would let the next person in under this name.
  location.assign(ended?.endSessionUrl ?? '/login');
}
