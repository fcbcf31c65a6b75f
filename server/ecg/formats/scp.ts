import { ByteReader, deviceText, latin1 } from './byteReader.ts';
import { deriveLimbLeads, inStandardOrder } from './leadNames.ts';
import { UnreadableRecording } from './model.ts';
import type {
  EcgDevice,
  EcgFilters,
  EcgPatient,
  EcgRecording,
  MachineMeasurements,
  ReadingNote,
} from './model.ts';
import { readPatientSection } from './scpPatient.ts';
import { splitSections } from './scpSections.ts';
import type { ScpSection } from './scpSections.ts';
import { readWaveform } from './scpWaveform.ts';
import { compact } from './xml.ts';

export const name = 'scp';

/** Section 0 carries the name of the standard right behind its own header; older writers leave it blank. */
export function matches(head: Uint8Array): boolean {
  if (head.byteLength < 32) return false;
  if (latin1(head.subarray(16, 22)) === 'SCPECG') return true;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  return (
    view.getUint16(8, true) === 0 &&
    view.getUint32(10, true) % 10 === 6 &&
    view.getUint16(22, true) === 0 &&
    view.getUint32(24, true) === view.getUint32(10, true) &&
    view.getUint32(28, true) === 7
  );
}

/**
 * SCP-ECG, EN 1064 / ISO 11073-91064: sections 0–8, 10 and 11. Raw, default and custom Huffman coding,
 * first and second difference, reference-beat subtraction and bimodal compression are undone.
 */
export function read(bytes: Uint8Array): EcgRecording {
  const notes: ReadingNote[] = [];
  const sections = splitSections(bytes, notes);
  const header = readPatientSection(sections.get(1), notes);
  const waveform = readWaveform(sections, notes);
  const leads = deriveLimbLeads(inStandardOrder(waveform.leads), notes);
  const { measurements, pacerSpikesMs } = readGlobalMeasurements(sections.get(7));
  const statements = [...readStatements(sections.get(8), notes), ...readStatements(sections.get(11), notes)];
  return compact({
    format: name,
    formatVersion: String((bytes[14] ?? 0) / 10),
    samplingRateHz: waveform.samplingRateHz,
    bitsPerSample: 16,
    leads,
    medianBeat: waveform.medianBeat,
    patient: header.patient satisfies EcgPatient,
    device: header.device satisfies EcgDevice,
    filters: header.filters satisfies EcgFilters,
    acquiredAt: header.acquiredAt,
    placerOrderNumber: header.sequenceNumber,
    accessionNumber: undefined,
    priority: header.priority,
    machineMeasurements: measurements,
    machineStatements: [...new Set(statements)],
    pacerSpikes: pacerSpikesMs.map((ms) => Math.round((ms * waveform.samplingRateHz) / 1000)),
    picture: undefined,
    annotatedBeats: undefined,
    notes,
  });
}

const notMeasured = new Set([29999, 29998, 19999, 999, 0xffff]);

function defined(value: number): number | undefined {
  return notMeasured.has(value) ? undefined : value;
}

function difference(to: number | undefined, from: number | undefined): number | undefined {
  return to === undefined || from === undefined || to <= from ? undefined : to - from;
}

/** Section 7: onsets and offsets of the reference beat in ms, axes in degrees. */
function readGlobalMeasurements(section: ScpSection | undefined): {
  measurements: MachineMeasurements;
  pacerSpikesMs: number[];
} {
  if (!section || section.content.byteLength < 6) return { measurements: {}, pacerSpikesMs: [] };
  const reader = new ByteReader(section.content, 'SCP-ECG section 7');
  const types = reader.u8();
  const spikes = reader.u8();
  const averageRrMs = defined(reader.u16());
  const averagePpMs = defined(reader.u16());
  const measurements: MachineMeasurements = compact({
    heartRateBpm: averageRrMs ? Math.round(60000 / averageRrMs) : undefined,
    atrialRateBpm: averagePpMs ? Math.round(60000 / averagePpMs) : undefined,
  });
  if (types > 0 && reader.remaining >= 16) {
    const [pOn, pOff, qrsOn, qrsOff, tOff] = Array.from({ length: 5 }, () => defined(reader.u16()));
    const [pAxis, qrsAxis, tAxis] = Array.from({ length: 3 }, () => defined(reader.i16()));
    Object.assign(
      measurements,
      compact({
        pMs: difference(pOff, pOn),
        prMs: difference(qrsOn, pOn),
        qrsMs: difference(qrsOff, qrsOn),
        qtMs: difference(tOff, qrsOn),
        pAxisDegrees: pAxis,
        qrsAxisDegrees: qrsAxis,
        tAxisDegrees: tAxis,
      }),
    );
    reader.position = 6 + types * 16;
  }
  const pacerSpikesMs: number[] = [];
  for (let i = 0; i < spikes && reader.remaining >= 4; i++) {
    pacerSpikesMs.push(reader.u16());
    reader.i16();
  }
  reader.position = Math.min(reader.length, reader.position + spikes * 6);
  if (reader.remaining >= 2) {
    const beats = reader.u16();
    reader.position = Math.min(reader.length, reader.position + beats);
    if (reader.remaining >= 6) {
      const ventricular = defined(reader.u16());
      const atrial = defined(reader.u16());
      const qtc = defined(reader.u16());
      if (ventricular && ventricular < 400) measurements.heartRateBpm = ventricular;
      if (atrial && atrial < 1000) measurements.atrialRateBpm = atrial;
      if (qtc && qtc < 1500) measurements.qtcMs = qtc;
    }
  }
  return { measurements, pacerSpikesMs };
}

/** Section 8 (text) and the text entries of section 11 (coded statements keep their code). */
function readStatements(section: ScpSection | undefined, notes: ReadingNote[]): string[] {
  if (!section || section.content.byteLength < 9) return [];
  const reader = new ByteReader(section.content, `SCP-ECG section ${section.id}`);
  reader.position = 8;
  const count = reader.u8();
  const statements: string[] = [];
  for (let i = 0; i < count && reader.remaining >= 3; i++) {
    reader.u8();
    const size = reader.u16();
    if (size > reader.remaining)
      throw new UnreadableRecording(`SCP-ECG section ${section.id} is cut off`, 'cut-off');
    let content = reader.slice(size);
    if (section.id === 11) content = content.subarray(1);
    const { text, guessed } = deviceText(content);
    if (guessed) notes.push({ code: 'text-charset-guessed', detail: `section ${section.id}` });
    if (text) statements.push(text);
  }
  return statements;
}
