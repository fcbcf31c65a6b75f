import type { Transaction } from '../../core/database.ts';
import type { SlideIndex, TileTable } from '../formats/slideIndex.ts';

/** Tiles in one row of `slide_image_tiles`. */
export const tilesPerChunk = 4096;
export const bytesPerTile = 12;

const offsetBits = 48n;
const offsetMask = (1n << offsetBits) - 1n;

/** Packs the tiles of one chunk: file and offset as 64 bits, length as 32 bits, little endian. */
function packChunk({ offsets, lengths, files }: TileTable, chunk: number): Buffer {
  const first = chunk * tilesPerChunk;
  const count = Math.min(tilesPerChunk, lengths.length - first);
  const entries = Buffer.alloc(count * bytesPerTile);
  for (let n = 0; n < count; n++) {
    const file = BigInt(files?.[first + n] ?? 0) << offsetBits;
    entries.writeBigUInt64LE(file | BigInt(offsets[first + n] ?? 0), n * bytesPerTile);
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
  plane = 0,
): Promise<void> {
  const chunks = Math.ceil(tiles.lengths.length / tilesPerChunk);
  for (let chunk = 0; chunk < chunks; chunk++) {
    await trx
      .insertInto('slideImageTiles')
      .values({ slideImageId, level, plane, chunk, entries: packChunk(tiles, chunk) })
      .execute();
  }
}

/**
 * Where a tile stands: offset, length (0 is a place that was not scanned), and the file where it is not that of the
 * level.
 */
export function unpackTile(
  entries: Buffer,
  place: number,
): { offset: number; length: number; file: number | undefined } {
  const at = place * bytesPerTile;
  const packed = entries.readBigUInt64LE(at);
  const file = Number(packed >> offsetBits);
  return {
    offset: Number(packed & offsetMask),
    length: entries.readUInt32LE(at + 8),
    file: file === 0 ? undefined : file - 1,
  };
}

/** Replaces the index of a slide by this one (a DICOM slide grows while its levels arrive). */
export async function storeSlideIndex(
  trx: Transaction,
  slideImageId: string,
  index: SlideIndex,
): Promise<void> {
  for (const table of [
    'slideImageTiles',
    'slideImageLevel',
    'slideImageAssociated',
    'slideImageProfile',
  ] as const) {
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
    for (const [plane, tiles] of level.planes.entries())
      await packTiles(trx, slideImageId, number, tiles, plane);
  }
  if (index.icc) await trx.insertInto('slideImageProfile').values({ slideImageId, icc: index.icc }).execute();
  await trx
    .updateTable('slideImage')
    .set({
      // a plane that not every level has cannot be shown at every magnification
      focalPlanes: Math.min(...index.levels.map(({ planes }) => planes.length)),
      focalStepMicrometre: index.focalStepMicrometre ?? null,
    })
    .where('id', '=', slideImageId)
    .execute();
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
