import { deviceText } from './byteReader.ts';
import { deriveLimbLeads, inStandardOrder, leadNameOfCode } from './leadNames.ts';
import { parseMfer } from './mferTags.ts';
import type { MferChannel, MferState } from './mferTags.ts';
import { UnreadableRecording, maximumLeads, maximumSamples } from './model.ts';
import type { EcgLead, EcgPatient, EcgRecording, ReadingNote, Samples } from './model.ts';
import { fullName } from './patientText.ts';
import { isoDate } from './scpPatient.ts';

export const name = 'mfer';

/** The preamble tag 0x40 with 32 bytes that begin with `MFR`. */
export function matches(head: Uint8Array): boolean {
  return head[0] === 0x40 && head[1] === 0x20 && head[2] === 0x4d && head[3] === 0x46 && head[4] === 0x52;
}

/** MFER (ISO 22077-1, waveform part ISO/TS 22077-2): frames of channel blocks, 8 to 64 bit, either byte order. */
export function read(bytes: Uint8Array): EcgRecording {
  return readState(parseMfer(bytes));
}

/** Channels of a frame with their samples in it and the bytes of each. */
export function framesOf(state: MferState): {
  channels: MferChannel[];
  blocks: number[];
  sizes: number[];
  frameBytes: number;
} {
  const { channelCount, samplesPerBlock } = state;
  if (channelCount > maximumLeads) throw new UnreadableRecording('MFER: too many channels', 'too-large');
  const channels = Array.from({ length: channelCount }, (_, index) => ({
    ...state.defaults,
    ...state.channels.get(index),
  }));
  const blocks = channels.map((channel) => channel.block ?? samplesPerBlock);
  const sizes = channels.map((channel) => sizeOf(channel.dataType ?? 0));
  const frameBytes = blocks.reduce((sum, block, index) => sum + block * (sizes[index] ?? 2), 0);
  if (!(frameBytes > 0)) throw new UnreadableRecording('MFER: data block length is zero');
  return { channels, blocks, sizes, frameBytes };
}

/** The recording of what was parsed. */
export function readState(state: MferState): EcgRecording {
  const notes: ReadingNote[] = [];
  if (!state.waveform || state.channelCount < 1)
    throw new UnreadableRecording('MFER: no waveform', 'no-trace');
  const { channels, blocks, sizes, frameBytes } = framesOf(state);
  const available = Math.floor(state.waveform.byteLength / frameBytes);
  const sequences = state.sequences > 0 ? state.sequences : available;
  if (sequences > available || sequences === 0)
    throw new UnreadableRecording(
      `MFER: waveform is cut off: ${sequences} frames announced, ${available} found`,
      'cut-off',
    );
  if (sequences * frameBytes > maximumSamples * 8)
    throw new UnreadableRecording('MFER: waveform is too large', 'too-large');
  const rate = channels[0]?.samplingRateHz ?? 1000;
  const leads: EcgLead[] = [];
  let before = 0;
  for (const [index, channel] of channels.entries()) {
    const block = blocks[index] ?? 0;
    const at = before;
    before += block * (sizes[index] ?? 2);
    if ((channel.samplingRateHz ?? 1000) !== rate) {
      notes.push({ code: 'leads-excluded', detail: leadName(channel, index) });
      continue;
    }
    leads.push(extract(state, channel, index, { at, block, sequences, frameBytes }, notes));
  }
  const recording: EcgRecording = {
    format: name,
    formatVersion: state.preamble,
    samplingRateHz: rate,
    bitsPerSample: (sizes[0] ?? 2) * 8,
    leads: deriveLimbLeads(inStandardOrder(leads), notes),
    patient: patientOf(state, notes),
    device: state.manufacturer ? deviceOf(state.manufacturer) : {},
    filters: {},
    machineMeasurements: {},
    machineStatements: state.comments.map((comment) => deviceText(comment).text).filter(Boolean),
    notes,
  };
  if (state.acquiredAt) recording.acquiredAt = state.acquiredAt;
  return recording;
}

/** Data types of MWF_DTP. */
function sizeOf(type: number): number {
  const size = [2, 2, 4, 1, 2, 1, 4, 4, 8][type];
  if (size === undefined)
    throw new UnreadableRecording(`MFER: data type ${type} is not supported`, 'unsupported');
  return size;
}

function leadName(channel: MferChannel, index: number): string {
  if (channel.leadCode !== undefined && channel.leadCode > 0) return leadNameOfCode(channel.leadCode);
  return channel.label ?? leadNameOfCode(index + 1);
}

interface Place {
  at: number;
  block: number;
  sequences: number;
  frameBytes: number;
}

function extract(
  state: MferState,
  channel: MferChannel,
  index: number,
  place: Place,
  notes: ReadingNote[],
): EcgLead {
  const data = state.waveform ?? new Uint8Array();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const type = channel.dataType ?? 0;
  const size = sizeOf(type);
  const little = state.littleEndian;
  const sample = (at: number): number => {
    switch (type) {
      case 1:
      case 4:
        return view.getUint16(at, little);
      case 2:
        return view.getInt32(at, little);
      case 3:
        return view.getUint8(at);
      case 5:
        return view.getInt8(at);
      case 6:
        return view.getUint32(at, little);
      case 7:
        return view.getFloat32(at, little);
      case 8:
        return view.getFloat64(at, little);
      default:
        return view.getInt16(at, little);
    }
  };
  const samples: Samples =
    type >= 6
      ? new Float64Array(place.block * place.sequences)
      : new Int32Array(place.block * place.sequences);
  const missing: [number, number][] = [];
  for (let sequence = 0; sequence < place.sequences; sequence++) {
    for (let i = 0; i < place.block; i++) {
      const value = sample(sequence * place.frameBytes + place.at + i * size);
      const target = sequence * place.block + i;
      if (channel.nullValue !== undefined && value === channel.nullValue) {
        const last = missing.at(-1);
        if (last && last[1] === target) last[1] = target + 1;
        else missing.push([target, target + 1]);
      } else samples[target] = value - (channel.offset ?? 0);
    }
  }
  const lead: EcgLead = {
    name: leadName(channel, index),
    samples,
    microvoltPerUnit: channel.microvoltPerUnit ?? 1,
    origin: 'recorded',
    startSample: 0,
  };
  if (missing.length > 0) {
    lead.missing = missing;
    notes.push({ code: 'missing-samples', detail: lead.name });
  }
  return lead;
}

function deviceOf(bytes: Uint8Array): EcgRecording['device'] {
  const [manufacturer, model, software, serialNumber] = deviceText(bytes).text.split('^');
  return {
    ...(manufacturer ? { manufacturer } : {}),
    ...(model ? { model } : {}),
    ...(software ? { software } : {}),
    ...(serialNumber ? { serialNumber } : {}),
  };
}

function patientOf(state: MferState, notes: ReadingNote[]): EcgPatient {
  const patient: EcgPatient = {};
  if (state.patientName) {
    const { text, guessed } = deviceText(state.patientName);
    const [family, ...given] = text.split('^');
    const name = fullName(family, given.join(' ').trim());
    if (name) patient.name = name;
    if (guessed) notes.push({ code: 'text-charset-guessed', detail: 'patient name' });
  }
  if (state.patientId) {
    const { text } = deviceText(state.patientId);
    if (text) patient.identifier = text;
  }
  if (state.sex !== undefined) patient.sex = state.sex === 1 ? 'M' : state.sex === 2 ? 'F' : 'U';
  if (state.birth) {
    const { years, year, month, day } = state.birth;
    const date = isoDate(year, month, day);
    if (date) patient.birthDate = date;
    if (years > 0 && years < 150) patient.ageYears = years;
  }
  return patient;
}
