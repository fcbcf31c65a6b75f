import type { Transaction } from '../../core/database.ts';
import type { SlideIndex, TileTable } from '../formats/slideIndex.ts';

/** Tiles in one row of `slide_image_tiles`. */
export const tilesPerChunk = 4096;
export const bytesPerTile = 12;

/** Packs the tiles of one chunk: offset as 64-bit, length as 32-bit little endian. */
function packChunk({ offsets, lengths }: TileTable, chunk: number): Buffer {
  const first = chunk * tilesPerChunk;
  const count = Math.min(tilesPerChunk, lengths.length - first);
  const entries = Buffer.alloc(count * bytesPerTile);
  for (let n = 0; n < count; n++) {
    entries.writeBigUInt64LE(BigInt(offsets[first + n] ?? 0), n * bytesPerTile);
    entries.writeUInt32LE(lengths[first + n] ?? 0, n * bytesPerTile + 8);
  }
  return entries;
}

/** Stores where the tiles of a level stand, in chunks. */
export async function packTiles(
  trx: Transaction,
  slideImageId: string,
  level: number,
  tiles: TileTable,
): Promise<void> {
  const chunks = Math.ceil(tiles.lengths.length / tilesPerChunk);
  for (let chunk = 0; chunk < chunks; chunk++) {
    await trx
      .insertInto('slideImageTiles')
      .values({ slideImageId, level, chunk, entries: packChunk(tiles, chunk) })
      .execute();
  }
}

/** Offset and length of a tile inside its chunk; a length of 0 is a place that was not scanned. */
export function unpackTile(entries: Buffer, place: number): { offset: number; length: number } {
  const at = place * bytesPerTile;
  return { offset: Number(entries.readBigUInt64LE(at)), length: entries.readUInt32LE(at + 8) };
}

/** Replaces the index of a slide by this one (a DICOM slide grows while its levels arrive). */
export async function storeSlideIndex(
  trx: Transaction,
  slideImageId: string,
  index: SlideIndex,
): Promise<void> {
  for (const table of ['slideImageTiles', 'slideImageLevel', 'slideImageAssociated'] as const) {
    await trx.deleteFrom(table).where('slideImageId', '=', slideImageId).execute();
  }
  for (const [number, level] of index.levels.entries()) {
    const { jpegTables, palette, ...encoding } = level.encoding;
    await trx
      .insertInto('slideImageLevel')
      .values({
        slideImageId,
        level: number,
        width: level.width,
        height: level.height,
        tileWidth: level.tileWidth,
        tileHeight: level.tileHeight,
        columns: level.columns,
        rows: level.rows,
        downsample: level.downsample,
        encoding: JSON.stringify({ ...encoding, ...(palette ? { palette: [...palette] } : {}) }),
        jpegTables: jpegTables ?? null,
        fragmented: level.fragmented,
        fileNumber: level.source,
      })
      .execute();
    await packTiles(trx, slideImageId, number, level.tiles);
  }
  for (const image of index.associated) {
    await trx
      .insertInto('slideImageAssociated')
      .values({
        slideImageId,
        kind: image.kind,
        width: image.width,
        height: image.height,
        fileNumber: image.source,
        page: image.page ?? null,
        frame: image.frame ? JSON.stringify(image.frame) : null,
      })
      .onConflict((oc) => oc.doNothing())
      .execute();
  }
}
