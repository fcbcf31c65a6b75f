/** Writes DICOM whole-slide instances for tests, element by element (PS3.5 §7.1, explicit little endian). */
const longVr = new Set(['OB', 'OW', 'SQ', 'UN', 'UT', 'OV']);

function element(tag: number, vr: string, value: Buffer): Buffer {
  const padded =
    value.length % 2 ? Buffer.concat([value, Buffer.from([vr === 'UI' || vr === 'OB' ? 0 : 0x20])]) : value;
  const head = Buffer.alloc(longVr.has(vr) ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (longVr.has(vr)) head.writeUInt32LE(padded.length, 8);
  else head.writeUInt16LE(padded.length, 6);
  return Buffer.concat([head, padded]);
}
const text = (tag: number, vr: string, value: string) => element(tag, vr, Buffer.from(value, 'latin1'));
const us = (tag: number, value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return element(tag, 'US', bytes);
};
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const item = (content: Buffer) =>
  Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0]), u32(content.length), content]);
const sequence = (tag: number, items: Buffer[]) => element(tag, 'SQ', Buffer.concat(items.map(item)));

export interface DicomSlide {
  transferSyntax: string;
  photometric: string;
  width: number;
  height: number;
  tile: number;
  /** top left pixel of each frame, 1-based: TILED_SPARSE */
  positions?: [number, number][];
  /** height of each frame above the glass in µm */
  heights?: number[];
  /** TILED_FULL: planes that follow each other */
  focalPlanes?: number;
  /** this instance is a part of one, after so many frames */
  concatenation?: { uid: string; frameOffset: number };
  icc?: Buffer;
  frames: Buffer[];
  offsetTable?: 'none' | 'basic' | 'extended' | 'wrong';
  /** cuts every frame into this many fragments */
  fragments?: number;
  imageType?: string;
  sopClass?: string;
  planar?: 0 | 1;
  /** root of the study, series and instance UIDs */
  uids?: string;
}

function encapsulated(slide: DicomSlide): { before: Buffer; pixels: Buffer } {
  const pieces = slide.frames.map((frame) => {
    const count = slide.fragments ?? 1;
    const size = Math.ceil(frame.length / count / 2) * 2;
    return Array.from({ length: count }, (_, n) => frame.subarray(n * size, (n + 1) * size)).map((part) =>
      item(part.length % 2 ? Buffer.concat([part, Buffer.alloc(1)]) : part),
    );
  });
  const lengths = pieces.map((parts) => parts.reduce((sum, part) => sum + part.length, 0));
  const starts = lengths.map((_, n) => lengths.slice(0, n).reduce((sum, length) => sum + length, 0));
  const basic =
    slide.offsetTable === 'basic'
      ? Buffer.concat(starts.map(u32))
      : slide.offsetTable === 'wrong'
        ? Buffer.concat(starts.map((start) => u32(start + 2)))
        : Buffer.alloc(0);
  const wide = Buffer.alloc(starts.length * 8);
  starts.forEach((start, n) => wide.writeBigUInt64LE(BigInt(start), n * 8));
  const head = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
  return {
    before: slide.offsetTable === 'extended' ? element(0x7fe00001, 'OV', wide) : Buffer.alloc(0),
    pixels: Buffer.concat([head, item(basic), ...pieces.flat(), end]),
  };
}

/** One instance of a whole slide with the given frames. */
export function writeDicomSlide(slide: DicomSlide): Buffer {
  const native = ['1.2.840.10008.1.2.1'].includes(slide.transferSyntax);
  const { before, pixels } = native
    ? { before: Buffer.alloc(0), pixels: element(0x7fe00010, 'OB', Buffer.concat(slide.frames)) }
    : encapsulated(slide);
  const sopClass = slide.sopClass ?? '1.2.840.10008.5.1.4.1.1.77.1.6';
  const meta = Buffer.concat([
    text(0x00020002, 'UI', sopClass),
    text(0x00020010, 'UI', slide.transferSyntax),
  ]);
  const spacing = sequence(0x00289110, [text(0x00280030, 'DS', '0.00025\\0.00025')]);
  const sl = (tag: number, value: number) => element(tag, 'SL', u32(value));
  const perFrame = (slide.positions ?? []).map(([x, y], n) => {
    const height = slide.heights ? text(0x0040074a, 'DS', String(slide.heights[n] ?? 0)) : Buffer.alloc(0);
    return sequence(0x0048021a, [Buffer.concat([height, sl(0x0048021e, x), sl(0x0048021f, y)])]);
  });
  const ul = (tag: number, value: number) => element(tag, 'UL', u32(value));
  const part = slide.concatenation;
  const none = Buffer.alloc(0);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x00020000, 'UL', u32(meta.length)),
    meta,
    text(0x00080008, 'CS', slide.imageType ?? 'ORIGINAL\\PRIMARY\\VOLUME\\NONE'),
    text(0x00080016, 'UI', sopClass),
    text(0x00080018, 'UI', slide.uids ? `${slide.uids}.3` : '1.2.3.4.5'),
    text(0x00080060, 'CS', 'SM'),
    text(0x00080070, 'LO', 'Test scanner'),
    text(0x0020000d, 'UI', slide.uids ? `${slide.uids}.1` : '1.2.3'),
    text(0x0020000e, 'UI', slide.uids ? `${slide.uids}.2` : '1.2.3.4'),
    part ? text(0x00209161, 'UI', part.uid) : none,
    part ? ul(0x00209228, part.frameOffset) : none,
    text(0x00209311, 'CS', slide.positions ? 'TILED_SPARSE' : 'TILED_FULL'),
    us(0x00280002, 3),
    text(0x00280004, 'CS', slide.photometric),
    us(0x00280006, slide.planar ?? 0),
    text(0x00280008, 'IS', String(slide.frames.length)),
    us(0x00280010, slide.tile),
    us(0x00280011, slide.tile),
    us(0x00280100, 8),
    element(0x00480006, 'UL', u32(slide.width)),
    element(0x00480007, 'UL', u32(slide.height)),
    slide.icc ? sequence(0x00480105, [element(0x00282000, 'OB', slide.icc)]) : none,
    slide.focalPlanes ? ul(0x00480303, slide.focalPlanes) : none,
    sequence(0x52009229, [spacing]),
    slide.positions ? sequence(0x52009230, perFrame) : Buffer.alloc(0),
    before,
    pixels,
  ]);
}
