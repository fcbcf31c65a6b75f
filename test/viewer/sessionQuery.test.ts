import { expect, test } from 'vitest';

interface SessionQuery {
  refetchInterval: (query: { state: { status: string } }) => number | false;
}
const source: string = '../../viewer/src/shell/sessionQuery.ts';
const { sessionQuery } = (await import(source)) as { sessionQuery: SessionQuery };

test('a page that could not ask who is signed in asks again by itself, one that knows does not', () => {
  expect(sessionQuery.refetchInterval({ state: { status: 'error' } })).toBe(5_000);
  expect(sessionQuery.refetchInterval({ state: { status: 'success' } })).toBe(false);
  expect(sessionQuery.refetchInterval({ state: { status: 'pending' } })).toBe(false);
});
