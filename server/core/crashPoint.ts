/** `<point>`, `<point>@<n>`: at its n-th passing; `<point>+<ms>`: so many milliseconds after it. */
const [, armed = '', passings = '1', delay] =
  /^([^@+]+)(?:@(\d+))?(?:\+(\d+))?$/.exec(process.env.HUB_CRASH_AT ?? '') ?? [];
let left = Number(passings);

/**
 * A named moment at which a test lets the process end as by `kill -9`: nothing is closed, flushed or rolled back by it.
 * Does nothing unless `HUB_CRASH_AT` names the point.
 */
export function crashPoint(name: string): void {
  if (!armed || armed !== name || --left !== 0) return;
  const kill = () => process.kill(process.pid, 'SIGKILL');
  if (delay === undefined) kill();
  else setTimeout(kill, Number(delay));
}
