import { ByteReader, deviceText } from './byteReader.ts';
import type { EcgDevice, EcgFilters, EcgPatient, EcgRecording, ReadingNote } from './model.ts';
import type { ScpSection } from './scpSections.ts';
import { fullName } from './patientText.ts';
import { compact } from './xml.ts';

export interface ScpHeader {
  patient: EcgPatient;
  device: EcgDevice;
  filters: EcgFilters;
  acquiredAt?: string;
  sequenceNumber?: string;
  priority?: EcgRecording['priority'];
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** A calendar date, or undefined for blanks and nonsense. */
export function isoDate(year: number, month: number, day: number): string | undefined {
  if (year < 1850 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return `${year}-${two(month)}-${two(day)}`;
}

const sexes = { 1: 'M', 2: 'F', 9: 'U' } as const;

/** Section 1: patient, device, time, filters (tags of EN 1064 §5.4). */
export function readPatientSection(section: ScpSection | undefined, notes: ReadingNote[]): ScpHeader {
  const header: ScpHeader = { patient: {}, device: {}, filters: {} };
  if (!section) return header;
  const tags = new Map<number, Uint8Array>();
  const reader = new ByteReader(section.content, 'SCP-ECG section 1');
  while (reader.remaining >= 3) {
    const tag = reader.u8();
    const size = reader.u16();
    if (tag === 255) break;
    const value = reader.slice(size);
    if (!tags.has(tag)) tags.set(tag, value);
  }
  let guessed = false;
  const text = (tag: number): string | undefined => {
    const value = tags.get(tag);
    if (!value) return undefined;
    const decoded = deviceText(value);
    guessed ||= decoded.guessed;
    return decoded.text || undefined;
  };
  const numeric = (tag: number, size: number): ByteReader | undefined => {
    const value = tags.get(tag);
    return value && value.byteLength >= size ? new ByteReader(value, `tag ${tag}`) : undefined;
  };
  const family = text(0);
  const given = text(1);
  const birth = numeric(5, 4);
  const age = numeric(4, 3);
  const ageValue = age?.u16();
  const sex = tags.get(8)?.[0];
  header.patient = compact({
    identifier: text(2),
    name: fullName(family, given),
    birthDate: birth ? isoDate(birth.u16(), birth.u8(), birth.u8()) : undefined,
    ageYears: ageValue !== undefined && age?.u8() === 1 ? ageValue : undefined,
    sex: sex === undefined ? undefined : (sexes[sex as 1 | 2 | 9] ?? 'U'),
  });
  header.device = readDevice(tags.get(14), text(16));
  const highPass = numeric(27, 2)?.u16();
  const lowPass = numeric(28, 2)?.u16();
  const filterBits = tags.get(29)?.[0] ?? 0;
  header.filters = compact({
    highPassHz: highPass ? highPass / 100 : undefined,
    lowPassHz: lowPass || undefined,
    notchHz: filterBits & 1 ? 60 : filterBits & 2 ? 50 : undefined,
  });
  const date = numeric(25, 4);
  const time = numeric(26, 3);
  const day = date ? isoDate(date.u16(), date.u8(), date.u8()) : undefined;
  if (day)
    header.acquiredAt = `${day}T${time ? [time.u8(), time.u8(), time.u8()].map(two).join(':') : '00:00:00'}`;
  const sequence = text(31);
  if (sequence) header.sequenceNumber = sequence;
  const stat = tags.get(24)?.[0];
  if (stat !== undefined && stat > 0) header.priority = 'emergency';
  if (guessed) notes.push({ code: 'text-charset-guessed', detail: 'section 1' });
  return header;
}

function readDevice(value: Uint8Array | undefined, institution: string | undefined): EcgDevice {
  if (!value || value.byteLength < 36) return compact({ institution });
  const strings: string[] = [];
  let at = 36;
  while (at < value.byteLength && strings.length < 5) {
    const end = value.indexOf(0, at);
    const stop = end < 0 ? value.byteLength : end;
    strings.push(deviceText(value.subarray(at, stop)).text);
    at = stop + 1;
  }
  const [, serialNumber, software, , manufacturer] = strings;
  const known = (entry: string | undefined): string | undefined =>
    entry && entry.toLowerCase() !== 'unknown' ? entry : undefined;
  return compact({
    model: deviceText(value.subarray(8, 14)).text || undefined,
    serialNumber: known(serialNumber),
    software: known(software),
    manufacturer: known(manufacturer),
    institution,
  });
}
