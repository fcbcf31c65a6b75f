import type OpenSeadragon from 'openseadragon';
import type { SlideDescription } from '../types.ts';
import { leastPixelRatio } from './scale.ts';
import type { SlideLook } from './tileSource.ts';
import { tileUrl } from './tileSource.ts';
import { imagePixelsPerScreenPixel } from './viewActs.ts';

const restMs = 120;
const mostTiles = 64;
const asked = new Set<string>();
let waiting: ReturnType<typeof setTimeout> | undefined;
let running: AbortController | undefined;

/**
 * Fetches the tiles around the field in view into the browser's cache while the eye rests on it, so that the next field
 * is there when it is moved to. Low priority, given up at the next movement.
 */
export function fetchAround(viewer: OpenSeadragon.Viewer, slide: SlideDescription, look: SlideLook): void {
  clearTimeout(waiting);
  running?.abort();
  waiting = setTimeout(() => {
    const image = viewer.world.getItemAt(0);
    if (!image) return;
    const scale = imagePixelsPerScreenPixel(viewer);
    const drawn = slide.levels.findIndex(({ downsample }) => downsample >= scale * leastPixelRatio);
    const level = drawn < 0 ? slide.levels.length - 1 : drawn;
    const layer = slide.levels[level];
    if (!layer) return;
    const box = image.viewportToImageRectangle(viewer.viewport.getBounds(true));
    const wide = layer.tileWidth * layer.downsample;
    const high = layer.tileHeight * layer.downsample;
    const columns = Math.ceil(layer.width / layer.tileWidth);
    const rows = Math.ceil(layer.height / layer.tileHeight);
    const inside = { left: Math.floor(box.x / wide), top: Math.floor(box.y / high) };
    const right = Math.floor((box.x + box.width) / wide);
    const bottom = Math.floor((box.y + box.height) / high);
    // as far as the next field on every side, the nearest tiles first
    const ringX = Math.max(1, right - inside.left);
    const ringY = Math.max(1, bottom - inside.top);
    const near: { url: string; far: number }[] = [];
    for (let row = Math.max(0, inside.top - ringY); row <= Math.min(rows - 1, bottom + ringY); row++)
      for (
        let column = Math.max(0, inside.left - ringX);
        column <= Math.min(columns - 1, right + ringX);
        column++
      ) {
        const dx = Math.max(inside.left - column, column - right, 0);
        const dy = Math.max(inside.top - row, row - bottom, 0);
        if (dx + dy === 0) continue; // in view
        const url = tileUrl(slide, look, level, column, row);
        if (!asked.has(url)) near.push({ url, far: dx + dy });
      }
    near.sort((a, b) => a.far - b.far);
    if (asked.size > 20_000) asked.clear();
    running = new AbortController();
    const { signal } = running;
    for (const { url } of near.slice(0, mostTiles)) {
      asked.add(url);
      fetch(url, { priority: 'low', signal })
        .then((answer) => answer.arrayBuffer())
        .catch(() => asked.delete(url)); // given up, or the line is down: asked for when it is looked at
    }
  }, restMs);
}
