const PATTERN =
  /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?$/;

/**
 * Reads an HL7 or ASTM time stamp (`YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ]`). Without a zone it is China time.
 * Undefined when it is no valid date.
 */
export function parseTimestamp(sent: string | undefined): Date | undefined {
  const found = sent ? PATTERN.exec(sent.trim()) : null;
  if (!found) return undefined;
  const [, year = '', month = '01', day = '01', hour = '00', minute = '00', second = '00', zone = '+0800'] =
    found;
  const at = new Date(
    `${year}-${month}-${day}T${hour}:${minute}:${second}${zone.slice(0, 3)}:${zone.slice(3)}`,
  );
  return Number.isNaN(at.getTime()) || parseDate(`${year}${month}${day}`) === undefined ? undefined : at;
}

/** Reads the date of a time stamp as `YYYY-MM-DD`; undefined when the day does not exist. */
export function parseDate(sent: string | undefined): string | undefined {
  const found = sent ? /^(\d{4})(\d{2})(\d{2})/.exec(sent.trim()) : null;
  if (!found) return undefined;
  const date = `${found[1]}-${found[2]}-${found[3]}`;
  const at = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== date ? undefined : date;
}
