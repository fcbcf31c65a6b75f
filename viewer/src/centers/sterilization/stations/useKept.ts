import { useState } from 'react';

/** A choice of this station that stays on this machine: shelf, sealer, second person. */
export function useKept(name: string, initial: string): [string, (value: string) => void] {
  const key = `hub.sterilization.${name}`;
  const [value, setValue] = useState(() => localStorage.getItem(key) ?? initial);
  return [
    value,
    (next) => {
      localStorage.setItem(key, next);
      setValue(next);
    },
  ];
}
