import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import type { TileImage } from '../tiles/tileImage.ts';
import { tileImage } from '../tiles/tileImage.ts';
import { middlePlane } from '../formats/slideIndex.ts';
import { correctColor } from '../tiles/correctColor.ts';
import { openSlide, tilePlace } from './openSlide.ts';

const cacheBytes = 96 * 1024 * 1024;

/** Tiles ready to send, the least recently asked for dropped first. Several readers of a case look at the same fields. */
interface TileCache {
  tiles: Map<string, TileImage>;
  bytes: number;
}
/** By store, so that two hubs in one process (tests) never mix. */
const caches = new WeakMap<object, TileCache>();

function cacheOf(store: object): TileCache {
  const known = caches.get(store) ?? { tiles: new Map(), bytes: 0 };
  caches.set(store, known);
  return known;
}

function keep(cache: TileCache, key: string, tile: TileImage): void {
  cache.tiles.set(key, tile);
  cache.bytes += tile.bytes.length;
  for (const [oldest, { bytes }] of cache.tiles) {
    if (cache.bytes <= cacheBytes) break;
    cache.tiles.delete(oldest);
    cache.bytes -= bytes.length;
  }
}

export interface TilePlace {
  level: number;
  column: number;
  row: number;
  /** focal plane from the glass upwards; the middle one unless told */
  plane?: number | undefined;
  /** carried over to sRGB by the scanner's profile, where the slide has one */
  corrected?: boolean | undefined;
}

/**
 * One tile as the browser shows it. Throws 404 outside the grid, 422 `unreadable-slide` for a damaged tile. The
 * caller has checked that the slide may be seen.
 */
export async function readTile(
  ctx: Pick<Context, 'db' | 'objects'>,
  id: string,
  place: TilePlace,
): Promise<TileImage> {
  const slide = await openSlide(ctx, id);
  const cache = cacheOf(ctx.objects);
  // a slide that grew (another DICOM level) is opened anew and numbers its levels anew
  const plane = place.plane ?? middlePlane(slide.focalPlanes);
  const icc = place.corrected ? slide.icc : undefined;
  const key = `${slide.serial}/${place.level}/${place.column}/${place.row}/${plane}${icc ? '/c' : ''}`;
  const known = cache.tiles.get(key);
  if (known) {
    cache.tiles.delete(key);
    cache.tiles.set(key, known);
    return known;
  }
  const found = await tilePlace(ctx, slide, { ...place, plane });
  const source = slide.sources[found.source];
  if (!source) throw notFound('file of the slide');
  const stored = found.length === 0 ? Buffer.alloc(0) : await source.read(found.offset, found.length);
  const plain = await tileImage(stored, found.layer);
  const tile = icc && stored.length > 0 ? await correctColor(plain, icc) : plain;
  if (!cache.tiles.has(key)) keep(cache, key, tile);
  return tile;
}
