/** Time of a long recording: hours, minutes, seconds. */
export function clock(ms: number): string {
  const s = Math.floor(ms / 1000);
  return [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
