import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, type ReactNode } from 'react';
import { ApiError, del, get, onSignedOut } from '../api/client.ts';
import { centerKinds, type Session, type SessionAnswer } from '../api/types.ts';

const Context = createContext<Session | null>(null);

export function SessionProvider({ value, children }: { value: Session; children: ReactNode }) {
  return <Context value={value}>{children}</Context>;
}

const centerRoles = new Set(['reporter', 'verifier', 'center-head', 'registrar']);

/** Translates the answer of the hub; `centers` become those this person works in. */
export function toSession(answer: SessionAnswer): Session {
  const worked = centerKinds.filter((kind) =>
    answer.roles.some(
      (held) =>
        (centerRoles.has(held.role) || held.centerKind !== null) &&
        (held.centerKind === null || held.centerKind === kind),
    ),
  );
  return {
    user: answer.user,
    institution: {
      id: answer.institutionId,
      code: answer.institutionCode,
      name: answer.institutionName,
      kind: answer.institutionKind,
    },
    roles: answer.roles,
    permissions: new Set(answer.permissions),
    centers: worked.filter((kind) => answer.centers.some((center) => center.kind === kind)),
    county: answer.centers,
    demo: answer.demo ?? false,
  };
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
  return useQuery({
    queryKey: ['session'],
    queryFn: async () => {
      try {
        const answer = await get<SessionAnswer | undefined>('/api/session');
        return answer ? toSession(answer) : null;
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: Infinity,
    refetchOnWindowFocus: true,
  });
}

export async function signOut(): Promise<void> {
  const ended = await del<{ endSessionUrl: string } | undefined>('/api/session').catch(() => undefined);
  // A full load: nothing of the previous person stays in memory. The identity provider's session ends as well: at a
  // shared computer its button would let the next person in under this name.
  location.assign(ended?.endSessionUrl ?? '/login');
}
