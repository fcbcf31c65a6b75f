import { useEffect, useRef, useState } from 'react';

export interface KeyAction {
  /** Shown by `?`. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Also while a text field has the focus. */
  inText?: boolean;
}
export type KeyMap = Record<string, KeyAction>;

const openOverlay = [
  ...['dropdown', 'popover', 'select-dropdown', 'picker-dropdown'].map(
    (name) => `.ant-${name}:not(.ant-${name}-hidden)`,
  ),
  '.ant-drawer-open',
].join();

const stack: { order: number; keys: { current: KeyMap } }[] = [];
let opened = 0;

/** `ctrl+enter`, `shift+a`, `arrowdown`, `?`. */
export function keyName(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  const shifted = event.shiftKey && (key.length > 1 || /[a-z]/.test(key));
  return [
    event.ctrlKey || event.metaKey ? 'ctrl' : '',
    event.altKey ? 'alt' : '',
    shifted ? 'shift' : '',
    key === ' ' ? 'space' : key,
  ]
    .filter(Boolean)
    .join('+');
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
  );
}

function onKeyDown(event: KeyboardEvent): void {
  // Cornerstone prevents the default of every key in a viewport without doing anything with it.
  const inViewport = event.target instanceof Element && event.target.closest('.hub-viewport') !== null;
  if ((event.defaultPrevented && !inViewport) || event.isComposing) return;
  if (document.querySelector('.ant-modal-wrap:not([style*="display: none"])') && event.key !== '?') return;
  const name = keyName(event);
  // Escape closes what lies over the page before it means anything to the page.
  if (name === 'escape' && document.querySelector(openOverlay)) return;
  for (let i = stack.length - 1; i >= 0; i -= 1) {
    const action = stack[i]?.keys.current[name];
    if (!action) continue;
    if (typing(event.target) && !action.inText) continue;
    event.preventDefault();
    action.run(event);
    return;
  }
}

/** Keys of the page; the page opened last wins, and what stands in a page wins over it. */
export function useKeys(keys: KeyMap): void {
  // given while drawing, outer before inner: effects of one commit run the other way round
  const [order] = useState(() => (opened += 1));
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    if (stack.length === 0) addEventListener('keydown', onKeyDown);
    const entry = { order, keys: latest };
    stack.push(entry);
    stack.sort((a, b) => a.order - b.order);
    return () => {
      stack.splice(stack.indexOf(entry), 1);
      if (stack.length === 0) removeEventListener('keydown', onKeyDown);
    };
  }, [order]);
}

/** All keys that work now, inner pages first. */
export function activeKeys(): [string, KeyAction][] {
  const seen = new Map<string, KeyAction>();
  for (let i = stack.length - 1; i >= 0; i -= 1) {
    for (const [name, action] of Object.entries(stack[i]?.keys.current ?? {})) {
      if (!seen.has(name)) seen.set(name, action);
    }
  }
  return [...seen];
}
