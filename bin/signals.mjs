// When a program that `npm start` runs is told to stop.
import { clearInterval, setInterval } from 'node:timers';

/**
 * Calls `stop` with the signal to pass on: at a signal, and when the shell is gone that npm started this process in.
 * npm passes SIGTERM on to that shell alone, which dies of it and would leave the hub behind.
 */
export function onStop(stop) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => stop(signal === 'SIGHUP' ? 'SIGTERM' : signal));
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop('SIGTERM');
  }, 200);
  watch.unref();
}
