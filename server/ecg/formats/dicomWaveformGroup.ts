import type { DataSet } from 'dicom-parser';
import { canonicalLeadName, leadNameOfCode } from './leadNames.ts';
import { stringOf } from './dicomWaveform.ts';
import { UnreadableRecording, maximumLeads, maximumSamples } from './model.ts';
import type { EcgFilters, EcgLead, ReadingNote, Samples } from './model.ts';
import { compact, finite } from './xml.ts';

export interface MultiplexGroup {
  samplingRateHz: number;
  offsetMs: number;
  bits: number;
  median: boolean;
  leads: EcgLead[];
  filters: EcgFilters;
}

/** One item of the Waveform Sequence (PS3.3 C.10.9): samples interleaved channel by channel. */
export function readMultiplexGroup(item: DataSet, notes: ReadingNote[], bigEndian: boolean): MultiplexGroup {
  const channels = item.uint16('x003a0005') ?? 0;
  const count = item.uint32('x003a0010') ?? 0;
  const samplingRateHz = finite(stringOf(item, 'x003a001a')) ?? 0;
  const bits = item.uint16('x54001004') ?? 16;
  const interpretation = stringOf(item, 'x54001006') ?? 'SS';
  const data = item.elements['x54001010'];
  const label = stringOf(item, 'x003a0020') ?? '';
  if (!data || channels === 0 || count === 0)
    throw new UnreadableRecording('DICOM waveform group without samples');
  if (!(samplingRateHz > 0))
    throw new UnreadableRecording('DICOM waveform group without a sampling frequency');
  if (channels > maximumLeads || count > maximumSamples / channels)
    throw new UnreadableRecording('DICOM waveform group is too large', 'too-large');
  const bytesPerSample = bits === 8 ? 1 : bits === 32 ? 4 : 2;
  if (data.length < channels * count * bytesPerSample)
    throw new UnreadableRecording(
      `DICOM waveform data is cut off: ${channels} × ${count} samples announced, ${data.length} bytes found`,
      'cut-off',
    );
  const definitions = item.elements['x003a0200']?.items ?? [];
  const sample = sampleReader(item, data.dataOffset, bytesPerSample, interpretation, bigEndian);
  const padding = paddingValue(item, bytesPerSample, interpretation, bigEndian);
  const filters: EcgFilters = {};
  const leads = Array.from({ length: channels }, (_, channel): EcgLead => {
    const definition = definitions[channel]?.dataSet;
    Object.assign(filters, definition ? readFilters(definition) : {});
    const samples = new Int32Array(count);
    for (let i = 0; i < count; i++) samples[i] = sample(i * channels + channel);
    return describe(definition, channel, samples, padding, notes);
  });
  return {
    samplingRateHz,
    offsetMs: finite(stringOf(item, 'x00181068')) ?? 0,
    bits,
    median:
      /median|average|template|representative/i.test(label) ||
      (stringOf(item, 'x003a0004') === 'DERIVED' && count < samplingRateHz * 2),
    leads,
    filters,
  };
}

function sampleReader(
  item: DataSet,
  at: number,
  size: number,
  interpretation: string,
  bigEndian: boolean,
): (index: number) => number {
  const bytes = item.byteArray;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = !bigEndian;
  if (size === 1) {
    if (interpretation === 'UB') return (index) => view.getUint8(at + index);
    if (interpretation === 'MB' || interpretation === 'AB')
      throw new UnreadableRecording('DICOM waveform: µ-law and A-law are audio, not ECG');
    return (index) => view.getInt8(at + index);
  }
  if (size === 4)
    return interpretation === 'UL'
      ? (index) => view.getUint32(at + 4 * index, little)
      : (index) => view.getInt32(at + 4 * index, little);
  return interpretation === 'US'
    ? (index) => view.getUint16(at + 2 * index, little)
    : (index) => view.getInt16(at + 2 * index, little);
}

function paddingValue(
  item: DataSet,
  size: number,
  interpretation: string,
  bigEndian: boolean,
): number | undefined {
  const element = item.elements['x5400100a'];
  if (!element || element.length < size) return undefined;
  return sampleReader(item, element.dataOffset, size, interpretation, bigEndian)(0);
}

const unitInMicrovolt: Record<string, number> = { uV: 1, UV: 1, mV: 1000, MV: 1000, nV: 0.001, V: 1e6 };

function describe(
  definition: DataSet | undefined,
  channel: number,
  raw: Int32Array,
  padding: number | undefined,
  notes: ReadingNote[],
): EcgLead {
  const source = definition?.elements['x003a0208']?.items?.[0]?.dataSet;
  const units = definition?.elements['x003a0211']?.items?.[0]?.dataSet;
  const sensitivity = finite(definition && stringOf(definition, 'x003a0210'));
  const correction = finite(definition && stringOf(definition, 'x003a0212')) ?? 1;
  const baseline = finite(definition && stringOf(definition, 'x003a0213')) ?? 0;
  const unit = unitInMicrovolt[(units && stringOf(units, 'x00080100')) ?? 'uV'];
  const name = leadName(source, definition, channel);
  if (sensitivity === undefined || unit === undefined)
    throw new UnreadableRecording(`DICOM waveform: lead ${name} has no sensitivity in volts`);
  const microvoltPerUnit = Number((sensitivity * correction * unit).toPrecision(12));
  let samples: Samples = raw;
  if (baseline !== 0) {
    const shift = (baseline * unit) / microvoltPerUnit;
    samples = Number.isInteger(shift)
      ? raw.map((value) => value + shift)
      : Float64Array.from(raw, (value) => value + shift);
  }
  const lead: EcgLead = { name, samples, microvoltPerUnit, origin: 'recorded', startSample: 0 };
  // a padding value of 0 is what writers put there who use none
  if (padding !== undefined && padding !== 0) {
    const missing = ranges(raw, padding);
    if (missing.length > 0) {
      lead.missing = missing;
      notes.push({ code: 'missing-samples', detail: name });
      for (const [from, to] of missing) samples.fill(0, from, to); // they carry no information
    }
  }
  return lead;
}

/** Runs of at least two samples of one value. */
export function ranges(raw: ArrayLike<number>, wanted: number): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] !== wanted) continue;
    const from = i;
    while (i < raw.length && raw[i] === wanted) i++;
    if (i - from >= 2) found.push([from, i]);
  }
  return found;
}

/** MDC codes `2:n` (part:code) and SCPECG `5.6.3-9-n` carry the same number; else the code's meaning. */
function leadName(source: DataSet | undefined, definition: DataSet | undefined, channel: number): string {
  const code = source ? (stringOf(source, 'x00080100') ?? '') : '';
  const number = /^2:(\d+)$/.exec(code)?.[1] ?? /^5\.6\.3-9-(\d+)$/.exec(code)?.[1];
  if (number !== undefined && Number(number) > 0) {
    const named = leadNameOfCode(Number(number));
    if (!named.startsWith('Lead ')) return named;
  }
  const meaning = source ? stringOf(source, 'x00080104') : undefined;
  const label = definition ? stringOf(definition, 'x003a0203') : undefined;
  if (meaning ?? label) return canonicalLeadName((meaning ?? label ?? '').replace(/\s*\(.*$/, ''));
  return `Channel ${channel + 1}`;
}

function readFilters(definition: DataSet): EcgFilters {
  return compact({
    highPassHz: finite(stringOf(definition, 'x003a0220')),
    lowPassHz: finite(stringOf(definition, 'x003a0221')),
    notchHz: finite(stringOf(definition, 'x003a0222')),
  });
}
