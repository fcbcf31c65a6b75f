import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api/client.ts';

/** Answers of the hub, shared by the application and by what is asked for before it runs. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retry: (count, error) =>
        count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status === 503),
    },
    mutations: { networkMode: 'always' },
  },
});
