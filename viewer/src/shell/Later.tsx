import { useDeferredValue, type ReactNode } from 'react';

/** Shows its children when what stands beside them is on the screen: images before forms, a list before its tools. */
export function Later({ children, meanwhile }: { children: ReactNode; meanwhile?: ReactNode }) {
  return useDeferredValue(true, false) ? children : meanwhile;
}
