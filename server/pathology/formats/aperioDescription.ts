/** What the `|key = value` list in an Aperio ImageDescription says about the scan. */
export interface AperioDescription {
  micrometrePerPixel: number | null;
  objectivePower: number | null;
  barcode: string | null;
  /** ISO local time as the scanner wrote it, without zone */
  scannedAt: string | null;
}

function positive(text: string | undefined): number | null {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** Aperio writes 12/29/09 and 09:59:15; two-digit years are of this century. */
function timeOf(date: string | undefined, time: string | undefined): string | null {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(date ?? '');
  if (!match) return null;
  const [, month = '', day = '', year = ''] = match;
  const clock = /^\d{2}:\d{2}:\d{2}$/.test(time ?? '') ? time : '00:00:00';
  return `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${clock}`;
}

/** Reads the fields that matter from an Aperio ImageDescription; the others (user, title) may name people. */
export function readAperioDescription(description: string): AperioDescription {
  const fields = new Map<string, string>();
  for (const part of description.split('|').slice(1)) {
    const at = part.indexOf('=');
    if (at > 0)
      fields.set(
        part.slice(0, at).trim(),
        part
          .slice(at + 1)
          .trim()
          .slice(0, 256),
      );
  }
  return {
    micrometrePerPixel: positive(fields.get('MPP')),
    objectivePower: positive(fields.get('AppMag')),
    barcode: fields.get('Barcode') ?? fields.get('BarCode') ?? null,
    scannedAt: timeOf(fields.get('Date'), fields.get('Time')),
  };
}
