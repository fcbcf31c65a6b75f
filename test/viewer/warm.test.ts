import { createElement, lazy, Suspense } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { warm, warmed } from '../../viewer/src/shell/warm.ts';

const pane = () => Promise.resolve({ default: () => createElement('b', null, 'trace') });

function markup(load: typeof pane): string {
  const Pane = lazy(warmed(load));
  return renderToString(createElement(Suspense, { fallback: 'waiting' }, createElement(Pane)));
}

test('a pane that was warmed stands at once, another one behind a placeholder', async () => {
  const cold = () => pane();
  expect(markup(cold)).toContain('waiting');
  await warm(pane);
  expect(markup(pane)).toContain('<b>trace</b>');
  expect(markup(pane)).not.toContain('waiting');
});
