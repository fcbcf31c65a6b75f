import OpenSeadragon from 'openseadragon';
import type { SlideDescription } from '../types.ts';

/**
 * OpenSeadragon's view of a slide as the scanner cut it: levels of any ratio, the exact number of tiles of each. The
 * finest level has the highest number there and number 0 at the hub.
 */
export function tileSourceOf(slide: SlideDescription): OpenSeadragon.TileSource {
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
      `/api/pathology/slides/${slide.id}/tiles/${last - level}/${column}/${row}`,
  });
}
