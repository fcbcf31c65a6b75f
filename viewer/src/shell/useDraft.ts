import { useMemo } from 'react';

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

/**
 * `keep` writes at once: what was typed before a tab crashed is there again. A few kilobytes per key cost less than a tenth
 * of a millisecond.
 */
export function useDraft<T>(key: string): {
  keep: (value: T) => void;
  drop: () => void;
  read: () => Kept<T> | null;
} {
  return useMemo(
    () => ({
      keep: (value: T) => keepDraft(key, value),
      drop: () => dropDraft(key),
      read: () => readDraft<T>(key),
    }),
    [key],
  );
}
