import type { QueryClient } from '@tanstack/react-query';
import { aheadOfPerson } from '../api/ahead.ts';
import { get } from '../api/client.ts';
import type { Order } from '../api/types.ts';
import type { CenterModule } from '../centers/contract.ts';
import { modules } from '../centers/index.ts';
import { lastCenter } from '../lastCenter.ts';

const keptMs = 60_000;

/** Key of a case that was fetched before it is opened; the case page starts from it and asks again at once. */
export const preparedKey = (orderId: string) => ['prepared', orderId];

const moduleOf = (kind: string | null): CenterModule | undefined =>
  modules.find((each) => each.kind === kind);

/**
 * Fetches an order, the code of its page and what its centre makes ready for the first look. The code of `likely` is on
 * its way before the order says which centre it needs.
 */
export async function prepareCase(
  client: QueryClient,
  orderId: string,
  likely: CenterModule | undefined,
  signal: AbortSignal,
): Promise<void> {
  const page = import('../pages/CasePage.tsx');
  likely?.prepareCase?.().catch(() => undefined);
  const order = await client.fetchQuery({
    queryKey: preparedKey(orderId),
    queryFn: () => get<Order>(`/api/orders/${orderId}`, signal, aheadOfPerson),
    staleTime: keptMs / 2,
    gcTime: keptMs,
  });
  const prepare = await moduleOf(order.center)?.prepareCase?.();
  await Promise.all([page, prepare?.default(client, order, signal)]);
}

/**
 * A case whose address is opened directly is made ready while the application still starts. Failures are silent, the
 * page fetches again and says what is wrong.
 */
export function prepareAddress(client: QueryClient, path: string): void {
  const orderId = /^\/orders\/([\da-f-]{36})$/.exec(path)?.[1];
  if (!orderId) return;
  const likely = moduleOf(lastCenter.get());
  prepareCase(client, orderId, likely, new AbortController().signal).catch(() => undefined);
}
