import OpenSeadragon from 'openseadragon';
import { query } from '../../../api/client.ts';
import type { SlideDescription } from '../types.ts';

/** How the tissue is looked at: in which focal plane, in the scanner's colours or those of the screen. */
export interface SlideLook {
  plane: number;
  corrected: boolean;
}

export const firstLook = (slide: SlideDescription): SlideLook => ({
  plane: Math.floor((slide.focalPlanes - 1) / 2),
  corrected: false,
});

/** Address of a tile; level 0 is the finest. */
export function tileUrl(
  slide: SlideDescription,
  { plane, corrected }: SlideLook,
  level: number,
  column: number,
  row: number,
): string {
  const path = `/api/pathology/slides/${slide.id}/tiles/${level}/${column}/${row}`;
  return (
    path + query({ plane: slide.focalPlanes > 1 ? plane : undefined, color: corrected ? 'srgb' : undefined })
  );
}

/**
 * OpenSeadragon's view of a slide as the scanner cut it: levels of any ratio, the exact number of tiles of each. The
 * finest level has the highest number there and number 0 at the hub.
 */
export function tileSourceOf(slide: SlideDescription, look: SlideLook): OpenSeadragon.TileSource {
  const last = slide.levels.length - 1;
  const [finest] = slide.levels;
  const levelOf = (level: number) => slide.levels[last - level] ?? slide.levels[0];
  const source = new OpenSeadragon.TileSource({
    width: slide.width,
    height: slide.height,
    tileWidth: finest?.tileWidth ?? 256,
    tileHeight: finest?.tileHeight ?? 256,
    tileOverlap: 0,
    minLevel: 0,
    maxLevel: last,
  } as OpenSeadragon.TileSourceOptions);
  return Object.assign(source, {
    getLevelScale: (level: number) => (levelOf(level)?.width ?? slide.width) / slide.width,
    getTileWidth: (level: number) => levelOf(level)?.tileWidth ?? 256,
    getTileHeight: (level: number) => levelOf(level)?.tileHeight ?? 256,
    getNumTiles: (level: number) => {
      const { width, height, tileWidth, tileHeight } = levelOf(level) ?? {
        width: 1,
        height: 1,
        tileWidth: 1,
        tileHeight: 1,
      };
      return new OpenSeadragon.Point(Math.ceil(width / tileWidth), Math.ceil(height / tileHeight));
    },
    getTileUrl: (level: number, column: number, row: number) =>
      tileUrl(slide, look, last - level, column, row),
  });
}
