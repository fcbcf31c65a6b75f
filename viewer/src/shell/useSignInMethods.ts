import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client.ts';

interface Methods {
  provider: { label: string | null; href: string } | null;
}

/** How one can sign in here beside the password. */
export function useSignInMethods() {
  return useQuery({
    queryKey: ['sign-in-methods'],
    queryFn: () => get<Methods>('/api/session/methods'),
    staleTime: Infinity,
  });
}
