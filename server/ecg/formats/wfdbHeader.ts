import { UnreadableRecording } from './model.ts';

export interface WfdbSignal {
  fileName: string;
  format: number;
  samplesPerFrame: number;
  byteOffset: number;
  microvoltPerUnit: number;
  baseline: number;
  adcResolution: number;
  checksum?: number;
  description: string;
}

export interface WfdbHeader {
  recordName: string;
  samplingRateHz: number;
  /** Samples per signal, 0 when the header leaves it open. */
  sampleCount: number;
  startedAt?: string;
  signals: WfdbSignal[];
  comments: string[];
}

/** header(5) of WFDB: record line, one line per signal, comments behind `#`. */
export function parseHeader(text: string): WfdbHeader {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const comments = lines.filter((line) => line.startsWith('#')).map((line) => line.slice(1).trim());
  const content = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const [recordName, count, rate, samples, time, date] = (content[0] ?? '').split(/\s+/);
  if (!recordName || !count) throw new UnreadableRecording('WFDB: the header has no record line');
  if (recordName.includes('/'))
    throw new UnreadableRecording('WFDB: multi-segment records are not supported', 'unsupported');
  const signalCount = Number(count);
  if (!Number.isInteger(signalCount) || signalCount < 1 || content.length - 1 < signalCount)
    throw new UnreadableRecording(
      `WFDB: the header announces ${count} signals and describes ${content.length - 1}`,
    );
  const samplingRateHz = rate === undefined ? 250 : Number.parseFloat(rate);
  const sampleCount = samples === undefined ? 0 : Number(samples);
  if (!(samplingRateHz > 0) || !Number.isInteger(sampleCount) || sampleCount < 0)
    throw new UnreadableRecording('WFDB: impossible record line');
  const header: WfdbHeader = {
    recordName,
    samplingRateHz,
    sampleCount,
    signals: content.slice(1, signalCount + 1).map((line) => signalLine(line)),
    comments,
  };
  const clock = /^(\d{1,2}):(\d\d):(\d\d)/.exec(time ?? '');
  const day = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(date ?? '');
  if (clock && day)
    header.startedAt = `${day[3]}-${day[2]?.padStart(2, '0')}-${day[1]?.padStart(2, '0')}T${clock[1]?.padStart(2, '0')}:${clock[2]}:${clock[3]}`;
  return header;
}

const microvoltOf: Record<string, number> = { mv: 1000, uv: 1, v: 1e6, nv: 0.001 };

function signalLine(line: string): WfdbSignal {
  const fields = line.split(/\s+/);
  const [fileName = '', formatField = ''] = fields;
  const format = /^(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?$/.exec(formatField);
  if (!format) throw new UnreadableRecording(`WFDB: '${line.slice(0, 60)}' describes no signal`);
  let at = 2;
  let gain = 200;
  let unit = 'mV';
  let baseline: number | undefined;
  const gainField = /^(-?[\d.]+(?:[eE][-+]?\d+)?)(?:\((-?\d+)\))?(?:\/(\S+))?$/.exec(fields[2] ?? '');
  if (gainField) {
    at = 3;
    gain = Number(gainField[1]) || 200;
    if (gainField[2] !== undefined) baseline = Number(gainField[2]);
    if (gainField[3] !== undefined) unit = gainField[3];
  }
  const [adcResolution = 0, adcZero = 0, , sum] = fields.slice(at, at + 4).map(Number);
  const microvolt = microvoltOf[unit.toLowerCase()];
  if (microvolt === undefined) throw new UnreadableRecording(`WFDB: unit '${unit}' is no voltage`);
  const signal: WfdbSignal = {
    fileName,
    format: Number(format[1]),
    samplesPerFrame: Number(format[2] ?? 1),
    byteOffset: Number(format[4] ?? 0),
    microvoltPerUnit: microvolt / gain,
    baseline: baseline ?? (Number.isFinite(adcZero) ? adcZero : 0),
    adcResolution: Number.isFinite(adcResolution) ? adcResolution : 0,
    description: fields.slice(at + 5).join(' ') || `Signal ${fileName}`,
  };
  if (sum !== undefined && Number.isInteger(sum)) signal.checksum = sum & 0xffff;
  return signal;
}
