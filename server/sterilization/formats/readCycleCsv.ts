import { invalid } from '../../core/errors.ts';
import type { CurvePoint } from '../rules/a0.ts';

/** Column headings under which machines export a curve; first match wins. */
const HEADINGS = {
  time: /^(time|时间|elapsed|t\b)/i,
  temperature: /(temp|温度|℃|°c)/i,
  pressure: /(pressure|压力|kpa|bar|mpa)/i,
};

/**
 * Curve of a cycle from a CSV export: first row headings, comma, semicolon or tab; time as seconds or hh:mm:ss;
 * pressure in the unit of its heading (kPa unless bar or MPa is named). Throws `invalid`.
 */
export function readCycleCsv(text: string): CurvePoint[] {
  const rows = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .filter((row) => row.trim() !== '');
  if (rows.length < 3)
    throw invalid('the table has no curve: at least two rows below the headings are needed', 'curve-empty');
  if (rows.length > 20_001) throw invalid('the table has more than 20000 rows', 'curve-too-long');
  const head = rows[0] ?? '';
  const delimiter = [';', '\t', ','].find((mark) => head.includes(mark)) ?? ',';
  const headings = head.split(delimiter).map((cell) => cell.trim().replace(/^"|"$/g, ''));
  const column = (pattern: RegExp) => headings.findIndex((heading) => pattern.test(heading));
  const time = column(HEADINGS.time);
  const temperature = column(HEADINGS.temperature);
  const pressure = column(HEADINGS.pressure);
  if (time === -1 || temperature === -1)
    throw invalid('the table needs a column for time and one for temperature', 'curve-columns');
  const unit = headings[pressure] ?? '';
  const factor = /mpa/i.test(unit) ? 1000 : /mbar/i.test(unit) ? 0.1 : /bar/i.test(unit) ? 100 : 1;
  const points: CurvePoint[] = [];
  let first: number | undefined;
  for (const [index, row] of rows.slice(1).entries()) {
    const cells = row.split(delimiter).map((cell) => cell.trim().replace(/^"|"$/g, ''));
    const at = toSeconds(cells[time] ?? '');
    const temperatureC = toNumber(cells[temperature]);
    if (!Number.isFinite(at) || !Number.isFinite(temperatureC))
      throw invalid(`row ${index + 2} has no time or temperature`, 'curve-row');
    first ??= at;
    const kpa = pressure === -1 ? Number.NaN : toNumber(cells[pressure]) * factor;
    points.push({
      s: at < first ? at + 86_400 - first : at - first,
      temperatureC,
      ...(Number.isFinite(kpa) && { pressureKpa: kpa }),
    });
  }
  const step = Math.ceil(points.length / 5000);
  return points.filter((_, index) => index % step === 0);
}

const toNumber = (cell: string | undefined) => (cell ? Number(cell.replace(',', '.')) : Number.NaN);

function toSeconds(cell: string): number {
  const clock = /(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$/.exec(cell);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
  return toNumber(cell);
}
