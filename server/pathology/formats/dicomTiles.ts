import type { DataSet } from 'dicom-parser';
import type { FrameTable } from './dicomFrames.ts';
import type { SlideIndex, SlideLevel, TileTable } from './slideIndex.ts';
import { downsampleOf, limits } from './slideIndex.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

interface Grid {
  columns: number;
  rows: number;
  tileWidth: number;
  tileHeight: number;
}

/** A part of a concatenation: which one, and how many frames stand before its first (PS3.3 §C.7.6.16.1.1). */
export interface Part {
  uid: string;
  frameOffset: number;
}

const emptyTable = (count: number): TileTable => ({
  offsets: new Float64Array(count),
  lengths: new Uint32Array(count),
});

/**
 * TILED_FULL: frames run along the row, then down, then through the focal planes, then through the optical paths, of
 * which the first is taken (PS3.3 §C.7.6.17.3). A part of a concatenation fills only its own places.
 */
function placeFull(table: FrameTable, { columns, rows }: Grid, planes: number, part?: Part): TileTable[] {
  const count = columns * rows;
  if (!part && table.lengths.length < count * planes) {
    const wanted = `${columns} × ${rows} tiles${planes > 1 ? ` in ${planes} planes` : ''}`;
    throw new UnreadableSlide('malformed', `${table.lengths.length} frames do not fill ${wanted}`);
  }
  const placed = Array.from({ length: planes }, () => emptyTable(count));
  const first = part?.frameOffset ?? 0;
  for (let frame = 0; frame < table.lengths.length; frame++) {
    const tiles = placed[Math.floor((first + frame) / count)];
    if (!tiles) break; // a further optical path
    tiles.offsets[(first + frame) % count] = table.offsets[frame] ?? 0;
    tiles.lengths[(first + frame) % count] = table.lengths[frame] ?? 0;
  }
  return placed;
}

/**
 * TILED_SPARSE: each frame names its top left pixel, 1-based, and its height above the glass (PS3.3 §C.8.12.6.1). Tiles
 * nobody names stay empty; of several optical paths the first is taken. Heights make the focal planes, lowest first.
 */
function placeSparse(perFrame: DataSet[], table: FrameTable, grid: Grid): TileTable[] {
  const count = grid.columns * grid.rows;
  if (perFrame.length !== table.lengths.length) {
    throw new UnreadableSlide('malformed', `${perFrame.length} positions for ${table.lengths.length} frames`);
  }
  const places = perFrame.map((groups, frame) => {
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
    return { tile: row * grid.columns + column, height: Number(position?.string('x0040074a') ?? '0') || 0 };
  });
  const heights = [...new Set(places.map(({ height }) => height))].sort((one, other) => one - other);
  if (heights.length > limits.focalPlanes)
    throw new UnreadableSlide('too-large', `${heights.length} focal planes`);
  const planes = heights.map(() => emptyTable(count));
  places.forEach(({ tile, height }, frame) => {
    const tiles = planes[heights.indexOf(height)];
    if (!tiles || (tiles.lengths[tile] ?? 0) > 0) return; // a further optical path
    tiles.offsets[tile] = table.offsets[frame] ?? 0;
    tiles.lengths[tile] = table.lengths[frame] ?? 0;
  });
  return planes;
}

/** Puts the frames of an instance onto the grid of its level: one table for each focal plane, from the glass upwards. */
export function placeFrames(dataSet: DataSet, table: FrameTable, grid: Grid, part?: Part): TileTable[] {
  const organization = dataSet.string('x00209311');
  const items = (dataSet.elements['x52009230']?.items ?? []).flatMap((item) => item.dataSet ?? []);
  const named = items[0]?.elements['x0048021a'] !== undefined;
  if (organization === 'TILED_SPARSE' || (organization !== 'TILED_FULL' && named)) {
    return placeSparse(items, table, grid);
  }
  const planes = dataSet.uint32('x00480303') ?? 1;
  if (planes > limits.focalPlanes) throw new UnreadableSlide('too-large', `${planes} focal planes`);
  return placeFull(table, grid, Math.max(1, planes), part);
}

/** Puts the parts of one concatenation together: every tile remembers the file it stands in. */
function joinParts(parts: SlideLevel[]): SlideLevel {
  const [first] = parts;
  if (!first || parts.length === 1) return first as SlideLevel;
  const planes = first.planes.map((_plane, number) => {
    const count = first.columns * first.rows;
    const whole = { ...emptyTable(count), files: new Uint16Array(count) };
    for (const { planes: own, source } of parts) {
      const tiles = own[number];
      tiles?.lengths.forEach((length, tile) => {
        if (length === 0 || (whole.lengths[tile] ?? 0) > 0) return;
        whole.offsets[tile] = tiles.offsets[tile] ?? 0;
        whole.lengths[tile] = length;
        whole.files[tile] = source + 1;
      });
    }
    return whole;
  });
  return { ...first, planes };
}

/**
 * Makes one slide of the instances of a series, largest level first. Instances of one concatenation are one level;
 * other instances of the same width are further optical paths: the first stands for the level. Throws when no level
 * is among them.
 */
export function joinInstances(instances: SlideIndex[]): SlideIndex {
  const groups = new Map<string, SlideLevel[]>();
  instances.forEach((instance, source) => {
    for (const level of instance.levels) {
      const key = instance.concatenationUid ?? `${source}`;
      groups.set(key, [...(groups.get(key) ?? []), { ...level, source }]);
    }
  });
  const levels = [...groups.values()]
    .map(joinParts)
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
