import type { QueryClient } from '@tanstack/react-query';
import { aheadOfPerson } from '../api/ahead.ts';
import { get } from '../api/client.ts';
import type { CenterKind, Order } from '../api/types.ts';
import { fetchCode, preparations } from '../centers/prepare.ts';
import { lastCenter } from '../lastCenter.ts';
import { firstLanguage, firstNamespaces, loadWords } from './language.ts';
import { sessionQuery } from './sessionQuery.ts';
import { warm } from './warm.ts';

export const loadCasePage = () => import('../pages/CasePage.tsx');

const keptMs = 60_000;

/** Key of a case that was fetched before it is opened; the case page starts from it and asks again at once. */
export const preparedKey = (orderId: string) => ['prepared', orderId];

/**
 * Fetches an order, the code of its page and what its centre makes ready for the first look. The code of the `likely`
 * centre is on its way before the order says which one it needs.
 */
export async function prepareCase(
  client: QueryClient,
  orderId: string,
  likely: CenterKind | undefined,
  signal: AbortSignal,
): Promise<void> {
  // Small answers are asked for before large programs: they would wait behind them on a thin line.
  const asked = client.fetchQuery({
    queryKey: preparedKey(orderId),
    queryFn: () => get<Order>(`/api/orders/${orderId}`, signal, aheadOfPerson),
    staleTime: keptMs / 2,
    gcTime: keptMs,
  });
  const page = warm(loadCasePage);
  const code = likely && fetchCode(likely);
  for (const fetching of [page, code, likely && preparations[likely]?.()]) fetching?.catch(() => undefined);
  const order = await asked;
  const prepare = await preparations[order.center]?.();
  await Promise.all([
    page,
    order.center === likely ? code : fetchCode(order.center),
    prepare?.default(client, order, signal),
  ]);
}

/**
 * A case whose address is opened directly is made ready while the application is still on its way. Failures are silent,
 * the page fetches again and says what is wrong.
 */
export function prepareAddress(client: QueryClient, path: string): void {
  const orderId = /^\/orders\/([\da-f-]{36})$/.exec(path)?.[1];
  if (!orderId) return;
  const center = lastCenter.get();
  void client.prefetchQuery(sessionQuery);
  for (const namespace of firstNamespaces()) loadWords(firstLanguage, namespace).catch(() => undefined);
  prepareCase(client, orderId, center, new AbortController().signal).catch(() => undefined);
}
