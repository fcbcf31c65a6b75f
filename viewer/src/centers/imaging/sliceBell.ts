/** Rings when a viewport shows another slice. */
export interface SliceBell {
  ring: () => void;
  /** Returns how to stop listening. */
  listen: (listener: () => void) => () => void;
}

/**
 * A bell for what follows the slice that is shown. A slice kept as state of the room would draw the whole room anew at
 * every step of the wheel, which took twice as long as the picture itself.
 */
export function createSliceBell(): SliceBell {
  const listeners = new Set<() => void>();
  return {
    ring: () => {
      for (const listener of listeners) listener();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
