import type { OverlayOptions, ResizeOptions } from 'sharp';
import sharp from 'sharp';
import type { Context } from '../../core/context.ts';
import { badRequest } from '../../core/errors.ts';
import { openSlide } from './openSlide.ts';
import { readTile } from './readTile.ts';

const maxSide = 4096;

/** A rectangle in pixels of level 0 and how large the picture of it may become. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
  maxSide: number;
  /** level-0 pixels for one pixel of the picture; by {@link maxSide} unless told. Fixes the picture's exact size. */
  scale?: number;
  plane?: number | undefined;
  corrected?: boolean | undefined;
}

function sizeOf({ scale }: Region, width: number, height: number, wanted: number): ResizeOptions {
  if (!scale) return { width: wanted, height: wanted, fit: 'inside', withoutEnlargement: true };
  return {
    width: Math.max(1, Math.ceil(width / scale)),
    height: Math.max(1, Math.ceil(height / scale)),
    fit: 'fill',
  };
}

/**
 * Draws a region of a slide as JPEG from the level that is just fine enough: snapshots, thumbnails. Places that are
 * outside the slide are left out. Throws 400 for an empty region.
 */
export async function readRegion(
  ctx: Pick<Context, 'db' | 'objects'>,
  id: string,
  region: Region,
): Promise<Buffer> {
  const slide = await openSlide(ctx, id);
  const [base] = slide.levels;
  if (!base) throw badRequest('the slide has no level');
  const left = Math.max(0, Math.floor(region.x));
  const top = Math.max(0, Math.floor(region.y));
  const right = Math.min(base.width, Math.ceil(region.x + region.width));
  const bottom = Math.min(base.height, Math.ceil(region.y + region.height));
  if (right <= left || bottom <= top) throw badRequest('the region lies outside the slide');
  const wanted = Math.min(maxSide, region.maxSide);
  const coarsest = region.scale ?? Math.max(right - left, bottom - top) / wanted;
  const fineEnough = slide.levels.findLastIndex(
    ({ downsample }) => downsample <= Math.max(1, coarsest * 1.01),
  );
  const level = Math.max(0, fineEnough);
  const layer = slide.levels[level] ?? base;
  const scale = layer.downsample;
  const box = { left: Math.floor(left / scale), top: Math.floor(top / scale) };
  const width = Math.max(1, Math.min(layer.width, Math.ceil(right / scale)) - box.left);
  const height = Math.max(1, Math.min(layer.height, Math.ceil(bottom / scale)) - box.top);
  if (width > 2 * maxSide || height > 2 * maxSide)
    throw badRequest('the region is too large for the levels of this slide');
  const firstColumn = Math.floor(box.left / layer.tileWidth);
  const firstRow = Math.floor(box.top / layer.tileHeight);
  const lastColumn = Math.min(layer.columns - 1, Math.floor((box.left + width - 1) / layer.tileWidth));
  const lastRow = Math.min(layer.rows - 1, Math.floor((box.top + height - 1) / layer.tileHeight));
  const tiles: OverlayOptions[] = [];
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const { bytes } = await readTile(ctx, id, {
        level,
        column,
        row,
        plane: region.plane,
        corrected: region.corrected,
      });
      tiles.push({
        input: bytes,
        left: (column - firstColumn) * layer.tileWidth,
        top: (row - firstRow) * layer.tileHeight,
      });
    }
  }
  const canvas = {
    width: (lastColumn - firstColumn + 1) * layer.tileWidth,
    height: (lastRow - firstRow + 1) * layer.tileHeight,
    channels: 3 as const,
    background: '#ffffff',
  };
  const whole = await sharp({ create: canvas })
    .composite(tiles)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { info } = whole;
  return sharp(whole.data, { raw: { width: info.width, height: info.height, channels: info.channels } })
    .extract({
      left: box.left - firstColumn * layer.tileWidth,
      top: box.top - firstRow * layer.tileHeight,
      width,
      height,
    })
    .resize(sizeOf(region, right - left, bottom - top, wanted))
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
