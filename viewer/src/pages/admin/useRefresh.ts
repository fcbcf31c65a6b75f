import { useQueryClient } from '@tanstack/react-query';

/** Loads a list again after a change. */
export function useRefresh(key: readonly unknown[]): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: key });
}
