import type { Lazy } from '../centers/contract.ts';

const modules = new Map<unknown, unknown>();

/** Loads the code of a pane before it is shown; shown afterwards it stands at once, without a placeholder before it. */
export async function warm<P>(load: Lazy<P>): Promise<void> {
  modules.set(load, await load());
}

/** The loader of `React.lazy`, answering at once what `warm` has loaded. */
export function warmed<P>(load: Lazy<P>): Lazy<P> {
  return () => {
    const known = modules.get(load) as Awaited<ReturnType<Lazy<P>>> | undefined;
    if (!known) return load();
    // React takes a thenable's answer in the same render when it comes in the same call; a promise never does, and the
    // placeholder that it shows instead stays for 300 ms
    const atOnce: PromiseLike<typeof known> = {
      then: (fulfilled) => {
        fulfilled?.(known);
        return atOnce as never;
      },
    };
    return atOnce as Promise<typeof known>;
  };
}
