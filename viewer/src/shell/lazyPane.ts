import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Lazy } from '../centers/contract.ts';
import { warmed } from './warm.ts';

const known = new Map<unknown, unknown>();

/** `React.lazy` of a module's loader, the same component each time: a pane keeps its state over renders. */
export function lazyPane<P>(load: Lazy<P>): LazyExoticComponent<ComponentType<P>> {
  const before = known.get(load);
  if (before) return before as LazyExoticComponent<ComponentType<P>>;
  const made = lazy(warmed(load));
  known.set(load, made);
  return made;
}
