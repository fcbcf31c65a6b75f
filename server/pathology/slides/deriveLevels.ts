import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import type { TileEncoding } from '../formats/slideIndex.ts';
import { tileGrid } from '../formats/slideIndex.ts';
import { forgetSlide, openSlide } from './openSlide.ts';
import { readRegion } from './readRegion.ts';
import { packTiles } from './storeSlideIndex.ts';

/** A pyramid whose smallest level is larger than this has its top missing: the whole slide would need many tiles. */
export const topLevelSide = 2048;
const tileSide = 256;
const step = 4;
const atOnce = 4;

const derivedEncoding: TileEncoding = {
  compression: 'jpeg',
  photometric: 'ycbcr',
  samplesPerPixel: 3,
  bitsPerSample: 8,
  predictor: 1,
  interleaved: true,
  trustAdobeMarker: false,
};

/** True where the levels that came do not reach up to a whole slide on one screen. */
export function topIsMissing(levels: { width: number; height: number }[]): boolean {
  const smallest = levels.at(-1);
  return smallest !== undefined && Math.max(smallest.width, smallest.height) > topLevelSide;
}

/**
 * Background work: makes the missing upper levels of a slide, each a quarter of the one below, until the whole fits a
 * screen. They are a file of their own beside the original, which stays as it came. Goes on where a crash stopped it.
 */
export async function deriveLevels(ctx: Context, payload: Record<string, unknown>): Promise<void> {
  const { id } = z.object({ id: z.uuid() }).parse(payload);
  for (;;) {
    forgetSlide(ctx, id);
    const { levels } = await openSlide(ctx, id);
    const [base] = levels;
    const last = levels.at(-1);
    if (!base || !last || !topIsMissing(levels)) return;
    const downsample = last.downsample * step;
    const width = Math.max(1, Math.ceil(base.width / downsample));
    const height = Math.max(1, Math.ceil(base.height / downsample));
    const { columns, rows } = tileGrid(width, height, tileSide, tileSide);
    const count = columns * rows;
    const tiles = { offsets: new Float64Array(count), lengths: new Uint32Array(count) };
    const writer = await ctx.objects.open();
    let end = 0;
    try {
      for (let from = 0; from < count; from += atOnce) {
        const numbers = Array.from({ length: Math.min(atOnce, count - from) }, (_, n) => from + n);
        const drawn = await Promise.all(
          numbers.map((tile) =>
            readRegion(ctx, id, {
              x: (tile % columns) * tileSide * downsample,
              y: Math.floor(tile / columns) * tileSide * downsample,
              width: tileSide * downsample,
              height: tileSide * downsample,
              scale: downsample,
              maxSide: tileSide,
            }),
          ),
        );
        for (const [n, bytes] of drawn.entries()) {
          tiles.offsets[from + n] = end;
          tiles.lengths[from + n] = bytes.length;
          end += bytes.length;
          await writer.write(bytes);
        }
      }
    } catch (error) {
      await writer.abort();
      throw error;
    }
    const stored = await writer.commit(); // bytes first, then rows
    await ctx.db.transaction().execute(async (trx) => {
      const file = await trx
        .selectFrom('slideImageFile')
        .select('number')
        .where('slideImageId', '=', id)
        .orderBy('number', 'desc')
        .limit(1)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const number = file.number + 1;
      await trx
        .insertInto('slideImageFile')
        .values({ slideImageId: id, number, size: stored.size, sha256: stored.address, derived: true })
        .execute();
      await trx
        .insertInto('slideImagePart')
        .values({
          slideImageId: id,
          fileNumber: number,
          start: 0,
          size: stored.size,
          objectAddress: stored.address,
        })
        .execute();
      const level = levels.length;
      await trx
        .insertInto('slideImageLevel')
        .values({
          slideImageId: id,
          level,
          width,
          height,
          tileWidth: tileSide,
          tileHeight: tileSide,
          columns,
          rows,
          downsample,
          encoding: JSON.stringify(derivedEncoding),
          fragmented: false,
          fileNumber: number,
        })
        .execute();
      await packTiles(trx, id, level, tiles);
    });
  }
}
