import type { Context } from '../../core/context.ts';
import { conflict, notFound } from '../../core/errors.ts';
import type { ByteSource } from '../formats/byteSource.ts';
import type { TileEncoding } from '../formats/slideIndex.ts';
import { loadParts, partsSource } from './partsSource.ts';
import { tilesPerChunk, unpackTile } from './storeSlideIndex.ts';

export interface OpenLevel {
  width: number;
  height: number;
  tileWidth: number;
  tileHeight: number;
  columns: number;
  rows: number;
  downsample: number;
  encoding: TileEncoding;
  fragmented: boolean;
  source: number;
}

/** A slide ready for tiles: geometry in memory, tile places by chunk when first asked for. */
export interface OpenSlide {
  id: string;
  /** tells this opening from an earlier one of the same slide */
  serial: number;
  levels: OpenLevel[];
  /** focal planes, from the glass upwards */
  focalPlanes: number;
  /** colour profile of the scanner */
  icc: Buffer | undefined;
  sources: ByteSource[];
  chunks: Map<string, Promise<Buffer>>;
}

interface StoredEncoding extends Omit<TileEncoding, 'jpegTables' | 'palette'> {
  palette?: number[];
}

type Store = Pick<Context, 'db' | 'objects'>;
let openings = 0;
const maxOpen = 200;
const maxChunks = 64;
/** By store, so that two hubs in one process (tests) never mix. */
const opened = new WeakMap<object, Map<string, Promise<OpenSlide>>>();

async function load({ db, objects }: Store, id: string): Promise<OpenSlide> {
  const slide = await db
    .selectFrom('slideImage as s')
    .leftJoin('slideImageProfile as p', 'p.slideImageId', 's.id')
    .select(['s.state', 's.focalPlanes', 'p.icc'])
    .where('s.id', '=', id)
    .executeTakeFirst();
  if (!slide) throw notFound('slide', id);
  if (slide.state !== 'ready')
    throw conflict('slide-not-ready', `the slide is ${slide.state}`, { state: slide.state });
  const rows = await db
    .selectFrom('slideImageLevel')
    .selectAll()
    .where('slideImageId', '=', id)
    .orderBy('level')
    .execute();
  const levels = rows.map(({ encoding, jpegTables, fileNumber, ...level }) => {
    const { palette, ...stored } = encoding as unknown as StoredEncoding;
    const full: TileEncoding = { ...stored };
    if (jpegTables) full.jpegTables = jpegTables;
    if (palette) full.palette = Uint16Array.from(palette);
    return { ...level, encoding: full, source: fileNumber };
  });
  const sources = (await loadParts(db, id)).map((parts) => partsSource(objects, parts));
  openings += 1;
  const { focalPlanes, icc } = slide;
  return { id, serial: openings, levels, focalPlanes, icc: icc ?? undefined, sources, chunks: new Map() };
}

function openMap(store: Store): Map<string, Promise<OpenSlide>> {
  const known = opened.get(store.objects) ?? new Map<string, Promise<OpenSlide>>();
  opened.set(store.objects, known);
  return known;
}

/** Opens a slide, or finds it open: the last {@link maxOpen} stay. Throws 404, or 409 while it is uploading. */
export function openSlide(store: Store, id: string): Promise<OpenSlide> {
  const slides = openMap(store);
  const known = slides.get(id);
  if (known) {
    slides.delete(id); // moves it to the young end
    slides.set(id, known);
    return known;
  }
  const opening = load(store, id);
  opening.catch(() => slides.delete(id));
  slides.set(id, opening);
  for (const oldest of slides.keys()) {
    if (slides.size <= maxOpen) break;
    slides.delete(oldest);
  }
  return opening;
}

/** A slide whose index changed is opened anew. */
export function forgetSlide(store: Store, id: string): void {
  openMap(store).delete(id);
}

/** Place and length of a tile in its file. Throws 404 outside the grid and for a plane that is not there. */
export async function tilePlace(
  store: Store,
  slide: OpenSlide,
  { level, column, row, plane }: { level: number; column: number; row: number; plane: number },
) {
  const layer = slide.levels[level];
  if (!layer || column >= layer.columns || row >= layer.rows || plane >= slide.focalPlanes)
    throw notFound('tile', `${level}/${column}/${row}`);
  const tile = row * layer.columns + column;
  const chunk = Math.floor(tile / tilesPerChunk);
  const key = `${level}/${plane}/${chunk}`;
  let entries = slide.chunks.get(key);
  if (!entries) {
    entries = store.db
      .selectFrom('slideImageTiles')
      .select('entries')
      .where('slideImageId', '=', slide.id)
      .where('level', '=', level)
      .where('plane', '=', plane)
      .where('chunk', '=', chunk)
      .executeTakeFirstOrThrow()
      .then((found) => found.entries);
    entries.catch(() => slide.chunks.delete(key));
    slide.chunks.set(key, entries);
    for (const oldest of slide.chunks.keys()) {
      if (slide.chunks.size <= maxChunks) break;
      slide.chunks.delete(oldest);
    }
  }
  const { file, ...place } = unpackTile(await entries, tile % tilesPerChunk);
  return { layer, ...place, source: file ?? layer.source };
}
