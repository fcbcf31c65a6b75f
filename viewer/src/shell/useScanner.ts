import { useEffect, useRef } from 'react';

const maxGapMs = 45;

/**
 * A scanner or card reader in keyboard-wedge mode, also when no field has the focus: characters closer together than a
 * person types, ended by Enter or Tab. Calls back with the whole code.
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
      const now = performance.now();
      if (now - last > maxGapMs) text = '';
      last = now;
      if (event.key === 'Enter' || event.key === 'Tab') {
        if (text.length < minLength) return;
        event.preventDefault();
        event.stopPropagation();
        const code = text;
        text = '';
        latest.current(code);
        return;
      }
      if (event.key.length === 1) text += event.key;
    };
    addEventListener('keydown', listen, true);
    return () => removeEventListener('keydown', listen, true);
  }, [minLength]);
}
