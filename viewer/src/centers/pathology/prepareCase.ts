import type { QueryClient } from '@tanstack/react-query';
import { aheadOfPerson } from '../../api/ahead.ts';
import type { Order } from '../../api/types.ts';
import { overviewTiles } from './slide/overviewTiles.ts';
import { firstLook, tileUrl } from './slide/tileSource.ts';
import { factsOf } from './types.ts';

/** Tiles of the first look: the whole slide in a window, two or three levels of it. */
const mostTiles = 24;

/** While the row of a case is pointed at: the overview of its first slide, for the browser's cache. */
export default async function prepareCase(
  _client: QueryClient,
  order: Order,
  signal: AbortSignal,
): Promise<void> {
  const [slide] = factsOf(order)?.firstSlides ?? [];
  if (!slide) return;
  const look = firstLook(slide);
  await Promise.all(
    overviewTiles(slide.levels, mostTiles).map(async ({ level, column, row }) => {
      const answer = await fetch(tileUrl(slide, look, level, column, row), {
        signal,
        credentials: 'same-origin',
        headers: aheadOfPerson,
      });
      await answer.arrayBuffer();
    }),
  );
}
