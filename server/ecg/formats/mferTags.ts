import { ByteReader, deviceText } from './byteReader.ts';
import { UnreadableRecording } from './model.ts';
import { isoDate } from './scpPatient.ts';

export interface MferChannel {
  block?: number;
  dataType?: number;
  samplingRateHz?: number;
  microvoltPerUnit?: number;
  offset?: number;
  nullValue?: number;
  leadCode?: number;
  label?: string;
}

export interface MferState {
  preamble: string;
  littleEndian: boolean;
  samplesPerBlock: number;
  channelCount: number;
  sequences: number;
  defaults: MferChannel;
  channels: Map<number, MferChannel>;
  waveform?: Uint8Array;
  manufacturer?: Uint8Array;
  patientName?: Uint8Array;
  patientId?: Uint8Array;
  sex?: number;
  birth?: { years: number; year: number; month: number; day: number };
  acquiredAt?: string;
  comments: Uint8Array[];
  /** Where the value of the waveform begins in the file, and its length. */
  waveformAt?: number;
  waveformBytes?: number;
}

const littleEndianTag = 0x01;

/**
 * Tag, length, value until the end tag 0x80 (which has no length) or the end of the file. With `head` the bytes are only
 * the beginning of a file: it is read up to its waveform.
 */
export function parseMfer(bytes: Uint8Array, head = false): MferState {
  const state: MferState = {
    preamble: '',
    littleEndian: false,
    samplesPerBlock: 1,
    channelCount: 1,
    sequences: 0,
    defaults: {},
    channels: new Map(),
    comments: [],
  };
  const reader = new ByteReader(bytes, 'MFER');
  while (reader.remaining > 0) {
    const tag = reader.u8();
    if (tag === 0x80) break;
    if (tag === 0x3f) {
      const channel = channelNumber(reader);
      const definition = state.channels.get(channel) ?? {};
      state.channels.set(channel, definition);
      readChannel(
        new ByteReader(reader.slice(lengthOf(reader)), `MFER channel ${channel}`),
        state,
        definition,
      );
      continue;
    }
    const size = lengthOf(reader);
    if (tag === 0x1e && head) {
      state.waveformAt = reader.position;
      state.waveformBytes = size;
      break;
    }
    const value = reader.slice(size);
    if (tag === 0x1e) {
      if (state.waveform) break; // later frames carry their own definitions: the first is the recording
      state.waveform = value;
    } else readGlobal(tag, value, state);
  }
  return state;
}

function channelNumber(reader: ByteReader): number {
  let byte = reader.u8();
  let channel = byte & 0x7f;
  for (let more = 0; byte & 0x80 && more < 3; more++) {
    byte = reader.u8();
    channel = (channel << 7) | (byte & 0x7f);
  }
  return channel;
}

function lengthOf(reader: ByteReader): number {
  const first = reader.u8();
  if (first < 0x80) return first;
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new UnreadableRecording('MFER: indefinite or oversized length');
  let size = 0;
  for (let i = 0; i < count; i++) size = size * 256 + reader.u8();
  return size;
}

function integer(value: Uint8Array, little: boolean, signed = false): number {
  const ordered = little ? [...value].reverse() : [...value];
  let result = 0;
  for (const byte of ordered.slice(0, 6)) result = result * 256 + byte;
  return signed && (ordered[0] ?? 0) & 0x80 ? result - 256 ** ordered.length : result;
}

function readChannel(reader: ByteReader, state: MferState, definition: MferChannel): void {
  while (reader.remaining >= 2) {
    const tag = reader.u8();
    if (tag === 0) break;
    readSampling(tag, reader.slice(lengthOf(reader)), state.littleEndian, definition);
  }
}

/** Tags allowed both for all channels and for one. Interval and sensitivity: unit, exponent, mantissa. */
function readSampling(tag: number, value: Uint8Array, little: boolean, channel: MferChannel): void {
  switch (tag) {
    case 0x04:
      channel.block = integer(value, little);
      return;
    case 0x09:
      channel.leadCode = integer(value.subarray(0, 2), little);
      if (value.byteLength > 2) channel.label = deviceText(value.subarray(2)).text;
      return;
    case 0x0a:
      channel.dataType = integer(value, little);
      return;
    case 0x0b:
      channel.samplingRateHz = interval(value, little);
      return;
    case 0x0c:
      channel.microvoltPerUnit = sensitivity(value, little);
      return;
    case 0x0d:
      channel.offset = integer(value, little, true);
      return;
    case 0x12:
      channel.nullValue = integer(value, little, true);
      return;
    default:
  }
}

function mantissa(value: Uint8Array, little: boolean): number {
  if (value.byteLength < 3)
    throw new UnreadableRecording('MFER: interval or sensitivity is cut off', 'cut-off');
  const exponent = (value[1] ?? 0) > 127 ? (value[1] ?? 0) - 256 : (value[1] ?? 0);
  return Number(`${integer(value.subarray(2), little)}e${exponent}`);
}

function interval(value: Uint8Array, little: boolean): number {
  const amount = mantissa(value, little);
  if (!(amount > 0)) throw new UnreadableRecording('MFER: sampling interval is zero');
  if (value[0] === 0) return amount;
  if (value[0] === 1) return Math.round(1e6 / amount) / 1e6;
  throw new UnreadableRecording('MFER: sampling interval is not in time');
}

function sensitivity(value: Uint8Array, little: boolean): number {
  if (value[0] !== 0) throw new UnreadableRecording('MFER: sensitivity is not in volts');
  return Number((mantissa(value, little) * 1e6).toPrecision(12));
}

function readGlobal(tag: number, value: Uint8Array, state: MferState): void {
  const little = state.littleEndian;
  switch (tag) {
    case littleEndianTag:
      state.littleEndian = value[0] === 1;
      return;
    case 0x04:
      state.samplesPerBlock = integer(value, little);
      return;
    case 0x05:
      state.channelCount = integer(value, little);
      return;
    case 0x06:
      state.sequences = integer(value, little);
      return;
    case 0x16:
      state.comments.push(value);
      return;
    case 0x17:
      state.manufacturer = value;
      return;
    case 0x40:
      state.preamble = deviceText(value).text;
      return;
    case 0x81:
      state.patientName = value;
      return;
    case 0x82:
      state.patientId = value;
      return;
    case 0x83:
      if (value.byteLength >= 7)
        state.birth = {
          years: value[0] ?? 0,
          year: integer(value.subarray(3, 5), little),
          month: value[5] ?? 0,
          day: value[6] ?? 0,
        };
      return;
    case 0x84:
      state.sex = value[0] ?? 0;
      return;
    case 0x85: {
      const date =
        value.byteLength >= 7
          ? isoDate(integer(value.subarray(0, 2), little), value[2] ?? 0, value[3] ?? 0)
          : undefined;
      if (date)
        state.acquiredAt = `${date}T${[...value.subarray(4, 7)].map((part) => String(part).padStart(2, '0')).join(':')}`;
      return;
    }
    default:
      readSampling(tag, value, little, state.defaults);
  }
}
