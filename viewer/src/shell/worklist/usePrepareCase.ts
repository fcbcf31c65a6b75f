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

export interface CasePreparation {
  /** Points at a row, or at none. */
  prepare: (row: WorklistRow | undefined) => void;
  /** Tells that a row is opened. */
  opening: (row: WorklistRow) => void;
}

/**
 * Fetches what the first look at a case needs while its row is pointed at or chosen by the keyboard. One row at a
 * time: the next one ends what still runs. Failures are silent, opening the case fetches again.
 */
export function usePrepareCase(module: CenterModule | undefined): CasePreparation {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const running = useRef<{ orderId: string; stop: AbortController } | null>(null);
  useEffect(() => () => clearTimeout(timer.current), []);
  const prepare = useCallback<CasePreparation['prepare']>(
    (row) => {
      clearTimeout(timer.current);
      const load = module?.prepareCase;
      if (!load || !row || row.status === 'requested') return;
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
        void Promise.all([fetchOrder, load(), import('../../pages/CasePage.tsx')])
          .then(([order, { default: run }]) => run(client, order, stop.signal))
          .catch(() => {
            if (running.current?.stop === stop) running.current = null;
          });
      }, dwellMs);
    },
    [client, module],
  );
  const opening = useCallback<CasePreparation['opening']>(
    ({ orderId }) => {
      const order = client.getQueryData<Order>(preparedKey(orderId));
      if (order)
        void module
          ?.prepareCase?.()
          .then((each) => each.opening?.(client, order))
          .catch(() => undefined); // the page fetches again and says what is wrong
    },
    [client, module],
  );
  return { prepare, opening };
}
