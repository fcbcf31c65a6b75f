import { useCallback, useEffect, useRef } from 'react';

const prefix = 'hub.draft.';
const keepMs = 7 * 86_400_000;

interface Kept<T> {
  at: number;
  value: T;
}

/** Text that the hub does not have yet, kept on this machine: survives a crash, a closed lid, a lost line. */
export function readDraft<T>(key: string): Kept<T> | null {
  try {
    const text = localStorage.getItem(prefix + key);
    return text ? (JSON.parse(text) as Kept<T>) : null;
  } catch {
    return null;
  }
}

export function keepDraft(key: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + key, JSON.stringify({ at: Date.now(), value }));
  } catch {
    // Storage full or forbidden: autosave to the hub still runs.
  }
}

export function dropDraft(key: string): void {
  localStorage.removeItem(prefix + key);
}

/** Drops every draft, on sign-out of a shared machine only when asked, and old ones at start. */
export function dropOldDrafts(now = Date.now()): void {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(prefix)) continue;
    const kept = readDraft(key.slice(prefix.length));
    if (!kept || now - kept.at > keepMs) localStorage.removeItem(key);
  }
}

/** `keep` writes at most every 300 ms and at once when the page hides. */
export function useDraft<T>(key: string): {
  keep: (value: T) => void;
  drop: () => void;
  read: () => Kept<T> | null;
} {
  const waiting = useRef<{ value: T } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (waiting.current) keepDraft(key, waiting.current.value);
    waiting.current = null;
  }, [key]);

  useEffect(() => {
    addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
    return () => {
      flush();
      removeEventListener('pagehide', flush);
      document.removeEventListener('visibilitychange', flush);
    };
  }, [flush]);

  const keep = useCallback(
    (value: T) => {
      waiting.current = { value };
      timer.current ??= setTimeout(flush, 300);
    },
    [flush],
  );
  const drop = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    waiting.current = null;
    dropDraft(key);
  }, [key]);
  const read = useCallback(() => readDraft<T>(key), [key]);
  return { keep, drop, read };
}
