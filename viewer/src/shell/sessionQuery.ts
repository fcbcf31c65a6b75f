import { queryOptions } from '@tanstack/react-query';
import { ApiError, get } from '../api/client.ts';
import { centerKinds, type Session, type SessionAnswer } from '../api/types.ts';

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

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      const answer = await get<SessionAnswer | undefined>('/api/session');
      return answer ? toSession(answer) : null;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
  // While the hub cannot answer the page asks again by itself: a screen on a wall has nobody to press a button.
  refetchInterval: ({ state }) => (state.status === 'error' ? 5_000 : false),
});
