import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';
import { aheadOfPerson } from '../../api/ahead.ts';
import { get } from '../../api/client.ts';
import type { Order, WorklistRow } from '../../api/types.ts';
import type { CenterModule } from '../../centers/contract.ts';

/** Shorter stays of the pointer are on the way to another row. */
const dwellMs = 120;
const keptMs = 60_000;

/** Key of a case that was fetched before it is opened; the case page starts from it and asks again at once. */
export const preparedKey = (orderId: string) => ['prepared', orderId];

/**
 * Fetches what the first look at a case needs while its row is pointed at or chosen by the keyboard. One row at a
 * time: the next one ends what still runs. Failures are silent, opening the case fetches again.
 */
export function usePrepareCase(module: CenterModule | undefined): (row: WorklistRow | undefined) => void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const running = useRef<{ orderId: string; stop: AbortController } | null>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(
    (row) => {
      clearTimeout(timer.current);
      const prepare = module?.prepareCase;
      if (!prepare || !row || row.status === 'requested') return;
      const { orderId } = row;
      timer.current = setTimeout(() => {
        if (running.current?.orderId === orderId) return;
        running.current?.stop.abort();
        const stop = new AbortController();
        running.current = { orderId, stop };
        const fetchOrder = client.fetchQuery({
          queryKey: preparedKey(orderId),
          queryFn: () => get<Order>(`/api/orders/${orderId}`, stop.signal, aheadOfPerson),
          staleTime: keptMs / 2,
          gcTime: keptMs,
        });
        void Promise.all([fetchOrder, prepare(), import('../../pages/CasePage.tsx')])
          .then(([order, { default: run }]) => run(client, order, stop.signal))
          .catch(() => {
            if (running.current?.stop === stop) running.current = null;
          });
      }, dwellMs);
    },
    [client, module],
  );
}
