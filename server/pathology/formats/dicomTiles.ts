import type { DataSet } from 'dicom-parser';
import type { FrameTable } from './dicomFrames.ts';
import type { SlideIndex, TileTable } from './slideIndex.ts';
import { downsampleOf } from './slideIndex.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

interface Grid {
  columns: number;
  rows: number;
  tileWidth: number;
  tileHeight: number;
}

/** TILED_FULL: frames run along the row, then down; other focal planes and optical paths follow (PS3.3 §C.7.6.17.3). */
function placeFull(table: FrameTable, { columns, rows }: Grid): TileTable {
  const count = columns * rows;
  if (table.lengths.length < count) {
    throw new UnreadableSlide(
      'malformed',
      `${table.lengths.length} frames do not fill ${columns} × ${rows} tiles`,
    );
  }
  return { offsets: table.offsets.slice(0, count), lengths: table.lengths.slice(0, count) };
}

/** TILED_SPARSE: each frame names its top left pixel, 1-based (PS3.3 §C.8.12.6.1). Tiles nobody names stay empty. */
function placeSparse(perFrame: DataSet[], table: FrameTable, grid: Grid): TileTable {
  const count = grid.columns * grid.rows;
  const tiles = { offsets: new Float64Array(count), lengths: new Uint32Array(count) };
  if (perFrame.length !== table.lengths.length) {
    throw new UnreadableSlide('malformed', `${perFrame.length} positions for ${table.lengths.length} frames`);
  }
  perFrame.forEach((groups, frame) => {
    const position = groups.elements['x0048021a']?.items?.[0]?.dataSet;
    const x = (position?.int32('x0048021e') ?? 0) - 1;
    const y = (position?.int32('x0048021f') ?? 0) - 1;
    const column = x / grid.tileWidth;
    const row = y / grid.tileHeight;
    if (!Number.isInteger(column) || !Number.isInteger(row)) {
      throw new UnreadableSlide(
        'malformed',
        `frame ${frame + 1} at ${x + 1},${y + 1} stands between the tiles`,
      );
    }
    if (column < 0 || row < 0 || column >= grid.columns || row >= grid.rows) {
      throw new UnreadableSlide(
        'malformed',
        `frame ${frame + 1} at ${x + 1},${y + 1} lies outside the slide`,
      );
    }
    const tile = row * grid.columns + column;
    if ((tiles.lengths[tile] ?? 0) > 0) return; // a further focal plane or optical path
    tiles.offsets[tile] = table.offsets[frame] ?? 0;
    tiles.lengths[tile] = table.lengths[frame] ?? 0;
  });
  return tiles;
}

/** Puts the frames of an instance onto the grid of its level. */
export function placeFrames(dataSet: DataSet, table: FrameTable, grid: Grid): TileTable {
  const organization = dataSet.string('x00209311');
  const items = (dataSet.elements['x52009230']?.items ?? []).flatMap((item) => item.dataSet ?? []);
  const named = items[0]?.elements['x0048021a'] !== undefined;
  if (organization === 'TILED_SPARSE' || (organization !== 'TILED_FULL' && named)) {
    return placeSparse(items, table, grid);
  }
  return placeFull(table, grid);
}

/**
 * Makes one slide of the instances of a series, largest level first. Instances of the same width are further focal
 * planes or optical paths: the first stands for the level. Throws when no level is among them.
 */
export function joinInstances(instances: SlideIndex[]): SlideIndex {
  const levels = instances
    .flatMap((instance, source) => instance.levels.map((level) => ({ ...level, source })))
    .sort((one, other) => other.width - one.width)
    .filter((level, n, all) => n === 0 || level.width !== all[n - 1]?.width);
  const base = levels[0];
  const holder = instances.find((instance) => instance.levels.some(({ width }) => width === base?.width));
  if (!base || !holder) throw new UnreadableSlide('not-a-slide', 'no level of a pyramid has arrived yet');
  return {
    ...holder,
    levels: levels.map((level) => ({ ...level, downsample: downsampleOf(base, level) })),
    associated: instances.flatMap((instance, source) =>
      instance.associated.map((image) => ({ ...image, source })),
    ),
    barcode: instances.map(({ barcode }) => barcode).find((value) => value !== null) ?? null,
  };
}
