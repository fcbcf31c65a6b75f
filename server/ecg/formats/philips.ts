import { canonicalLeadName, deriveLimbLeads, inStandardOrder, standardLeads } from './leadNames.ts';
import { decompressLzw } from './lzw.ts';
import { UnreadableRecording, maximumLeads } from './model.ts';
import type { EcgLead, EcgPatient, EcgRecording, MachineMeasurements, ReadingNote } from './model.ts';
import { fullName, sexOf } from './patientText.ts';
import {
  attribute,
  child,
  children,
  compact,
  decodeXml,
  finite,
  numberOf,
  parseXml,
  textOf,
  xmlHead,
} from './xml.ts';
import type { XmlNode } from './xml.ts';

export const name = 'philips-xml';

export function matches(head: Uint8Array): boolean {
  return /<(\w+:)?restingecgdata[\s>]/.test(xmlHead(head));
}

/**
 * Philips (Sierra) ECG XML 1.03, 1.04 and 1.04.01 with plain or XLI-compressed waveforms. In XLI the leads
 * III and aVR, aVL, aVF are stored as residuals against I and II and are reconstructed here.
 */
export function read(bytes: Uint8Array): EcgRecording {
  const notes: ReadingNote[] = [];
  const root = child(parseXml(decodeXml(bytes, notes)), 'restingecgdata');
  if (!root) throw new UnreadableRecording('Philips XML: no restingecgdata element', 'unknown-format');
  const type = textOf(root, 'documentinfo', 'documenttype');
  if (type !== 'SierraECG' && type !== 'PhilipsECG')
    throw new UnreadableRecording(`Philips XML: document type '${type ?? ''}' is not an ECG`, 'unsupported');
  const version = textOf(root, 'documentinfo', 'documentversion') ?? '';
  if (!/^1\.0[34](\.\d+)?$/.test(version))
    throw new UnreadableRecording(`Philips XML: version '${version}' is not known`, 'unsupported');
  const signal = child(root, 'dataacquisition', 'signalcharacteristics');
  const samplingRateHz = numberOf(signal, 'samplingrate') ?? 0;
  if (!(samplingRateHz > 0)) throw new UnreadableRecording('Philips XML: no sampling rate');
  const microvoltPerUnit = numberOf(signal, 'signalresolution') ?? numberOf(signal, 'resolution') ?? 5;
  const waveforms = child(root, 'waveforms', 'parsedwaveforms');
  if (!waveforms) throw new UnreadableRecording('Philips XML: no waveforms', 'no-trace');
  const count =
    numberOf(signal, 'numberchannelsvalid') ?? finite(attribute(waveforms, 'numberofleads')) ?? 12;
  const labels = (attribute(waveforms, 'leadlabels') ?? '').split(/[\s,]+/).filter(Boolean);
  const names = labels.length > 0 ? labels : [...standardLeads];
  const channels = readChannels(waveforms, names.length, samplingRateHz, notes).slice(
    0,
    Math.min(count, names.length),
  );
  if (channels.length === 0) throw new UnreadableRecording('Philips XML: the waveforms hold no lead');
  const leads = channels.map((samples, index): EcgLead => ({
    name: canonicalLeadName(names[index] ?? `Channel ${index + 1}`),
    samples,
    microvoltPerUnit,
    origin: 'recorded',
    startSample: 0,
  }));
  const acquisition = child(root, 'dataacquisition');
  const machine = child(acquisition, 'machine');
  return compact({
    format: name,
    formatVersion: version,
    samplingRateHz,
    bitsPerSample: numberOf(signal, 'bitspersample'),
    leads: deriveLimbLeads(inStandardOrder(leads), notes),
    medianBeat: undefined,
    patient: readPatient(child(root, 'patient', 'generalpatientdata')),
    device: compact({
      manufacturer: 'Philips',
      model: textOf(machine) ?? textOf(machine, 'machinetype'),
      serialNumber: attribute(machine, 'machineid'),
      software: attribute(machine, 'detaildescription'),
      institution: textOf(acquisition, 'acquirer', 'institutionname'),
    }),
    filters: readFilters(root, signal),
    acquiredAt: joinTime(attribute(acquisition, 'date'), attribute(acquisition, 'time')),
    placerOrderNumber: textOf(root, 'orderinfo', 'ordernumber'),
    priority: attribute(acquisition, 'statflag') === 'True' ? ('emergency' as const) : undefined,
    machineMeasurements: readMeasurements(root),
    machineStatements: readStatements(root),
    notes,
  });
}

function joinTime(date: string | undefined, time: string | undefined): string | undefined {
  return date && /^\d{4}-\d\d-\d\d$/.test(date) ? `${date}T${time ?? '00:00:00'}` : undefined;
}

function readChannels(node: XmlNode, expected: number, rate: number, notes: ReadingNote[]): Int32Array[] {
  const encoding = attribute(node, 'dataencoding') ?? 'Base64';
  const body = textOf(node) ?? '';
  const compressed =
    attribute(node, 'compression') === 'XLI' ||
    (attribute(node, 'compressflag') === 'True' && attribute(node, 'compressmethod') === 'XLI');
  if (encoding.toLowerCase() !== 'base64')
    return plainChannels(
      body
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(Number),
      expected,
      node,
    );
  const bytes = Buffer.from(body, 'base64');
  if (!compressed) {
    const values = Array.from({ length: bytes.byteLength >> 1 }, (_, index) => bytes.readInt16LE(index * 2));
    return plainChannels(values, expected, node);
  }
  const channels = decodeXli(bytes);
  if (channels.length < 6) throw new UnreadableRecording('XLI: fewer than six leads');
  const wanted = Math.round(((finite(attribute(node, 'durationperchannel')) ?? 0) * rate) / 1000);
  reconstruct(channels);
  notes.push({ code: 'limb-leads-reconstructed', detail: 'III aVR aVL aVF' });
  return wanted > 0 ? channels.map((channel) => channel.subarray(0, wanted)) : channels;
}

function plainChannels(values: number[], expected: number, node: XmlNode): Int32Array[] {
  if (values.some((value) => !Number.isFinite(value)))
    throw new UnreadableRecording('Philips XML: waveform holds something else than numbers');
  const each = finite(attribute(node, 'samplesperchannel')) ?? Math.floor(values.length / expected);
  if (!(each > 0) || each * expected > values.length)
    throw new UnreadableRecording('Philips XML: waveform is cut off', 'cut-off');
  return Array.from({ length: expected }, (_, channel) =>
    Int32Array.from(values.slice(channel * each, (channel + 1) * each)),
  );
}

const maximumLeadBytes = 2 * 3600 * 1000;

/** Chunks: int32 size, int16 code, int16 first difference, then LZW with 10-bit codes. */
export function decodeXli(bytes: Uint8Array): Int32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels: Int32Array[] = [];
  let at = 0;
  while (at + 8 <= bytes.byteLength) {
    const size = view.getInt32(at, true);
    const first = view.getInt16(at + 6, true);
    if (size <= 0 || at + 8 + size > bytes.byteLength)
      throw new UnreadableRecording('XLI: chunk is cut off', 'cut-off');
    if (channels.length >= maximumLeads) throw new UnreadableRecording('XLI: too many chunks', 'too-large');
    channels.push(
      decodeDeltas(decompressLzw(bytes.subarray(at + 8, at + 8 + size), 10, maximumLeadBytes), first),
    );
    at += 8 + size;
  }
  return channels;
}

/** High bytes first, then low bytes; second difference with the last stored value minus 64. */
function decodeDeltas(bytes: Uint8Array, first: number): Int32Array {
  const count = (bytes.byteLength + 1) >> 1;
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) values[i] = (((bytes[i] ?? 0) << 24) >> 16) | (bytes[count + i] ?? 0);
  let last = first;
  for (let i = 2; i < count; i++) {
    const restored = 2 * (values[i - 1] ?? 0) - (values[i - 2] ?? 0) - last;
    last = (values[i] ?? 0) - 64;
    values[i] = restored;
  }
  return values;
}

function reconstruct(channels: Int32Array[]): void {
  const [one, two, three, right, left, foot] = channels;
  if (!one || !two || !three || !right || !left || !foot) return;
  const length = Math.min(...channels.slice(0, 6).map((channel) => channel.length));
  for (let i = 0; i < length; i++) {
    const a = one[i] ?? 0;
    const b = two[i] ?? 0;
    const c = b - a - (three[i] ?? 0);
    three[i] = c;
    right[i] = -(right[i] ?? 0) - Math.floor((a + b) / 2);
    left[i] = Math.floor((a - c) / 2) - (left[i] ?? 0);
    foot[i] = Math.floor((b + c) / 2) - (foot[i] ?? 0);
  }
}

function readPatient(node: XmlNode | undefined): EcgPatient {
  const family = textOf(node, 'name', 'lastname');
  const given = textOf(node, 'name', 'firstname');
  const birth = textOf(node, 'age', 'dateofbirth');
  return compact({
    identifier: textOf(node, 'patientid') ?? textOf(node, 'MRN'),
    name: fullName(family, given),
    birthDate: birth && /^\d{4}-\d\d-\d\d/.test(birth) ? birth.slice(0, 10) : undefined,
    ageYears: numberOf(node, 'age', 'years'),
    sex: sexOf(textOf(node, 'sex')),
  });
}

function readFilters(root: XmlNode, signal: XmlNode | undefined): EcgRecording['filters'] {
  const [low, high] = (textOf(signal, 'signalbandwidth') ?? '').split('-').map((part) => finite(part.trim()));
  const band = child(root, 'reportinfo', 'reportbandwidth');
  return compact({
    highPassHz: numberOf(signal, 'hipass') ?? low ?? numberOf(band, 'highpassfiltersetting'),
    lowPassHz: numberOf(signal, 'lowpass') ?? high ?? numberOf(band, 'lowpassfiltersetting'),
    notchHz: textOf(signal, 'notchfiltered') === 'True' ? numberOf(signal, 'acsetting') : undefined,
  });
}

function readMeasurements(root: XmlNode): MachineMeasurements {
  const cross =
    child(root, 'measurements', 'globalmeasurements') ??
    child(root, 'internalmeasurements', 'crossleadmeasurements') ??
    child(root, 'measurements', 'crossleadmeasurements');
  const report = child(root, 'interpretations', 'interpretation', 'globalmeasurements');
  return compact({
    heartRateBpm: numberOf(report, 'heartrate') ?? numberOf(cross, 'meanventrate'),
    atrialRateBpm: numberOf(cross, 'atrialrate'),
    prMs: numberOf(report, 'print') ?? numberOf(cross, 'meanprint'),
    qrsMs: numberOf(report, 'qrsdur') ?? numberOf(cross, 'meanqrsdur'),
    qtMs: numberOf(report, 'qtint') ?? numberOf(cross, 'meanqtint'),
    qtcMs: numberOf(report, 'qtcb') ?? numberOf(cross, 'meanqtc'),
    pAxisDegrees: numberOf(cross, 'pfrontaxis'),
    qrsAxisDegrees: numberOf(cross, 'qrsfrontaxis'),
    tAxisDegrees: numberOf(cross, 'tfrontaxis'),
  });
}

function readStatements(root: XmlNode): string[] {
  const statements: string[] = [];
  for (const interpretation of children(child(root, 'interpretations'), 'interpretation')) {
    for (const statement of children(interpretation, 'statement')) {
      const text = [textOf(statement, 'leftstatement'), textOf(statement, 'rightstatement')]
        .filter(Boolean)
        .join(' — ');
      if (text) statements.push(text);
    }
    const severity = textOf(interpretation, 'severity');
    if (severity) statements.push(severity);
  }
  return [...new Set(statements)];
}
