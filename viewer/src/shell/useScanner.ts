import { useEffect, useRef } from 'react';

/** In a field somebody may be typing: only what no hand types is a scan there. */
const gapInFieldMs = 45;
/** Elsewhere keys mean nothing else. Cordless scanners, and wired ones on a busy PC, leave up to a quarter of a second. */
const gapElsewhereMs = 300;

/**
 * A scanner or card reader in keyboard-wedge mode, also when no field has the focus: characters close together, ended by
 * Enter or Tab. Calls back with the whole code. Where a field takes the scan itself (`data-scan-field`), its own text is
 * the code and no gap matters.
 */
export function useScanner(onCode: (code: string) => void, minLength = 6): void {
  const latest = useRef(onCode);
  useEffect(() => {
    latest.current = onCode;
  });
  useEffect(() => {
    let text = '';
    let last = 0;
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const now = event.timeStamp || performance.now(); // when the key came, not when a busy page got round to it
      if (now - last > gapOf(event.target)) text = '';
      last = now;
      if (event.key === 'Enter' || event.key === 'Tab') {
        const code = text;
        text = '';
        if (code.length < minLength) return;
        event.preventDefault();
        event.stopPropagation();
        latest.current(code);
        return;
      }
      if (event.key.length === 1) text += event.key;
    };
    addEventListener('keydown', listen, true);
    return () => removeEventListener('keydown', listen, true);
  }, [minLength]);
}

const gapOf = (target: EventTarget | null): number => {
  if (!(target instanceof HTMLElement)) return gapElsewhereMs;
  if (target.closest('[data-scan-field]')) return gapElsewhereMs;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
    ? gapInFieldMs
    : gapElsewhereMs;
};
