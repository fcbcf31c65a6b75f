import dicomParser from 'dicom-parser';
import type { DataSet } from 'dicom-parser';
import { inflateRawSync } from 'node:zlib';
import { deviceText, latin1 } from './byteReader.ts';
import { readMultiplexGroup } from './dicomWaveformGroup.ts';
import type { MultiplexGroup } from './dicomWaveformGroup.ts';
import { hl7Time } from './aecg.ts';
import { deriveLimbLeads, inStandardOrder } from './leadNames.ts';
import { UnreadableRecording } from './model.ts';
import type { EcgLead, EcgRecording, MachineMeasurements, ReadingNote } from './model.ts';
import { fullName, sexOf } from './patientText.ts';
import { compact, finite } from './xml.ts';

export const name = 'dicom';

/** With the 128-byte preamble, or as a bare data set that starts with group 0002 or 0008. */
export function matches(head: Uint8Array): boolean {
  if (head.byteLength > 132 && latin1(head.subarray(128, 132)) === 'DICM') return true;
  return (
    head.byteLength > 8 &&
    (head[0] === 8 || head[0] === 2) &&
    head[1] === 0 &&
    head[3] === 0 &&
    (head[2] === 5 || head[2] === 0x16 || head[2] === 0x12 || head[2] === 0 || head[2] === 8)
  );
}

const maximumInflated = 512 * 1024 * 1024;

/**
 * DICOM waveform objects (12-lead, general and ambulatory ECG): every original multiplex group of the first
 * sampling rate is a part of the trace; a derived group labelled median is the median beat.
 */
export function read(bytes: Uint8Array): EcgRecording {
  const notes: ReadingNote[] = [];
  const dataSet = parse(bytes);
  const sequence = dataSet.elements['x54000100']?.items ?? [];
  if (sequence.length === 0)
    throw new UnreadableRecording('DICOM object without a waveform sequence', 'no-trace');
  const bigEndian = dataSet.string('x00020010') === '1.2.840.10008.1.2.2';
  const groups = sequence.flatMap((item) =>
    item.dataSet ? [readMultiplexGroup(item.dataSet, notes, bigEndian)] : [],
  );
  const median = groups.find((group) => group.median);
  const rhythm = groups.filter((group) => !group.median);
  const first = rhythm[0] ?? groups[0];
  if (!first) throw new UnreadableRecording('DICOM waveform sequence is empty', 'no-trace');
  const leads = joinGroups(rhythm.length > 0 ? rhythm : [first], first.samplingRateHz, notes);
  const text = (tag: string): string | undefined => stringOf(dataSet, tag);
  const sex = text('x00100040');
  const birth = text('x00100030');
  const age = /^(\d+)Y$/.exec(text('x00101010') ?? '')?.[1];
  return compact({
    format: name,
    formatVersion: text('x00080016'),
    samplingRateHz: first.samplingRateHz,
    bitsPerSample: first.bits,
    leads: deriveLimbLeads(inStandardOrder(leads), notes),
    medianBeat: median
      ? { samplingRateHz: median.samplingRateHz, leads: inStandardOrder(median.leads) }
      : undefined,
    patient: compact({
      identifier: text('x00100020'),
      name: personName(text('x00100010')),
      birthDate:
        birth && /^\d{8}$/.test(birth)
          ? `${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6)}`
          : undefined,
      ageYears: finite(age),
      sex: sexOf(sex),
    }),
    device: compact({
      manufacturer: text('x00080070'),
      model: text('x00081090'),
      serialNumber: text('x00181000'),
      software: text('x00181020'),
      institution: text('x00080080'),
    }),
    filters: first.filters,
    acquiredAt: hl7Time(
      text('x0008002a') ??
        `${text('x00080023') ?? text('x00080020') ?? ''}${text('x00080033') ?? text('x00080030') ?? ''}`,
    ),
    accessionNumber: text('x00080050'),
    placerOrderNumber: text('x00402016'),
    machineMeasurements: annotations(dataSet).measurements,
    machineStatements: annotations(dataSet).statements,
    notes,
  });
}

/** What dicom-parser says of an element that is longer than the bytes that follow it. */
const pastEnd = /past end of buffer|greater than or equal to 'byteArray' length|'maxPosition'/;

function parse(bytes: Uint8Array): DataSet {
  // dicom-parser wants a Buffer for deflated files and throws plain objects
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasPreamble = latin1(bytes.subarray(128, 132)) === 'DICM';
  try {
    if (hasPreamble) return dicomParser.parseDicom(buffer, { inflater: inflate });
    const padded = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), buffer]);
    if (bytes[0] === 2) return dicomParser.parseDicom(padded, { inflater: inflate });
    const explicit = /^[A-Z]{2}$/.test(latin1(bytes.subarray(4, 6)));
    return dicomParser.parseDicom(buffer, {
      TransferSyntaxUID: explicit ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2',
    } as never);
  } catch (cause) {
    if (cause instanceof UnreadableRecording) throw cause;
    const exception = (cause as { exception?: unknown }).exception ?? cause;
    const reason = exception instanceof Error ? exception.message : String(exception);
    throw pastEnd.test(reason)
      ? new UnreadableRecording('DICOM object is cut off: an element reaches past its end', 'cut-off', {
          cause,
        })
      : new UnreadableRecording(`DICOM object is damaged: ${reason}`, 'damaged', { cause });
  }
}

function inflate(bytes: Uint8Array, position: number): Uint8Array {
  const inflated = inflateRawSync(bytes.subarray(position), { maxOutputLength: maximumInflated });
  return Buffer.concat([bytes.subarray(0, position), inflated]);
}

export function stringOf(dataSet: DataSet, tag: string): string | undefined {
  const element = dataSet.elements[tag];
  if (!element || element.length === 0) return undefined;
  const raw = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  // multi-byte escapes of ISO 2022 IR 58 switch to GB2312 and may simply be dropped: GBK is a superset
  const plain = raw.filter((_, index) => !inEscape(raw, index));
  return deviceText(plain).text || undefined;
}

function inEscape(raw: Uint8Array, index: number): boolean {
  for (let back = 0; back < 4; back++) {
    if (raw[index - back] !== 0x1b) continue;
    const length = raw[index - back + 1] === 0x24 ? 4 : 3;
    if (back < length) return true;
  }
  return false;
}

function personName(value: string | undefined): string | undefined {
  if (!value) return undefined;
  const [alphabetic, ideographic] = value.split('=');
  const chosen = ideographic?.trim() ? ideographic : alphabetic;
  const [family, given, middle] = (chosen ?? '').split('^').map((part) => part.trim());
  return fullName(family, fullName(given, middle));
}

function joinGroups(groups: MultiplexGroup[], samplingRateHz: number, notes: ReadingNote[]): EcgLead[] {
  const leads: EcgLead[] = [];
  for (const group of groups) {
    if (group.samplingRateHz !== samplingRateHz) {
      notes.push({
        code: 'leads-excluded',
        detail: `${group.leads.map((lead) => lead.name).join(' ')} (${group.samplingRateHz} Hz)`,
      });
      continue;
    }
    const offset = groups.length > 1 ? Math.round((group.offsetMs * samplingRateHz) / 1000) : 0;
    for (const lead of group.leads)
      if (!leads.some((known) => known.name === lead.name)) leads.push({ ...lead, startSample: offset });
  }
  return leads;
}

const measured: [RegExp, keyof MachineMeasurements][] = [
  [/^(2:15872|2:16016|5\.10\.2\.5-1|5\.10\.3-1|MDC_ECG_HEART_RATE)$/, 'heartRateBpm'],
  [/^(2:15876|5\.13\.5-1|5\.10\.2\.5-2)$/, 'atrialRateBpm'],
  [/^(2:15880|2:16140|5\.13\.5-7)$/, 'prMs'],
  [/^(2:16156|5\.13\.5-9)$/, 'qrsMs'],
  [/^(2:16160|5\.13\.5-11)$/, 'qtMs'],
  [/^(2:15876|2:16164|5\.10\.2\.5-5)$/, 'qtcMs'],
  [/^(2:16128|5\.10\.3-11)$/, 'pAxisDegrees'],
  [/^(2:16132|5\.10\.3-13)$/, 'qrsAxisDegrees'],
  [/^(2:16136|5\.10\.3-15)$/, 'tAxisDegrees'],
];

const meanings: [RegExp, keyof MachineMeasurements][] = [
  [/^(ventricular|heart) rate$/i, 'heartRateBpm'],
  [/^atrial (heart )?rate$/i, 'atrialRateBpm'],
  [/^p duration$/i, 'pMs'],
  [/^p-?r interval$/i, 'prMs'],
  [/^qrs duration$/i, 'qrsMs'],
  [/^qt interval( global)?$/i, 'qtMs'],
  [/^(qtc interval|corrected qt interval|qtc interval global)$/i, 'qtcMs'],
  [/^p axis$/i, 'pAxisDegrees'],
  [/^(qrs|r) axis$/i, 'qrsAxisDegrees'],
  [/^t axis$/i, 'tAxisDegrees'],
];

/** Waveform annotations (PS3.3 C.10.10): coded numbers and free text. The meaning counts before the code. */
function annotations(dataSet: DataSet): { measurements: MachineMeasurements; statements: string[] } {
  const measurements: MachineMeasurements = {};
  const statements: string[] = [];
  for (const item of dataSet.elements['x0040b020']?.items ?? []) {
    if (!item.dataSet) continue;
    const text = stringOf(item.dataSet, 'x00700006');
    if (text) statements.push(text);
    const concept = item.dataSet.elements['x0040a043']?.items?.[0]?.dataSet;
    if (!concept) continue;
    const meaning = (stringOf(concept, 'x00080104') ?? '').trim();
    const code = stringOf(concept, 'x00080100') ?? '';
    const value = finite(stringOf(item.dataSet, 'x0040a30a'));
    const key =
      meanings.find(([pattern]) => pattern.test(meaning))?.[1] ??
      measured.find(([pattern]) => pattern.test(code))?.[1];
    if (key && value !== undefined) measurements[key] ??= value;
  }
  return { measurements, statements: [...new Set(statements)] };
}
