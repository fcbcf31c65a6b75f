import type OpenSeadragon from 'openseadragon';
import type { SlideDescription } from '../types.ts';
import type { SlideLook } from './tileSource.ts';
import { tileUrl } from './tileSource.ts';
import { imagePixelsPerScreenPixel } from './viewActs.ts';

const restMs = 120;
const mostTiles = 40;
const asked = new Set<string>();
let waiting: ReturnType<typeof setTimeout> | undefined;
let running: AbortController | undefined;

/**
 * Fetches the tiles around the field in view into the browser's cache while the eye rests on it, so that the next field
 * is there when it is moved to. One ring, low priority, given up at the next movement.
 */
export function fetchAround(viewer: OpenSeadragon.Viewer, slide: SlideDescription, look: SlideLook): void {
  clearTimeout(waiting);
  running?.abort();
  waiting = setTimeout(() => {
    const image = viewer.world.getItemAt(0);
    if (!image) return;
    const scale = imagePixelsPerScreenPixel(viewer);
    const level = slide.levels.findLastIndex(({ downsample }) => downsample <= Math.max(1, scale * 1.01));
    const layer = slide.levels[Math.max(0, level)];
    if (!layer) return;
    const box = image.viewportToImageRectangle(viewer.viewport.getBounds(true));
    const wide = layer.tileWidth * layer.downsample;
    const high = layer.tileHeight * layer.downsample;
    const columns = Math.ceil(layer.width / layer.tileWidth);
    const rows = Math.ceil(layer.height / layer.tileHeight);
    const inside = { left: Math.floor(box.x / wide), top: Math.floor(box.y / high) };
    const right = Math.floor((box.x + box.width) / wide);
    const bottom = Math.floor((box.y + box.height) / high);
    const urls: string[] = [];
    for (let row = inside.top - 1; row <= bottom + 1; row++)
      for (let column = inside.left - 1; column <= right + 1; column++) {
        const shown = row >= inside.top && row <= bottom && column >= inside.left && column <= right;
        if (shown || row < 0 || column < 0 || row >= rows || column >= columns) continue;
        const url = tileUrl(slide, look, Math.max(0, level), column, row);
        if (!asked.has(url)) urls.push(url);
      }
    if (asked.size > 20_000) asked.clear();
    running = new AbortController();
    const { signal } = running;
    for (const url of urls.slice(0, mostTiles)) {
      asked.add(url);
      fetch(url, { priority: 'low', signal })
        .then((answer) => answer.arrayBuffer())
        .catch(() => asked.delete(url)); // given up, or the line is down: asked for when it is looked at
    }
  }, restMs);
}
