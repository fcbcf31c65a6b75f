/** Change against the earlier value in percent, and whether it is beyond the limit of the test within its time. */
export function deltaCheck(
  value: number,
  previous: { value: number; at: Date } | undefined,
  at: Date,
  limit: { percent: number | null; hours: number | null },
): { percent: number; failed: boolean } | undefined {
  if (!previous || previous.value === 0) return undefined;
  const percent = ((value - previous.value) / Math.abs(previous.value)) * 100;
  const hours = (at.getTime() - previous.at.getTime()) / 3_600_000;
  if (hours < 0) return undefined;
  const failed =
    limit.percent !== null &&
    (limit.hours === null || hours <= limit.hours) &&
    Math.abs(percent) > limit.percent;
  return { percent: Math.round(percent * 10) / 10, failed };
}
