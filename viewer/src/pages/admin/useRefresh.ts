import { useQueryClient } from '@tanstack/react-query';

/** Loads lists again after a change. */
export function useRefresh(...keys: (readonly unknown[])[]): () => void {
  const client = useQueryClient();
  return () => {
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  };
}
