import { invalid } from '../../core/errors.ts';
import type { CurvePoint } from '../rules/a0.ts';
import type { CycleParameters } from '../rules/physicalCheck.ts';
import { matchLines, type FieldName, type LineMatches, type PrintOutProfile } from './printOutProfile.ts';

export const MAX_PRINT_OUT_BYTES = 1024 * 1024;
const MAX_LINES = 20_000;
const MAX_LINE = 400;
const MAX_POINTS = 5000;

const ESCAPE = String.fromCharCode(0x1b);
/** ESC @, ESC E, ESC 4 …: one command letter and at most one argument. */
const PRINTER_COMMAND = new RegExp(`${ESCAPE}[@-Z\\\\-~a-z][0-9]?`, 'g');

export interface CycleReading {
  cycleNumber?: string;
  programme?: string;
  operator?: string;
  batch?: string;
  /** Device time as printed, `YYYY-MM-DDTHH:mm:ss`, without zone. */
  startedAt?: string;
  endedAt?: string;
  parameters: CycleParameters;
  curve: CurvePoint[];
  /** `truncated`, `gb18030`, `undecodable`, `several-records`, `no-record`, `missing:<field>`, `curve-thinned`. */
  flags: string[];
}

/**
 * Text of a machine's printer. `auto` tries UTF-8 strictly, then GB18030. Printer commands (ESC sequences, form feeds,
 * NUL) are dropped; the original bytes stay in the object store.
 */
export function decodePrintOut(bytes: Uint8Array, encoding: PrintOutProfile['encoding'] = 'auto') {
  if (bytes.length > MAX_PRINT_OUT_BYTES)
    throw invalid(`a print-out has at most ${MAX_PRINT_OUT_BYTES} bytes`, 'print-out-size');
  const flags: string[] = [];
  let used: string = encoding;
  let text: string;
  if (encoding === 'auto') {
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      used = 'utf-8';
    } catch {
      text = new TextDecoder('gb18030').decode(bytes);
      used = 'gb18030';
    }
  } else text = new TextDecoder(encoding).decode(bytes);
  if (used === 'gb18030') flags.push('gb18030');
  if (text.includes('\ufffd')) flags.push('undecodable');
  const clean = text
    .replace(PRINTER_COMMAND, '')
    .replaceAll('\0', '')
    .replaceAll('\f', '')
    .replace(/^\ufeff/, '');
  return { text: clean, encoding: used, flags };
}

/** Reads the last record of a print-out by its profile. Throws `invalid` for oversize input or a profile that runs away. */
export function readPrintOut(bytes: Uint8Array, profile: PrintOutProfile): CycleReading {
  const decoded = decodePrintOut(bytes, profile.encoding);
  const lines = decoded.text.split(/\r\n|\n|\r/).slice(0, MAX_LINES);
  let matches: LineMatches[];
  try {
    matches = matchLines(
      profile,
      lines.map((line) => line.slice(0, MAX_LINE)),
    );
  } catch (cause) {
    throw invalid('the patterns of this profile run too long on this print-out', [
      {
        path: 'profile',
        code: 'patterns-too-slow',
        message: cause instanceof Error ? cause.message : 'unknown',
      },
    ]);
  }
  const flags = [...decoded.flags];
  const starts = matches.flatMap((match, index) => (match.start ? [index] : []));
  if (starts.length === 0) flags.push('no-record');
  if (starts.length > 1) flags.push('several-records');
  const from = starts.at(-1) ?? 0;
  const endOffset = profile.end ? matches.slice(from).findIndex((match) => match.end) : -1;
  if (profile.end && endOffset === -1) flags.push('truncated');
  const record = matches.slice(from, endOffset === -1 ? undefined : from + endOffset + 1);
  return { ...collect(record, profile, flags) };
}

function collect(record: LineMatches[], profile: PrintOutProfile, flags: string[]): CycleReading {
  const texts = new Map<FieldName, string>();
  for (const match of record)
    for (const [name, value] of match.fields) if (!texts.has(name)) texts.set(name, value);
  const number = (name: FieldName): number | undefined => {
    const rule = profile.fields.find((field) => field.name === name);
    const text = texts.get(name);
    if (!rule || text === undefined) return undefined;
    const value = rule.type === 'duration' ? seconds(text) : Number(text.replace(',', '.'));
    return Number.isFinite(value) ? Math.round((value * rule.factor + rule.offset) * 1000) / 1000 : undefined;
  };
  for (const name of profile.required) if (!texts.has(name)) flags.push(`missing:${name}`);
  const verdict = record.some((match) => match.fail)
    ? 'fail'
    : record.some((match) => match.pass)
      ? 'pass'
      : undefined;
  const day = isoDay(texts.get('date'));
  const start = clock(texts.get('startTime'));
  const end = clock(texts.get('endTime'));
  const parameters: CycleParameters = {};
  for (const name of [
    'holdS',
    'minTemperatureC',
    'maxTemperatureC',
    'minPressureKpa',
    'maxPressureKpa',
    'concentrationMgL',
    'humidityPercent',
    'leakKpaMin',
    'a0',
  ] as const) {
    const value = number(name);
    if (value !== undefined) parameters[name] = value;
  }
  if (verdict) parameters.verdict = verdict;
  const text = (name: 'cycleNumber' | 'programme' | 'operator' | 'batch') => {
    const value = texts.get(name);
    return value === undefined ? {} : { [name]: value.slice(0, 80) };
  };
  return {
    ...text('cycleNumber'),
    ...text('programme'),
    ...text('operator'),
    ...text('batch'),
    ...(day && start && { startedAt: `${day}T${start}` }),
    ...(day && end && { endedAt: `${start && end < start ? nextDay(day) : day}T${end}` }),
    parameters,
    curve: readCurve(record, profile, flags),
    flags,
  };
}

function readCurve(record: LineMatches[], profile: PrintOutProfile, flags: string[]): CurvePoint[] {
  const { pressureFactor = 1, pressureOffset = 0 } = profile.sample ?? {};
  const points: CurvePoint[] = [];
  let first: number | undefined;
  let previous = 0;
  let days = 0;
  for (const { sample } of record) {
    if (!sample) continue;
    const at = seconds(sample.time);
    const temperatureC = Number(sample.temperature.replace(',', '.'));
    if (!Number.isFinite(at) || !Number.isFinite(temperatureC)) continue;
    if (first !== undefined && at < previous) days += 86_400; // past midnight
    first ??= at;
    previous = at;
    const pressure = sample.pressure === undefined ? undefined : Number(sample.pressure.replace(',', '.'));
    points.push({
      s: at + days - first,
      temperatureC,
      ...(pressure !== undefined &&
        Number.isFinite(pressure) && {
          pressureKpa: Math.round((pressure * pressureFactor + pressureOffset) * 100) / 100,
        }),
    });
  }
  if (points.length <= MAX_POINTS) return points;
  flags.push('curve-thinned');
  const step = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, index) => index % step === 0);
}

/** `ss`, `mm:ss` or `hh:mm:ss` to seconds; NaN when it is none of them. */
function seconds(text: string): number {
  const parts = text.trim().split(':').map(Number);
  if (parts.length > 3 || parts.some((part) => !Number.isFinite(part))) return Number.NaN;
  return parts.reduce((total, part) => total * 60 + part, 0);
}

function clock(text: string | undefined): string | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text?.trim() ?? '');
  return match ? `${match[1]?.padStart(2, '0')}:${match[2]}:${match[3] ?? '00'}` : undefined;
}

function isoDay(text: string | undefined): string | undefined {
  const match = /(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})/.exec(text ?? '');
  return match ? `${match[1]}-${match[2]?.padStart(2, '0')}-${match[3]?.padStart(2, '0')}` : undefined;
}

const nextDay = (day: string) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
