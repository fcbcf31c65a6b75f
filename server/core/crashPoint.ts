/** `<point>` or `<point>@<n>`: at its n-th passing. */
const [armed, passings = '1'] = (process.env.HUB_CRASH_AT ?? '').split('@');
let left = Number(passings);

/**
 * A named moment at which a test lets the process end as by `kill -9`: nothing is closed, flushed or rolled back by it.
 * Does nothing unless `HUB_CRASH_AT` names the point.
 */
export function crashPoint(name: string): void {
  if (!armed || armed !== name || --left > 0) return;
  process.kill(process.pid, 'SIGKILL');
}
