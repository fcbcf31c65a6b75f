import { jpegSegments } from '../tiles/jpegStream.ts';

export interface TiffLevel {
  width: number;
  height: number;
  tileSize: number;
  /** number of the tile in {@link SlideTiff.tiles} for every place, row by row; −1 = not scanned */
  places: Int32Array;
}
export interface SlideTiff {
  levels: TiffLevel[];
  /** complete JPEG streams that share one set of tables; a tile may stand at many places */
  tiles: Buffer[];
  associated: { kind: 'label' | 'macro'; width: number; height: number; jpeg: Buffer }[];
  description: string;
}

type Field = { tag: number; type: 2 | 3 | 4 | 7; values: Uint8Array | Uint32Array | number[] };

const widthOf = { 2: 1, 3: 2, 4: 4, 7: 1 } as const;

/** Splits a JPEG into its tables and an abbreviated stream without them (TIFF technical note 2). */
function abbreviate(jpeg: Buffer): { tables: Buffer; stream: Buffer } {
  const { segments } = jpegSegments(jpeg);
  const isTable = (marker: number) => marker === 0xdb || marker === 0xc4;
  const tables = segments
    .filter(({ marker }) => isTable(marker))
    .map(({ start, end }) => jpeg.subarray(start, end));
  const first = segments[0]?.start ?? 2;
  const parts: Buffer[] = [jpeg.subarray(0, first)];
  let from = first;
  for (const { marker, start, end } of segments) {
    // JFIF has no place in a TIFF tile: photometric interpretation says what the samples are
    if (!isTable(marker) && marker !== 0xe0) continue;
    parts.push(jpeg.subarray(from, start));
    from = end;
  }
  parts.push(jpeg.subarray(from));
  const frame = (content: Buffer[]) =>
    Buffer.concat([Buffer.from([0xff, 0xd8]), ...content, Buffer.from([0xff, 0xd9])]);
  return { tables: frame(tables), stream: Buffer.concat(parts) };
}

function bytesOf({ type, values }: Field): Buffer {
  const out = Buffer.alloc(values.length * widthOf[type]);
  for (let n = 0; n < values.length; n++) {
    const value = values[n] ?? 0;
    if (type === 3) out.writeUInt16LE(value, n * 2);
    else if (type === 4) out.writeUInt32LE(value, n * 4);
    else out.writeUInt8(value, n);
  }
  return out;
}

/**
 * Writes a tiled pyramid as classic TIFF in the manner of Aperio: levels as tiled directories, label and macro as
 * stripped ones. The same tile bytes may serve many places, which keeps even a 100,000 × 80,000 slide small.
 */
export function writeSlideTiff(slide: SlideTiff): Buffer {
  const chunks: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])];
  let end = 8;
  const append = (bytes: Buffer): number => {
    const at = end;
    const padded = bytes.length % 2 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes;
    chunks.push(padded);
    end += padded.length;
    return at;
  };
  let tables: Buffer = Buffer.alloc(0);
  const stored = slide.tiles.map((jpeg) => {
    const split = abbreviate(jpeg);
    tables = split.tables;
    return { offset: append(split.stream), length: split.stream.length };
  });
  let nextAt = { chunk: 0, at: 4 };
  const directory = (fields: Field[]) => {
    const entries = Buffer.alloc(2 + fields.length * 12 + 4);
    entries.writeUInt16LE(fields.length, 0);
    fields.forEach((field, n) => {
      const at = 2 + n * 12;
      const value = bytesOf(field);
      entries.writeUInt16LE(field.tag, at);
      entries.writeUInt16LE(field.type, at + 2);
      entries.writeUInt32LE(field.values.length, at + 4);
      if (value.length <= 4) value.copy(entries, at + 8);
      else entries.writeUInt32LE(append(value), at + 8);
    });
    const link = nextAt;
    const place = append(entries);
    chunks[link.chunk]?.writeUInt32LE(place, link.at);
    nextAt = { chunk: chunks.length - 1, at: entries.length - 4 };
  };
  const text = (value: string) => Buffer.from(`${value}\0`, 'utf8');
  const common = (width: number, height: number, description: string): Field[] => [
    { tag: 256, type: 4, values: [width] },
    { tag: 257, type: 4, values: [height] },
    { tag: 258, type: 3, values: [8, 8, 8] },
    { tag: 259, type: 3, values: [7] },
    { tag: 262, type: 3, values: [6] },
    { tag: 270, type: 2, values: text(description) },
  ];
  const tail: Field[] = [{ tag: 530, type: 3, values: [2, 2] }];
  slide.levels.forEach(({ width, height, tileSize, places }) => {
    directory([
      ...common(width, height, slide.description),
      { tag: 277, type: 3, values: [3] },
      { tag: 284, type: 3, values: [1] },
      { tag: 322, type: 4, values: [tileSize] },
      { tag: 323, type: 4, values: [tileSize] },
      { tag: 324, type: 4, values: Uint32Array.from(places, (tile) => stored[tile]?.offset ?? 0) },
      { tag: 325, type: 4, values: Uint32Array.from(places, (tile) => stored[tile]?.length ?? 0) },
      { tag: 347, type: 7, values: tables },
      ...tail,
    ]);
  });
  for (const { kind, width, height, jpeg } of slide.associated) {
    const [product = ''] = slide.description.split('|');
    directory([
      ...common(width, height, `${product.split('\n')[0] ?? ''}\n${kind} ${width}x${height}`),
      { tag: 273, type: 4, values: [append(jpeg)] },
      { tag: 277, type: 3, values: [3] },
      { tag: 278, type: 4, values: [height] },
      { tag: 279, type: 4, values: [jpeg.length] },
      { tag: 284, type: 3, values: [1] },
      ...tail,
    ]);
  }
  return Buffer.concat(chunks);
}
