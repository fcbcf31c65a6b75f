import { useEffect, useRef } from 'react';

export interface KeyAction {
  /** Shown by `?`. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Also while a text field has the focus. */
  inText?: boolean;
}
export type KeyMap = Record<string, KeyAction>;

const openOverlay = ['dropdown', 'popover', 'select-dropdown', 'picker-dropdown']
  .map((name) => `.ant-${name}:not(.ant-${name}-hidden)`)
  .join();

const stack: { current: KeyMap }[] = [];

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
    const action = stack[i]?.current[name];
    if (!action) continue;
    if (typing(event.target) && !action.inText) continue;
    event.preventDefault();
    action.run(event);
    return;
  }
}

/** Keys of the page; the page opened last wins. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    if (stack.length === 0) addEventListener('keydown', onKeyDown);
    stack.push(latest);
    return () => {
      stack.splice(stack.indexOf(latest), 1);
      if (stack.length === 0) removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

/** All keys that work now, inner pages first. */
export function activeKeys(): [string, KeyAction][] {
  const seen = new Map<string, KeyAction>();
  for (let i = stack.length - 1; i >= 0; i -= 1) {
    for (const [name, action] of Object.entries(stack[i]?.current ?? {})) {
      if (!seen.has(name)) seen.set(name, action);
    }
  }
  return [...seen];
}
