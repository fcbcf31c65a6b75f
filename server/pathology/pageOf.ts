import { encodeCursor } from '../core/http.ts';

/** Cuts a page out of `limit + 1` rows; the cursor is the sort key's exact text and the id of the last row shown. */
export function pageOf<R extends { cursorKey: string }>(
  rows: R[],
  limit: number,
  idOf: (row: R) => string,
): { items: Omit<R, 'cursorKey'>[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map((row) => {
    const copy: Omit<R, 'cursorKey'> & { cursorKey?: string } = { ...row };
    delete copy.cursorKey;
    return copy;
  });
  return {
    items,
    nextCursor: rows.length > limit && last ? encodeCursor([last.cursorKey, idOf(last)]) : null,
  };
}
