import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Order } from '../../api/types.ts';
import { useSession } from '../../shell/session.tsx';
import { prefetch } from './prefetch.ts';
import { onSecondScreen } from './screenChannel.ts';

const restMs = 3000;

/** Once this case is complete, the next one and the prior of the same region come ahead. */
export function usePrefetch(order: Order, complete: boolean): void {
  const client = useQueryClient();
  const { user } = useSession();
  useEffect(() => {
    if (!complete || !order.atCenter || onSecondScreen()) return;
    const stop = new AbortController();
    const timer = setTimeout(
      () => void prefetch(client, order, user.name, stop.signal).catch(() => undefined),
      restMs,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [complete, order.id]);
}
