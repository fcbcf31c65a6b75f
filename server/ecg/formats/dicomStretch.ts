import * as dicomWaveform from './dicomWaveform.ts';
import { latin1 } from './byteReader.ts';
import type { EcgRecording } from './model.ts';
import { startingAt, type PlacedFile } from './placedFile.ts';

const waveformSequence = 0x54000100;
const waveformData = 0x54001010;
const bitsAllocated = 0x54001004;
const channelCount = 0x003a0005;
const sampleCount = 0x003a0010;
const transferSyntax = 0x00020010;
const itemTag = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;
const undefinedLength = 0xffffffff;
const longForms = /^(?:OB|OW|OF|OD|OL|OV|SQ|UC|UR|UT|UN|SV|UV)$/;
/** What stands around the samples of a recording is far less. */
const mostAround = 4 * 1024 * 1024;
/** Absent samples are known by two in a row: so much is read beyond either end. */
const margin = 2;

interface Element {
  tag: number;
  start: number;
  valueStart: number;
  length: number;
}

/**
 * The samples [from, to) of a DICOM waveform object of one multiplex group, read as an object of their own: everything
 * around the waveform data and of that the frames of the page (PS3.3 C.10.9). Undefined where it is not laid out so.
 */
export async function dicomStretch(
  file: PlacedFile,
  from: number,
  to: number,
): Promise<EcgRecording | undefined> {
  const reader = new ElementReader(file);
  const at = await reader.start();
  if (at === undefined) return undefined;
  const found = await findWaveform(reader, at);
  if (!found) return undefined;
  const { sequence, group, end } = found;
  const data = group.get(waveformData);
  const count = group.get(sampleCount);
  const channels = await reader.number(group.get(channelCount));
  const bits = await reader.number(group.get(bitsAllocated));
  const all = await reader.number(count);
  if (!data || !count || !channels || !bits || !all || data.length === undefinedLength) return undefined;
  const frameBytes = channels * (bits / 8);
  const first = Math.max(0, from - margin);
  const last = Math.min(all, to + margin);
  if (last <= first || data.length < all * frameBytes) return undefined;
  const behind = file.size - data.valueStart - data.length;
  if (behind < 0 || data.start + behind > mostAround) return undefined;
  const frames = await file.read(
    data.valueStart + first * frameBytes,
    data.valueStart + last * frameBytes + (((last - first) * frameBytes) % 2),
  );
  const parts = [
    await file.read(0, sequence.start),
    await reader.head(sequence, undefinedLength),
    tagged(itemTag, undefinedLength),
  ];
  for (const element of [...group.values()].sort((a, b) => a.start - b.start)) {
    const { start, valueStart, length } = element;
    if (element === data) parts.push(await reader.head(data, frames.byteLength), frames);
    else if (element === count) parts.push(await file.read(start, valueStart), uint32(last - first));
    else parts.push(await file.read(start, valueStart + length));
  }
  parts.push(tagged(itemEnd, 0), tagged(sequenceEnd, 0), await file.read(end, file.size));
  return startingAt(dicomWaveform.read(Buffer.concat(parts)), first);
}

/** The one group of the waveform sequence by tag; undefined for several, which stand at times of their own. */
async function findWaveform(
  reader: ElementReader,
  start: number,
): Promise<{ sequence: Element; group: Map<number, Element>; end: number } | undefined> {
  let at = start;
  while (at < reader.size) {
    const sequence = await reader.element(at);
    if (sequence.tag !== waveformSequence) {
      at = await reader.after(sequence);
      continue;
    }
    const item = await reader.element(sequence.valueStart);
    if (item.tag !== itemTag) return undefined;
    const group = new Map<number, Element>();
    let inside = item.valueStart;
    const itemStops = item.length === undefinedLength ? reader.size : item.valueStart + item.length;
    while (inside < itemStops) {
      const element = await reader.element(inside);
      inside = await reader.after(element);
      if (element.tag === itemEnd) break;
      group.set(element.tag, { ...element, length: inside - element.valueStart });
    }
    if (sequence.length !== undefinedLength)
      return inside === sequence.valueStart + sequence.length ? { sequence, group, end: inside } : undefined;
    const next = await reader.element(inside);
    return next.tag === sequenceEnd ? { sequence, group, end: next.valueStart } : undefined;
  }
  return undefined;
}

/** Heads of elements, read from the file a window at a time; values are passed over. */
class ElementReader {
  readonly size: number;
  private readonly file: PlacedFile;
  private window = Buffer.alloc(0);
  private windowStart = 0;
  private explicit = true;

  constructor(file: PlacedFile) {
    this.file = file;
    this.size = file.size;
  }

  /** Where the data set begins behind its file meta group; undefined where elements cannot be passed over. */
  async start(): Promise<number | undefined> {
    if (latin1(await this.bytes(128, 4)) !== 'DICM') return undefined;
    let at = 132;
    let syntax = '';
    while (at < this.size) {
      const element = await this.element(at);
      if (element.tag >>> 16 !== 2) break;
      if (element.tag === transferSyntax)
        syntax = latin1(await this.bytes(element.valueStart, element.length)).replace(/[\0 ]+$/, '');
      at = await this.after(element);
    }
    this.explicit = syntax === '1.2.840.10008.1.2.1';
    return this.explicit || syntax === '1.2.840.10008.1.2' ? at : undefined;
  }

  async element(start: number): Promise<Element> {
    const head = await this.bytes(start, 12);
    const tag = head.readUInt16LE(0) * 65536 + head.readUInt16LE(2);
    const withVr = this.explicit && tag < itemTag;
    if (!withVr) return { tag, start, valueStart: start + 8, length: head.readUInt32LE(4) };
    return longForms.test(latin1(head.subarray(4, 6)))
      ? { tag, start, valueStart: start + 12, length: head.readUInt32LE(8) }
      : { tag, start, valueStart: start + 8, length: head.readUInt16LE(6) };
  }

  /** Where the next element begins. */
  async after({ tag, valueStart, length }: Element): Promise<number> {
    if (tag === itemEnd || tag === sequenceEnd) return valueStart;
    if (length !== undefinedLength) return valueStart + length;
    const stops = tag === itemTag ? itemEnd : sequenceEnd;
    let at = valueStart;
    while (at < this.size) {
      const inner = await this.element(at);
      at = await this.after(inner);
      if (inner.tag === stops) return at;
    }
    return at;
  }

  /** Value of an unsigned element of two or four bytes. */
  async number(element: Element | undefined): Promise<number | undefined> {
    if (!element || (element.length !== 2 && element.length !== 4)) return undefined;
    const value = await this.bytes(element.valueStart, element.length);
    return element.length === 2 ? value.readUInt16LE(0) : value.readUInt32LE(0);
  }

  /** Head of an element whose length is another one now. */
  async head({ start, valueStart }: Element, length: number): Promise<Buffer> {
    const head = Buffer.from(await this.bytes(start, valueStart - start));
    head.writeUInt32LE(length, head.length - 4);
    return head;
  }

  private async bytes(start: number, length: number): Promise<Buffer> {
    if (start + length > this.size) {
      // the last element may be shorter than the longest head
      const rest = start < this.size ? await this.file.read(start, this.size) : new Uint8Array();
      return Buffer.concat([rest, Buffer.alloc(length)]).subarray(0, length);
    }
    if (start < this.windowStart || start + length > this.windowStart + this.window.length) {
      this.window = Buffer.from(
        await this.file.read(start, Math.min(this.size, start + Math.max(length, 16_384))),
      );
      this.windowStart = start;
    }
    return this.window.subarray(start - this.windowStart, start - this.windowStart + length);
  }
}

function tagged(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(tag >>> 16, 0);
  bytes.writeUInt16LE(tag & 0xffff, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
