import { canonicalLeadName, deriveLimbLeads, inStandardOrder } from './leadNames.ts';
import { UnreadableRecording, maximumLeads, maximumSamples } from './model.ts';
import type { EcgLead, EcgPatient, EcgRecording, ReadingNote } from './model.ts';
import { ranges } from './dicomWaveformGroup.ts';
import { beatSamples } from './wfdbAnnotations.ts';
import { parseHeader } from './wfdbHeader.ts';
import type { WfdbHeader, WfdbSignal } from './wfdbHeader.ts';
import { decodeSignalFile } from './wfdbSignal.ts';

export const name = 'wfdb';

export interface NamedFile {
  name: string;
  bytes: Uint8Array;
}

/** The header alone is text; it is recognised to say clearly that its signal file is missing. */
export function matches(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(512, head.byteLength)).toString('latin1');
  return /^(?:#[^\n]*\n|\s*\n)*[\w-]+(?:\/\d+)? \d+ [\d.]+(?:[/(][^\n]*)?(?: \d+)?[^\n]*\n\S+\.(?:dat|mat|xyz) /.test(
    text,
  );
}

export function read(): EcgRecording {
  throw new UnreadableRecording(
    'WFDB: the header alone is not a recording; send .hea with its .dat or .mat (zip or multipart)',
  );
}

/**
 * WFDB record from its files (header, signals, optional `.atr`): formats 212, 16, 61, 80, 24, 32, and the
 * MATLAB v4 container of the PhysioNet challenges (`16x1+24`).
 */
export function readFiles(files: NamedFile[]): EcgRecording {
  const headerFile = files.find((file) => file.name.toLowerCase().endsWith('.hea'));
  if (!headerFile) throw new UnreadableRecording('WFDB: no .hea among the files');
  return readRecord(parseHeader(Buffer.from(headerFile.bytes).toString('utf8')), files);
}

/** The record that a header describes, from its signal files. */
export function readRecord(header: WfdbHeader, files: NamedFile[]): EcgRecording {
  const notes: ReadingNote[] = [];
  const leads: EcgLead[] = [];
  const absent: string[] = [];
  for (const [fileName, signals] of Map.groupBy(header.signals, (signal) => signal.fileName)) {
    const file = files.find((candidate) => baseName(candidate.name) === baseName(fileName));
    if (!file) {
      absent.push(...signals.map((signal) => signal.description));
      continue;
    }
    leads.push(...readSignals(header, signals, file.bytes, notes));
  }
  if (leads.length === 0)
    throw new UnreadableRecording(
      `WFDB: none of the signal files was sent (${header.signals[0]?.fileName ?? 'no signals'})`,
    );
  if (absent.length > 0) notes.push({ code: 'leads-excluded', detail: absent.join(' ') });
  const atr = files.find((file) => /\.(atr|qrs)$/i.test(file.name));
  const first = header.signals[0];
  const recording: EcgRecording = {
    format: name,
    formatVersion: String(first?.format ?? ''),
    samplingRateHz: header.samplingRateHz,
    bitsPerSample: first?.adcResolution || (first?.format === 212 ? 12 : 16),
    leads: deriveLimbLeads(inStandardOrder(leads), notes),
    patient: patientOf(header),
    device: {},
    filters: {},
    machineMeasurements: {},
    machineStatements: [],
    notes,
  };
  if (header.startedAt) recording.acquiredAt = header.startedAt;
  if (atr) recording.annotatedBeats = beatSamples(atr.bytes);
  return recording;
}

export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
}

function readSignals(
  header: WfdbHeader,
  signals: WfdbSignal[],
  bytes: Uint8Array,
  notes: ReadingNote[],
): EcgLead[] {
  const format = signals[0]?.format ?? 16;
  const offset = signals[0]?.byteOffset ?? 0;
  const perFrame = signals.reduce((sum, signal) => sum + signal.samplesPerFrame, 0);
  if (signals.length > maximumLeads || header.sampleCount > maximumSamples / Math.max(1, perFrame))
    throw new UnreadableRecording('WFDB: the header announces more than a recording can hold');
  const channels = decodeSignalFile(
    bytes.subarray(offset),
    format,
    signals.map((signal) => signal.samplesPerFrame),
    header.sampleCount,
  );
  return signals.flatMap((signal, index): EcgLead[] => {
    const raw = channels[index];
    if (!raw) return [];
    if (signal.samplesPerFrame !== 1) {
      notes.push({
        code: 'leads-excluded',
        detail: `${signal.description} (${signal.samplesPerFrame} samples per frame)`,
      });
      return [];
    }
    if (signal.checksum !== undefined && checksum(raw) !== signal.checksum)
      notes.push({ code: 'checksum-mismatch', detail: signal.description });
    const missing = ranges(raw, signal.format === 212 ? -2048 : signal.format === 80 ? -128 : -32768);
    const lead: EcgLead = {
      name: canonicalLeadName(signal.description),
      samples: signal.baseline === 0 ? raw : raw.map((value) => value - signal.baseline),
      microvoltPerUnit: signal.microvoltPerUnit,
      origin: 'recorded',
      startSample: 0,
    };
    if (missing.length > 0) {
      lead.missing = missing;
      notes.push({ code: 'missing-samples', detail: lead.name });
      for (const [from, to] of missing) lead.samples.fill(0, from, to);
    }
    return [lead];
  });
}

function checksum(raw: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < raw.length; i++) sum = (sum + (raw[i] as number)) | 0;
  return sum & 0xffff;
}

function patientOf(header: WfdbHeader): EcgPatient {
  const patient: EcgPatient = {};
  for (const comment of header.comments) {
    const age = /\bage\s*[:=]\s*(\d{1,3})/i.exec(comment)?.[1] ?? /^(\d{1,3}) [MF]\b/.exec(comment)?.[1];
    const sex = /\bsex\s*[:=]\s*(\w)/i.exec(comment)?.[1] ?? /^\d{1,3} ([MF])\b/.exec(comment)?.[1];
    if (age && patient.ageYears === undefined) patient.ageYears = Number(age);
    if (sex && patient.sex === undefined) patient.sex = /m/i.test(sex) ? 'M' : /f/i.test(sex) ? 'F' : 'U';
  }
  return patient;
}
