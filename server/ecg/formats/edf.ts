import { latin1 } from './byteReader.ts';
import { parseHeader, type EdfSignal } from './edfHeader.ts';
import { canonicalLeadName, deriveLimbLeads, inStandardOrder, standardLeads } from './leadNames.ts';
import { UnreadableRecording, maximumSamples } from './model.ts';
import type { EcgLead, EcgPatient, EcgRecording, ReadingNote, Samples } from './model.ts';

export const name = 'edf';

export function matches(head: Uint8Array): boolean {
  if (head.byteLength < 256 || latin1(head.subarray(0, 8)).trim() !== '0') return false;
  return /^\d{2}\.\d{2}\.\d{2}\d{2}\.\d{2}\.\d{2}$/.test(latin1(head.subarray(168, 184)));
}

/** EDF and EDF+ (Kemp 1992, 2003): ECG signals of the commonest rate; annotation signals are set aside. */
export function read(bytes: Uint8Array): EcgRecording {
  const notes: ReadingNote[] = [];
  const header = parseHeader(bytes);
  const { field, signals, seconds, perRecord, headerBytes } = header;
  const found = Math.floor((bytes.byteLength - headerBytes) / (perRecord * 2));
  const records = header.records < 0 ? found : header.records;
  if (records === 0 || records > found || records * perRecord > maximumSamples)
    throw new UnreadableRecording(`EDF: ${header.records} records announced, ${found} found`, 'cut-off');
  const reserved = field(192, 44);
  if (reserved.startsWith('EDF+D')) notes.push({ code: 'discontinuous' });
  const chosen = chooseSignals(signals, notes);
  const rate = (chosen[0]?.samplesPerRecord ?? 0) / seconds;
  const leads = chosen.map((signal) => extract(bytes, headerBytes, signals, signal, records, perRecord));
  const filters = /HP:\s*([\d.]+)\s*Hz/i.exec(chosen[0]?.prefilter ?? '')?.[1];
  const low = /LP:\s*([\d.]+)\s*Hz/i.exec(chosen[0]?.prefilter ?? '')?.[1];
  return {
    format: name,
    formatVersion: reserved.startsWith('EDF+') ? reserved.slice(0, 5) : 'EDF',
    samplingRateHz: rate,
    bitsPerSample: 16,
    leads: deriveLimbLeads(inStandardOrder(leads), notes),
    patient: patientOf(field(8, 80)),
    device: {},
    filters: {
      ...(filters ? { highPassHz: Number(filters) } : {}),
      ...(low ? { lowPassHz: Number(low) } : {}),
    },
    acquiredAt: startTime(field(168, 8), field(176, 8), field(88, 80)),
    machineMeasurements: {},
    machineStatements: [],
    notes,
  };
}

function microvoltOf(unit: string): number | undefined {
  if (/^[uµμ\xb5]v$/i.test(unit)) return 1;
  if (/^mv$/i.test(unit)) return 1000;
  return /^v$/i.test(unit) ? 1e6 : undefined;
}

function isEcg(signal: EdfSignal): boolean {
  return (
    /^(ECG|EKG)/i.test(signal.label) || standardLeads.some((lead) => lead === canonicalLeadName(signal.label))
  );
}

/** The signals that are leads: in volts, of the commonest rate; notes name the others. */
export function chooseSignals(signals: EdfSignal[], notes: ReadingNote[]): EdfSignal[] {
  const traces = signals.filter(
    (signal) =>
      signal.label !== 'EDF Annotations' &&
      microvoltOf(signal.unit) !== undefined &&
      signal.digitalMaximum !== signal.digitalMinimum,
  );
  const ecg = traces.some(isEcg) ? traces.filter(isEcg) : traces;
  if (ecg.length === 0) throw new UnreadableRecording('EDF: no signal in volts, so no ECG');
  const byRate = Map.groupBy(ecg, (signal) => signal.samplesPerRecord);
  const chosen = [...byRate.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  const left = signals.filter((signal) => !chosen.includes(signal) && signal.label !== 'EDF Annotations');
  if (left.length > 0)
    notes.push({ code: 'leads-excluded', detail: left.map((signal) => signal.label).join(', ') });
  return chosen;
}

function extract(
  bytes: Uint8Array,
  start: number,
  all: EdfSignal[],
  signal: EdfSignal,
  records: number,
  perRecord: number,
): EcgLead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let before = 0;
  for (const other of all) {
    if (other === signal) break;
    before += other.samplesPerRecord;
  }
  const raw = new Int16Array(records * signal.samplesPerRecord);
  for (let record = 0; record < records; record++) {
    const at = start + (record * perRecord + before) * 2;
    for (let i = 0; i < signal.samplesPerRecord; i++)
      raw[record * signal.samplesPerRecord + i] = view.getInt16(at + i * 2, true);
  }
  const unit = microvoltOf(signal.unit) ?? 1;
  const gain =
    ((signal.physicalMaximum - signal.physicalMinimum) / (signal.digitalMaximum - signal.digitalMinimum)) *
    unit;
  const shift = (signal.physicalMinimum * unit) / gain - signal.digitalMinimum;
  const { samples, scale } = shifted(raw, shift);
  return {
    name: canonicalLeadName(signal.label),
    samples,
    microvoltPerUnit: gain * scale,
    origin: 'recorded',
    startSample: 0,
  };
}

/** Symmetric ranges shift by half a unit: doubling keeps whole numbers exact. */
function shifted(raw: Int16Array, shift: number): { samples: Samples; scale: number } {
  const whole = Math.round(shift);
  if (Math.abs(shift - whole) < 1e-6)
    return { samples: whole === 0 ? raw : Int32Array.from(raw, (value) => value + whole), scale: 1 };
  const doubled = Math.round(shift * 2);
  if (Math.abs(shift * 2 - doubled) < 1e-6)
    return { samples: Int32Array.from(raw, (value) => 2 * value + doubled), scale: 0.5 };
  return { samples: Float64Array.from(raw, (value) => value + shift), scale: 1 };
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

function plusDate(value: string | undefined): string | undefined {
  const match = /^(\d\d)-([A-Z]{3})-(\d{4})$/i.exec(value ?? '');
  const month = match ? months.indexOf((match[2] ?? '').toUpperCase()) + 1 : 0;
  return match && month > 0 ? `${match[3]}-${String(month).padStart(2, '0')}-${match[1]}` : undefined;
}

/** EDF+ local patient identification: code sex birthdate name. */
function patientOf(text: string): EcgPatient {
  const [code, sex, birth, ...rest] = text.split(/\s+/);
  if (!sex || !/^[MFX]$/.test(sex)) return text && text !== 'X' ? { identifier: text } : {};
  const patient: EcgPatient = {};
  if (code && code !== 'X') patient.identifier = code;
  if (sex !== 'X') patient.sex = sex === 'M' ? 'M' : 'F';
  const date = plusDate(birth);
  if (date) patient.birthDate = date;
  if (rest[0] && rest[0] !== 'X') patient.name = rest[0].replaceAll('_', ' ');
  return patient;
}

function startTime(date: string, time: string, recording: string): string {
  const [day = '01', month = '01', year = '00'] = date.split('.');
  const full =
    plusDate(/^Startdate\s+(\S+)/.exec(recording)?.[1]) ??
    `${Number(year) >= 85 ? 19 : 20}${year}-${month}-${day}`;
  return `${full}T${time.replaceAll('.', ':')}`;
}
