import sharp from 'sharp';
import type { ByteSource } from '../formats/byteSource.ts';
import type { SlideIndex, SlideLevel, TileTable } from '../formats/slideIndex.ts';
import { UnreadableSlide } from '../formats/unreadableSlide.ts';
import { tileImage } from './tileImage.ts';

/** Reads the stored bytes of a tile; empty for a place that was not scanned. */
export async function readStoredTile(
  source: ByteSource,
  level: SlideLevel,
  tile: number,
  plane = 0,
): Promise<Buffer> {
  const tiles = level.planes[plane];
  const length = tiles?.lengths[tile] ?? 0;
  return length === 0 ? Buffer.alloc(0) : source.read(tiles?.offsets[tile] ?? 0, length);
}

/** First, middle and last scanned tile of a level: enough to find a file that was cut or coded wrong throughout. */
function samplesOf(tiles: TileTable): number[] {
  const scanned: number[] = [];
  const count = tiles.lengths.length;
  for (const from of [0, Math.floor(count / 2), count - 1]) {
    const forward = from === count - 1 ? -1 : 1;
    for (let tile = from; tile >= 0 && tile < count; tile += forward) {
      if ((tiles.lengths[tile] ?? 0) === 0) continue;
      if (!scanned.includes(tile)) scanned.push(tile);
      break;
    }
  }
  return scanned;
}

/**
 * Decodes a few tiles of every level before a slide is accepted, so that a damaged file is refused at arrival and
 * not in front of the pathologist. Throws {@link UnreadableSlide} naming level and tile.
 */
export async function probeSlide(sources: ByteSource[], index: SlideIndex): Promise<void> {
  for (const [number, level] of index.levels.entries()) {
    const source = sources[level.source];
    if (!source) throw new UnreadableSlide('malformed', `level ${number} has no file`);
    const samples = level.planes.flatMap((tiles, plane) => samplesOf(tiles).map((tile) => ({ tile, plane })));
    for (const { tile, plane } of samples.slice(0, 30)) {
      try {
        const image = await tileImage(await readStoredTile(source, level, tile, plane), level);
        await sharp(image.bytes, {
          failOn: 'error',
          limitInputPixels: level.tileWidth * level.tileHeight,
        }).stats();
      } catch (cause) {
        const what = cause instanceof Error ? cause.message : 'not readable';
        throw new UnreadableSlide('corrupt-tile', `tile ${tile} of level ${number}: ${what}`, cause);
      }
    }
  }
}
