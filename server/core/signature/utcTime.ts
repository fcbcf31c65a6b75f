/** The moment that six numbers name, from the year to the second; undefined where there is no such day or hour. */
export function utcTime(numbers: readonly number[]): Date | undefined {
  const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN] = numbers;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day); // Date.UTC takes years below 100 for those of the last century
  at.setUTCHours(hour, minute, second);
  const told = [
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
  ];
  return told.every((value, index) => value === numbers[index + 1]) ? at : undefined;
}
