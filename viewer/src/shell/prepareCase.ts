import type { QueryClient } from '@tanstack/react-query';
import { orderAhead } from '../api/ahead.ts';
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
 * Fetches an order, the code of its page and what its centre makes ready for the first look. The preparation of the `likely`
 * centre is on its way before the order says which one it needs.
 */
export async function prepareCase(
  client: QueryClient,
  orderId: string,
  likely: CenterKind | undefined,
  signal: AbortSignal,
  allAsked?: () => void,
): Promise<void> {
  if (likely) preparations[likely]?.().catch(() => undefined);
  const order = await client.fetchQuery({
    queryKey: preparedKey(orderId),
    queryFn: () => get<Order>(orderAhead(orderId), signal),
    staleTime: keptMs / 2,
    gcTime: keptMs,
  });
  const prepare = await preparations[order.center]?.();
  // Small answers are asked for before large programs: they would wait behind them on a thin line.
  await Promise.all([
    prepare?.default(client, order, signal, allAsked),
    warm(loadCasePage),
    fetchCode(order.center),
  ]);
}

/** The application waits this long at most for what is asked before it. */
const mostMs = 1_000;

/**
 * A case whose address is opened directly is made ready while the application is still on its way. Resolves when the last
 * answer that another question hangs on is there: while the application starts, the browser does nothing else. Failures are
 * silent, the page fetches again and says what is wrong.
 */
export async function prepareAddress(client: QueryClient, path: string): Promise<void> {
  const orderId = /^\/orders\/([\da-f-]{36})$/.exec(path)?.[1];
  if (!orderId) return;
  const center = lastCenter.get();
  void client.prefetchQuery(sessionQuery);
  for (const namespace of firstNamespaces()) loadWords(firstLanguage, namespace).catch(() => undefined);
  await new Promise<void>((asked) => {
    setTimeout(asked, mostMs);
    prepareCase(client, orderId, center, new AbortController().signal, asked).then(asked, asked);
  });
}
