/** One field of a directory: SHORT, LONG or UNDEFINED values. */
export interface TiffField {
  tag: number;
  type: 3 | 4 | 7;
  values: ArrayLike<number>;
}

const sizeOf = { 3: 2, 4: 4, 7: 1 } as const;

function bytesOf({ type, values }: TiffField): Buffer {
  const out = Buffer.alloc(values.length * sizeOf[type]);
  for (let n = 0; n < values.length; n++) {
    const value = values[n] ?? 0;
    if (type === 3) out.writeUInt16LE(value, n * 2);
    else if (type === 4) out.writeUInt32LE(value, n * 4);
    else out.writeUInt8(value, n);
  }
  return out;
}

/**
 * Writes a TIFF of one directory around pieces of coded data that are not touched: the tile or the strips of another
 * file. `offsetsTag` (tiles 324, strips 273) is filled with where the pieces come to stand.
 */
export function writeTiffPage(fields: TiffField[], offsetsTag: number, pieces: Buffer[]): Buffer {
  const offsets = { tag: offsetsTag, type: 4 as const, values: pieces.map(() => 0) };
  const all = [...fields, offsets].sort((one, other) => one.tag - other.tag);
  const directoryBytes = 2 + all.length * 12 + 4;
  let at = 8 + directoryBytes;
  const placed = all.map((field) => {
    const length = field.values.length * sizeOf[field.type];
    const outside = length > 4 ? at : 0;
    if (outside) at += length + (length % 2);
    return { field, outside };
  });
  offsets.values = pieces.map((piece) => {
    const place = at;
    at += piece.length + (piece.length % 2);
    return place;
  });
  const out = Buffer.alloc(at);
  out.write('II*\0', 0, 'latin1');
  out.writeUInt32LE(8, 4);
  out.writeUInt16LE(all.length, 8);
  placed.forEach(({ field, outside }, n) => {
    const entry = 10 + n * 12;
    out.writeUInt16LE(field.tag, entry);
    out.writeUInt16LE(field.type, entry + 2);
    out.writeUInt32LE(field.values.length, entry + 4);
    if (outside) out.writeUInt32LE(outside, entry + 8);
    bytesOf(field).copy(out, outside || entry + 8);
  });
  pieces.forEach((piece, n) => piece.copy(out, offsets.values[n] ?? 0));
  return out;
}
