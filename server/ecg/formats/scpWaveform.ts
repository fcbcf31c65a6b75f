import { ByteReader } from './byteReader.ts';
import { leadNameOfCode } from './leadNames.ts';
import { UnreadableRecording, maximumLeads, maximumSamples } from './model.ts';
import type { EcgLead, MedianBeat, ReadingNote } from './model.ts';
import { decodeLead } from './scpHuffman.ts';
import type { HuffmanCode, HuffmanTables } from './scpHuffman.ts';
import type { ScpSection } from './scpSections.ts';

interface LeadDefinition {
  start: number;
  end: number;
  code: number;
}

interface QrsLocations {
  referenceBeatMs: number;
  fiducialSample: number;
  beats: { type: number; from: number; fiducial: number; to: number }[];
  /** Ranges stored at full rate, 1-based, both ends included. */
  protectedZones: { from: number; to: number }[];
}

interface Coding {
  nanovoltPerUnit: number;
  microsecond: number;
  difference: number;
  bimodal: boolean;
  leads: Uint8Array[];
}

export interface ScpWaveform {
  samplingRateHz: number;
  leads: EcgLead[];
  medianBeat?: MedianBeat;
}

/** Section 2: absent = no coding, 19999 = the default table, else tables of 9-byte codes. */
export function readTables(section: ScpSection | undefined): HuffmanTables {
  if (!section) return { kind: 'none' };
  const reader = new ByteReader(section.content, 'SCP-ECG section 2');
  const count = reader.u16();
  if (count === 19999) return { kind: 'default' };
  if (count === 0) return { kind: 'none' };
  const tables: HuffmanCode[][] = [];
  for (let table = 0; table < count; table++) {
    const codes = reader.u16();
    if (codes * 9 > reader.remaining)
      throw new UnreadableRecording('SCP-ECG section 2 is cut off', 'cut-off');
    const entries: HuffmanCode[] = [];
    for (let i = 0; i < codes; i++) {
      const entry = {
        prefixBits: reader.u8(),
        totalBits: reader.u8(),
        mode: reader.u8(),
        baseValue: reader.i16(),
        code: reader.u32(),
      };
      if (entry.prefixBits > 32 || entry.totalBits > 64 || entry.totalBits < entry.prefixBits)
        throw new UnreadableRecording('SCP-ECG section 2: impossible code length');
      entries.push(entry);
    }
    tables.push(entries);
  }
  return { kind: 'custom', tables };
}

function readLeadDefinitions(section: ScpSection): {
  leads: LeadDefinition[];
  referenceBeatSubtracted: boolean;
} {
  const reader = new ByteReader(section.content, 'SCP-ECG section 3');
  const count = reader.u8();
  const flags = reader.u8();
  if (count === 0 || count > maximumLeads)
    throw new UnreadableRecording(`SCP-ECG section 3 names ${count} leads`);
  const leads: LeadDefinition[] = [];
  for (let i = 0; i < count; i++) leads.push({ start: reader.u32(), end: reader.u32(), code: reader.u8() });
  for (const lead of leads)
    if (lead.start < 1 || lead.end < lead.start || lead.end > maximumSamples / count)
      throw new UnreadableRecording(
        `SCP-ECG: impossible range ${lead.start}–${lead.end} of lead ${leadNameOfCode(lead.code)}`,
      );
  return { leads, referenceBeatSubtracted: (flags & 1) !== 0 };
}

function readQrsLocations(section: ScpSection | undefined): QrsLocations | undefined {
  if (!section) return undefined;
  const reader = new ByteReader(section.content, 'SCP-ECG section 4');
  const referenceBeatMs = reader.u16();
  const fiducialSample = reader.u16();
  const count = reader.u16();
  if (count * 14 > reader.remaining) throw new UnreadableRecording('SCP-ECG section 4 is cut off', 'cut-off');
  const beats: QrsLocations['beats'] = [];
  for (let i = 0; i < count; i++)
    beats.push({ type: reader.u16(), from: reader.u32(), fiducial: reader.u32(), to: reader.u32() });
  const protectedZones: QrsLocations['protectedZones'] = [];
  for (let i = 0; i < count && reader.remaining >= 8; i++)
    protectedZones.push({ from: reader.u32(), to: reader.u32() });
  return { referenceBeatMs, fiducialSample, beats, protectedZones };
}

function readCoding(section: ScpSection, leadCount: number): Coding {
  const reader = new ByteReader(section.content, `SCP-ECG section ${section.id}`);
  const nanovoltPerUnit = reader.u16();
  const microsecond = reader.u16();
  const difference = reader.u8();
  const bimodal = reader.u8() === 1;
  if (nanovoltPerUnit === 0 || microsecond === 0)
    throw new UnreadableRecording(`SCP-ECG section ${section.id}: amplitude or time unit is zero`);
  const sizes = Array.from({ length: leadCount }, () => reader.u16());
  return {
    nanovoltPerUnit,
    microsecond,
    difference,
    bimodal,
    leads: sizes.map((size) => reader.slice(size)),
  };
}

/** Samples outside the protected zones are stored at the low rate: how many units each lead range needs. */
function layout(length: number, start: number, rate: number, zones: { from: number; to: number }[]) {
  const parts: { at: number; length: number; stored: number; full: boolean }[] = [];
  let at = 0;
  const add = (until: number, full: boolean): void => {
    const span = Math.min(until, length) - at;
    if (span <= 0) return;
    parts.push({ at, length: span, stored: full ? span : Math.ceil(span / rate), full });
    at += span;
  };
  for (const zone of zones) {
    add(zone.from - start, false);
    add(zone.to - start + 1, true);
  }
  add(length, false);
  return parts;
}

/** Puts low-rate samples at the middle of the samples they stand for and joins them with straight lines. */
function interpolate(
  out: Int32Array,
  at: number,
  length: number,
  stored: Int32Array,
  from: number,
  count: number,
  rate: number,
): void {
  for (let i = 0; i < length; i++) {
    const position = (i - (rate - 1) / 2) / rate;
    const left = Math.max(0, Math.min(count - 1, Math.floor(position)));
    const right = Math.min(count - 1, left + 1);
    const share = Math.max(0, Math.min(1, position - left));
    const a = stored[from + left] ?? 0;
    const b = stored[from + right] ?? 0;
    out[at + i] = Math.round(a + (b - a) * share);
  }
}

function decodeRhythm(
  bytes: Uint8Array,
  tables: HuffmanTables,
  coding: Coding,
  lead: LeadDefinition,
  rate: number,
  qrs: QrsLocations | undefined,
): Int32Array {
  const length = lead.end - lead.start + 1;
  if (rate === 1) return decodeLead(bytes, tables, coding.difference, length);
  const zones = coding.bimodal ? [...(qrs?.protectedZones ?? [])].sort((a, b) => a.from - b.from) : [];
  const parts = layout(length, lead.start, rate, zones);
  const stored = decodeLead(
    bytes,
    tables,
    coding.difference,
    parts.reduce((sum, part) => sum + part.stored, 0),
  );
  const out = new Int32Array(length);
  let from = 0;
  for (const part of parts) {
    if (part.full) out.set(stored.subarray(from, from + part.stored), part.at);
    else interpolate(out, part.at, part.length, stored, from, part.stored, rate);
    from += part.stored;
  }
  return out;
}

/** Adds the reference beat back at every subtracted complex (EN 1064 section 4: type 0 zones). */
function addReferenceBeat(out: Int32Array, start: number, reference: Int32Array, qrs: QrsLocations): void {
  for (const beat of qrs.beats) {
    if (beat.type !== 0) continue;
    for (let t = Math.max(beat.from, start); t <= beat.to && t - start < out.length; t++) {
      const index = t - beat.fiducial + qrs.fiducialSample - 1;
      if (index >= 0 && index < reference.length)
        out[t - start] = (out[t - start] ?? 0) + (reference[index] ?? 0);
    }
  }
}

/** Sections 2–6: rhythm and median beat in microvolts per unit. */
export function readWaveform(sections: Map<number, ScpSection>, notes: ReadingNote[]): ScpWaveform {
  const definitionSection = sections.get(3);
  const rhythmSection = sections.get(6);
  if (!definitionSection || (!rhythmSection && !sections.get(5)))
    throw new UnreadableRecording('SCP-ECG record holds no trace', 'no-trace');
  const tables = readTables(sections.get(2));
  const { leads: definitions, referenceBeatSubtracted } = readLeadDefinitions(definitionSection);
  const qrs = readQrsLocations(sections.get(4));
  const referenceSection = sections.get(5);
  const reference = referenceSection
    ? readReference(referenceSection, tables, definitions.length, qrs)
    : undefined;
  if (!rhythmSection) throw new UnreadableRecording('SCP-ECG record holds a median beat only', 'no-trace');
  const coding = readCoding(rhythmSection, definitions.length);
  const base =
    reference && (coding.bimodal || referenceBeatSubtracted)
      ? reference.coding.microsecond
      : coding.microsecond;
  const rate = Math.round(coding.microsecond / base);
  if (rate < 1 || rate > 8) throw new UnreadableRecording(`SCP-ECG: decimation by ${rate} is not possible`);
  if (coding.bimodal && rate > 1) notes.push({ code: 'bimodal-restored', detail: `1:${rate}` });
  if (referenceBeatSubtracted && (!reference || !qrs))
    throw new UnreadableRecording('SCP-ECG: reference beat subtracted, but section 4 or 5 is missing');
  const leads = definitions.map((definition, index): EcgLead => {
    let samples = decodeRhythm(
      coding.leads[index] ?? new Uint8Array(),
      tables,
      coding,
      definition,
      rate,
      qrs,
    );
    let unit = coding.nanovoltPerUnit;
    if (referenceBeatSubtracted && reference && qrs) {
      const beat = reference.leads[index] ?? new Int32Array();
      if (reference.coding.nanovoltPerUnit !== unit) {
        // different resolutions meet in nanovolts, where both are whole numbers
        samples = samples.map((value) => value * unit);
        addReferenceBeat(
          samples,
          definition.start,
          beat.map((value) => value * reference.coding.nanovoltPerUnit),
          qrs,
        );
        unit = 1;
      } else addReferenceBeat(samples, definition.start, beat, qrs);
    }
    return {
      name: leadNameOfCode(definition.code),
      samples,
      microvoltPerUnit: unit / 1000,
      origin: 'recorded',
      startSample: definition.start - 1,
    };
  });
  if (referenceBeatSubtracted) notes.push({ code: 'reference-beat-restored' });
  const result: ScpWaveform = { samplingRateHz: 1_000_000 / base, leads };
  if (reference) {
    result.medianBeat = {
      samplingRateHz: 1_000_000 / reference.coding.microsecond,
      leads: reference.leads.map((samples, index) => ({
        name: leads[index]?.name ?? '',
        samples,
        microvoltPerUnit: reference.coding.nanovoltPerUnit / 1000,
        origin: 'recorded',
        startSample: 0,
      })),
    };
    if (qrs && qrs.fiducialSample > 0) result.medianBeat.fiducialSample = qrs.fiducialSample - 1;
  }
  return result;
}

/**
 * Section 5 states no sample count and padding bits look like zero differences: the count is what every
 * lead can deliver, limited by the length section 4 announces.
 */
function readReference(
  section: ScpSection,
  tables: HuffmanTables,
  leadCount: number,
  qrs: QrsLocations | undefined,
): { coding: Coding; leads: Int32Array[] } {
  const coding = readCoding(section, leadCount);
  const announced =
    qrs && qrs.referenceBeatMs > 0
      ? Math.floor((qrs.referenceBeatMs * 1000) / coding.microsecond)
      : Number.POSITIVE_INFINITY;
  const leads = coding.leads.map((bytes) => decodeAll(bytes, tables, coding.difference));
  const count = Math.min(announced, ...leads.filter((lead) => lead.length > 0).map((lead) => lead.length));
  return { coding, leads: leads.map((lead) => lead.subarray(0, count)) };
}

function decodeAll(bytes: Uint8Array, tables: HuffmanTables, difference: number): Int32Array {
  if (tables.kind === 'none') return decodeLead(bytes, tables, difference, bytes.byteLength >> 1);
  let low = 0;
  let high = bytes.byteLength * 8;
  let best: Int32Array = new Int32Array();
  while (low <= high) {
    const middle = (low + high) >> 1;
    try {
      best = decodeLead(bytes, tables, difference, middle);
      low = middle + 1;
    } catch {
      high = middle - 1;
    }
  }
  return best;
}
