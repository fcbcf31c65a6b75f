import { get } from './client.ts';
import type { Page } from './types.ts';

/** All entries of a list that a person may search as a whole, page by page; of an endless one the first thousands. */
export async function getAll<T>(path: string, most = 5_000): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const next: string =
      cursor === null ? '' : `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await get<Page<T>>(path + next);
    items.push(...page.items);
    cursor = page.nextCursor ?? null;
  } while (cursor !== null && items.length < most);
  return items;
}
