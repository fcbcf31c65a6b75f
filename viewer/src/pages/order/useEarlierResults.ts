import { useQuery } from '@tanstack/react-query';
import { post } from '../../api/client.ts';
import { readIdCard } from '../../shell/identity.ts';
import type { EarlierResult } from '../../shell/order/EarlierResult.tsx';

/** A platform that gave no answer that can be used. */
export interface Unanswered {
  platformName: string;
  reason: string;
}

interface Found {
  items: EarlierResult[];
  /** What other platforms have, and which of them gave no answer. */
  platforms: { items: EarlierResult[]; failures: Unanswered[] };
}

export interface Asked {
  type: string;
  value: string;
  items: string[];
}

/** What is known of a patient and the chosen items before the request is sent; asked once for all who show it. */
export function useEarlierResults({ type, value, items }: Asked): Found | undefined {
  const ready =
    items.length > 0 && (type === 'id-card' ? readIdCard(value) !== null : value.trim().length > 3);
  const found = useQuery({
    queryKey: ['recognition-check', type, value, items],
    queryFn: () =>
      post<Found>('/api/recognition/check', {
        identifiers: [{ type, value: value.trim().toUpperCase() }],
        items: items.map((code) => ({ code })),
      }),
    enabled: ready,
    staleTime: 60_000,
    retry: false,
  });
  return ready ? found.data : undefined;
}
