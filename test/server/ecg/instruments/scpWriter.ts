import { crcCcitt } from '../../../../server/ecg/formats/byteReader.ts';

/**
 * Test instrument: writes SCP-ECG records with reference-beat subtraction, bimodal compression and any
 * Huffman coding. Records made with it are synthetic; no device wrote them.
 */
export interface ScpRecord {
  leads: { code: number; samples: number[] }[];
  nanovoltPerUnit?: number;
  microsecond?: number;
  difference?: 0 | 1 | 2;
  huffman?: 'none' | 'default' | 'custom';
  referenceBeat?: {
    leads: number[][];
    /** 1-based sample of the fiducial point inside the beat. */
    fiducial: number;
    nanovoltPerUnit?: number;
    beats: { type: number; from: number; fiducial: number; to: number }[];
  };
  bimodal?: { rate: number; zones: { from: number; to: number }[] };
  patient?: { tag: number; bytes: Uint8Array }[];
  statements?: Uint8Array[];
}

class Bytes {
  parts: number[] = [];
  u8(v: number): this {
    this.parts.push(v & 0xff);
    return this;
  }
  u16(v: number): this {
    return this.u8(v).u8(v >> 8);
  }
  u32(v: number): this {
    return this.u16(v & 0xffff).u16(Math.floor(v / 65536) & 0xffff);
  }
  add(v: Uint8Array | number[]): this {
    for (const byte of v) this.u8(byte);
    return this;
  }
}

class Bits {
  bits: number[] = [];
  push(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.bits.push(Math.floor(value / 2 ** i) % 2);
  }
  bytes(): number[] {
    const out: number[] = [];
    for (let i = 0; i < this.bits.length; i += 8) {
      let byte = 0;
      for (let j = 0; j < 8; j++) byte = (byte << 1) | (this.bits[i + j] ?? 0);
      out.push(byte);
    }
    return out;
  }
}

function differences(samples: number[], difference: number): number[] {
  return samples.map((value, n) => {
    if (difference === 0 || n === 0) return value;
    if (difference === 1) return value - samples[n - 1]!;
    return n === 1 ? value : value - 2 * samples[n - 1]! + samples[n - 2]!;
  });
}

/** Two custom tables: `0` zero, `10`+6 bits small, `110` to the other table, `111`+16 bits raw; the second has `0`+10 bits, `1`+16 bits and switches back by `…` never. */
export const customTables = [
  [
    { prefixBits: 1, totalBits: 1, mode: 1, base: 0, code: 0b0 },
    { prefixBits: 2, totalBits: 8, mode: 1, base: 0, code: 0b10 },
    { prefixBits: 3, totalBits: 3, mode: 0, base: 2, code: 0b110 },
    { prefixBits: 3, totalBits: 19, mode: 1, base: 0, code: 0b111 },
  ],
  [
    { prefixBits: 1, totalBits: 11, mode: 1, base: 0, code: 0b0 },
    { prefixBits: 2, totalBits: 18, mode: 1, base: 0, code: 0b10 },
    { prefixBits: 2, totalBits: 2, mode: 0, base: 1, code: 0b11 },
  ],
];

function encode(samples: number[], huffman: string, difference: number): number[] {
  const values = differences(samples, difference);
  if (huffman === 'none') return values.flatMap((value) => [value & 0xff, (value >> 8) & 0xff]);
  const bits = new Bits();
  const two = (value: number, count: number): number => (value < 0 ? value + 2 ** count : value);
  let second = false;
  for (const value of values) {
    const size = Math.abs(value);
    if (huffman === 'default') {
      if (value === 0) bits.push(0, 1);
      else if (size <= 8) {
        bits.push(2 ** size - 1, size);
        bits.push(value < 0 ? 1 : 0, 2);
      } else if (value >= -128 && value < 128) {
        bits.push(0b1111111110, 10);
        bits.push(two(value, 8), 8);
      } else {
        bits.push(0b1111111111, 10);
        bits.push(two(value, 16), 16);
      }
      continue;
    }
    if (second && size < 20) {
      bits.push(0b11, 2);
      second = false;
    } else if (!second && size >= 32 && size < 512) {
      bits.push(0b110, 3);
      second = true;
    }
    if (second) {
      if (value >= -512 && value < 512) bits.push(two(value, 10), 11);
      else {
        bits.push(0b10, 2);
        bits.push(two(value, 16), 16);
      }
    } else if (value === 0) bits.push(0, 1);
    else if (value >= -32 && value < 32) {
      bits.push(0b10, 2);
      bits.push(two(value, 6), 6);
    } else {
      bits.push(0b111, 3);
      bits.push(two(value, 16), 16);
    }
  }
  return bits.bytes();
}

function reversed(code: number, bits: number): number {
  let out = 0;
  for (let i = 0; i < bits; i++) out |= ((code >> (bits - 1 - i)) & 1) << i;
  return out;
}

/** What a bimodal writer stores: full rate inside the zones, block means outside. */
export function decimate(samples: number[], rate: number, zones: { from: number; to: number }[]): number[] {
  const out: number[] = [];
  let at = 0;
  const low = (until: number): void => {
    for (; at < until; at += rate) {
      const block = samples.slice(at, Math.min(at + rate, until));
      out.push(Math.round(block.reduce((sum, value) => sum + value, 0) / block.length));
    }
    at = until;
  };
  for (const zone of zones) {
    low(zone.from - 1);
    out.push(...samples.slice(zone.from - 1, zone.to));
    at = zone.to;
  }
  low(samples.length);
  return out;
}

export function writeScp(record: ScpRecord): Uint8Array {
  const nanovolt = record.nanovoltPerUnit ?? 2500;
  const microsecond = record.microsecond ?? 2000;
  const difference = record.difference ?? 2;
  const huffman = record.huffman ?? 'default';
  const sections: { id: number; content: number[] }[] = [];
  const one = new Bytes();
  for (const { tag, bytes } of record.patient ?? []) one.u8(tag).u16(bytes.length).add(bytes);
  one.u8(255).u16(0);
  sections.push({ id: 1, content: one.parts });
  if (huffman === 'default') sections.push({ id: 2, content: new Bytes().u16(19999).parts });
  if (huffman === 'custom') {
    const two = new Bytes().u16(customTables.length);
    for (const table of customTables) {
      two.u16(table.length);
      for (const entry of table)
        two
          .u8(entry.prefixBits)
          .u8(entry.totalBits)
          .u8(entry.mode)
          .u16(entry.base)
          .u32(reversed(entry.code, entry.prefixBits));
    }
    sections.push({ id: 2, content: two.parts });
  }
  const reference = record.referenceBeat;
  const three = new Bytes().u8(record.leads.length).u8((reference ? 1 : 0) | 4 | (record.leads.length << 3));
  for (const lead of record.leads) three.u32(1).u32(lead.samples.length).u8(lead.code);
  sections.push({ id: 3, content: three.parts });
  if (reference || record.bimodal) {
    const beats =
      reference?.beats ??
      record.bimodal!.zones.map((zone) => ({ type: 1, from: 0, fiducial: zone.from, to: 0 }));
    const four = new Bytes()
      .u16(((reference?.leads[0]?.length ?? 0) * microsecond) / 1000)
      .u16(reference?.fiducial ?? 0)
      .u16(beats.length);
    for (const beat of beats) four.u16(beat.type).u32(beat.from).u32(beat.fiducial).u32(beat.to);
    for (const zone of record.bimodal?.zones ?? []) four.u32(zone.from).u32(zone.to);
    sections.push({ id: 4, content: four.parts });
  }
  const coded = (id: number, unit: number, step: number, bimodal: boolean, leads: number[][]): void => {
    const body = new Bytes()
      .u16(unit)
      .u16(step)
      .u8(difference)
      .u8(bimodal ? 1 : 0);
    const data = leads.map((lead) => encode(lead, huffman, difference));
    for (const lead of data) body.u16(lead.length);
    for (const lead of data) body.add(lead);
    sections.push({ id, content: body.parts });
  };
  if (reference) coded(5, reference.nanovoltPerUnit ?? nanovolt, microsecond, false, reference.leads);
  else if (record.bimodal)
    coded(
      5,
      nanovolt,
      microsecond,
      false,
      record.leads.map(() => [0, 0, 0, 0]),
    );
  const residuals = record.leads.map((lead, index) => {
    const residual = [...lead.samples];
    if (!reference) return residual;
    for (const beat of reference.beats) {
      if (beat.type !== 0) continue;
      for (let t = beat.from; t <= beat.to; t++)
        residual[t - 1]! -=
          ((reference.leads[index]![t - beat.fiducial + reference.fiducial - 1] ?? 0) *
            (reference.nanovoltPerUnit ?? nanovolt)) /
          nanovolt;
    }
    return residual;
  });
  const stored = record.bimodal
    ? residuals.map((lead) => decimate(lead, record.bimodal!.rate, record.bimodal!.zones))
    : residuals;
  coded(6, nanovolt, microsecond * (record.bimodal?.rate ?? 1), record.bimodal !== undefined, stored);
  if (record.statements) {
    const eight = new Bytes().u8(1).u16(2026).u8(11).u8(22).u8(8).u8(0).u8(0).u8(record.statements.length);
    record.statements.forEach((text, index) =>
      eight
        .u8(index + 1)
        .u16(text.length)
        .add(text),
    );
    sections.push({ id: 8, content: eight.parts });
  }
  return assemble(sections);
}

function section(id: number, content: number[]): number[] {
  const even = content.length % 2 === 0 ? content : [...content, 0];
  const body = new Bytes()
    .u16(id)
    .u32(even.length + 16)
    .u8(20)
    .u8(20);
  if (id === 0) body.add(Buffer.from('SCPECG'));
  else body.add([0, 0, 0, 0, 0, 0]);
  body.add(even);
  return [...new Bytes().u16(crcCcitt(Uint8Array.from(body.parts))).parts, ...body.parts];
}

function assemble(sections: { id: number; content: number[] }[]): Uint8Array {
  const present = new Map(sections.map((entry) => [entry.id, section(entry.id, entry.content)]));
  const pointers = new Bytes();
  let at = 7 + 16 + 12 * 10;
  const body: number[] = [];
  pointers.u16(0).u32(136).u32(7);
  for (let id = 1; id <= 11; id++) {
    const bytes = present.get(id);
    pointers
      .u16(id)
      .u32(bytes?.length ?? 0)
      .u32(bytes ? at : 0);
    if (bytes) {
      body.push(...bytes);
      at += bytes.length;
    }
  }
  const content = [...section(0, pointers.parts), ...body];
  const record = new Bytes().u32(content.length + 6).add(content).parts;
  return Uint8Array.from([...new Bytes().u16(crcCcitt(Uint8Array.from(record))).parts, ...record]);
}
