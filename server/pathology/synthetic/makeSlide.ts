import sharp from 'sharp';
import type { Stain, Texture } from './tissue.ts';
import { backgroundOf, drawTexture, noise } from './tissue.ts';
import type { TiffLevel } from './writeSlideTiff.ts';
import { writeSlideTiff } from './writeSlideTiff.ts';

const tileSize = 256;
/** a small slide would show one large texture in part only */
const textureSideOf = (width: number) => (width <= 3000 ? 512 : 1024);

export interface SyntheticSlide {
  width: number;
  height: number;
  stain: Stain;
  /** same seed, same geometry: an HE slide and its immunostain */
  seed: number;
  /** printed on the label, with the word SYNTHETIC */
  label?: string;
  barcode?: string;
  /** a picture of a code, pasted on the label; the file itself then says nothing of the barcode */
  codeOnLabel?: Buffer;
}

/** Raw tiles of one level, each once, and which of them stands where. */
interface RawLevel {
  width: number;
  height: number;
  columns: number;
  rows: number;
  places: Int32Array;
  tiles: Buffer[];
}

/** Signed distance of a place from the outline of the tissue, in pixels; positive inside. */
function outline({ width, height, seed }: SyntheticSlide): (x: number, y: number) => number {
  const unit = Math.min(width, height);
  const coarse = noise(unit / 4, 64, seed + 71);
  const fine = noise(unit / 24, 256, seed + 72);
  return (x, y) => {
    const dx = (x - width / 2) / (width * 0.42);
    const dy = (y - height / 2) / (height * 0.4);
    const ragged = 0.22 * (coarse(x, y) - 0.5) + 0.05 * (fine(x, y) - 0.5);
    return (1 - Math.hypot(dx, dy) + ragged) * unit * 0.4;
  };
}

type Color = readonly [number, number, number];

function drawEdgeTile(
  column: number,
  row: number,
  texture: Texture,
  depthAt: (x: number, y: number) => number,
  [red, green, blue]: Color,
): Buffer {
  const out = Buffer.allocUnsafe(tileSize * tileSize * 3);
  for (let y = 0; y < tileSize; y++) {
    for (let x = 0; x < tileSize; x++) {
      const at = (y * tileSize + x) * 3;
      const wholeX = column * tileSize + x;
      const wholeY = row * tileSize + y;
      const share = Math.max(0, Math.min(1, depthAt(wholeX, wholeY) / 6));
      const from = ((wholeY % texture.side) * texture.side + (wholeX % texture.side)) * 3;
      out[at] = red + ((texture.rgb[from] ?? 0) - red) * share;
      out[at + 1] = green + ((texture.rgb[from + 1] ?? 0) - green) * share;
      out[at + 2] = blue + ((texture.rgb[from + 2] ?? 0) - blue) * share;
    }
  }
  return out;
}

function cutTextureTile(column: number, row: number, texture: Texture): Buffer {
  const perSide = texture.side / tileSize;
  const left = (column % perSide) * tileSize;
  const top = (row % perSide) * tileSize;
  const lines = Array.from({ length: tileSize }, (_, y) => {
    const from = ((top + y) * texture.side + left) * 3;
    return texture.rgb.subarray(from, from + tileSize * 3);
  });
  return Buffer.concat(lines);
}

function baseLevel(slide: SyntheticSlide, texture: Texture): RawLevel {
  const columns = Math.ceil(slide.width / tileSize);
  const rows = Math.ceil(slide.height / tileSize);
  const tiles: Buffer[] = [];
  const known = new Map<string, number>();
  const place = (key: string, draw: () => Buffer): number => {
    const old = known.get(key);
    if (old !== undefined) return old;
    known.set(key, tiles.push(draw()) - 1);
    return tiles.length - 1;
  };
  const perSide = texture.side / tileSize;
  const background = backgroundOf(slide.stain);
  const plain = () => Buffer.alloc(tileSize * tileSize * 3, Buffer.from([...background]));
  const depthAt = outline(slide);
  const margin = tileSize * 0.8;
  const places = Int32Array.from({ length: columns * rows }, (_, n) => {
    const column = n % columns;
    const row = Math.floor(n / columns);
    const depth = depthAt((column + 0.5) * tileSize, (row + 0.5) * tileSize);
    if (depth < -margin) return place('background', plain);
    // a huge slide has many edge tiles: a few of them are drawn and repeat along the outline
    const edge = Math.abs(depth) <= margin && slide.width <= 40_000;
    if (edge) return place(`edge ${n}`, () => drawEdgeTile(column, row, texture, depthAt, background));
    if (depth < 0) return place('background', plain);
    return place(`${column % perSide}/${row % perSide}`, () => cutTextureTile(column, row, texture));
  });
  return { width: slide.width, height: slide.height, columns, rows, places, tiles };
}

/** Averages 2 × 2 tiles into one. */
function shrink(quarters: (Buffer | undefined)[], background: Color): Buffer {
  const out = Buffer.alloc(tileSize * tileSize * 3, Buffer.from([...background]));
  const half = tileSize / 2;
  quarters.forEach((tile, n) => {
    if (!tile) return;
    const left = (n % 2) * half;
    const top = Math.floor(n / 2) * half;
    for (let y = 0; y < half; y++) {
      for (let x = 0; x < half; x++) {
        const from = (y * 2 * tileSize + x * 2) * 3;
        const to = ((top + y) * tileSize + left + x) * 3;
        for (let channel = 0; channel < 3; channel++) {
          const at = from + channel;
          const below = at + tileSize * 3;
          const sum = (tile[at] ?? 0) + (tile[at + 3] ?? 0) + (tile[below] ?? 0) + (tile[below + 3] ?? 0);
          out[to + channel] = sum >> 2;
        }
      }
    }
  });
  return out;
}

function nextLevel(level: RawLevel, background: Color): RawLevel {
  const width = Math.ceil(level.width / 2);
  const height = Math.ceil(level.height / 2);
  const columns = Math.ceil(width / tileSize);
  const rows = Math.ceil(height / tileSize);
  const tiles: Buffer[] = [];
  const known = new Map<string, number>();
  const below = (column: number, row: number) =>
    column < level.columns && row < level.rows ? (level.places[row * level.columns + column] ?? -1) : -1;
  const places = Int32Array.from({ length: columns * rows }, (_, n) => {
    const column = (n % columns) * 2;
    const row = Math.floor(n / columns) * 2;
    const four = [
      below(column, row),
      below(column + 1, row),
      below(column, row + 1),
      below(column + 1, row + 1),
    ];
    const key = four.join();
    const old = known.get(key);
    if (old !== undefined) return old;
    const made = shrink(
      four.map((tile) => level.tiles[tile]),
      background,
    );
    known.set(key, tiles.push(made) - 1);
    return tiles.length - 1;
  });
  return { width, height, columns, rows, places, tiles };
}

/** All tiles share one set of tables, so coding is not optimised tile by tile. */
function encodeTile(rgb: Buffer): Promise<Buffer> {
  return sharp(rgb, { raw: { width: tileSize, height: tileSize, channels: 3 } })
    .jpeg({ quality: 82, optimiseCoding: false, progressive: false })
    .toBuffer();
}

async function textImage(width: number, height: number, lines: string[]): Promise<Buffer> {
  const escaped = lines.map((line) => line.replace(/[<>&]/g, ''));
  const rows = escaped.map(
    (line, n) => `<text x="12" y="${44 + n * 40}" font-family="sans-serif" font-size="28">${line}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fffef6"/>${rows.join('')}</svg>`;
  return sharp(Buffer.from(svg))
    .flatten({ background: '#fffef6' })
    .jpeg({ optimiseCoding: false })
    .toBuffer();
}

/** The code in the lower half of the label. */
async function paste(label: Buffer, code: Buffer): Promise<Buffer> {
  const input = await sharp(code).resize(360, 180, { fit: 'inside', kernel: 'nearest' }).png().toBuffer();
  return sharp(label)
    .composite([{ input, top: 210, left: 20 }])
    .jpeg({ quality: 90, optimiseCoding: false })
    .toBuffer();
}

/**
 * Makes a synthetic whole slide: a pyramidal SVS-like TIFF with label and macro, 0.25 µm per pixel (40×). Tiles that
 * look the same are stored once, so a 100,000 × 80,000 slide takes a few megabytes. The word SYNTHETIC stands in
 * the description and on the label.
 */
export async function makeSlide(slide: SyntheticSlide): Promise<Buffer> {
  const background = backgroundOf(slide.stain);
  const texture = drawTexture(textureSideOf(slide.width), slide.seed, slide.stain);
  const levels: TiffLevel[] = [];
  const tiles: Buffer[] = [];
  let level = baseLevel(slide, texture);
  let raw = level.tiles;
  for (;;) {
    const first = tiles.length;
    for (let at = 0; at < raw.length; at += 16) {
      tiles.push(...(await Promise.all(raw.slice(at, at + 16).map(encodeTile))));
    }
    const { width, height, places } = level;
    levels.push({ width, height, tileSize, places: places.map((tile) => tile + first) });
    if (Math.max(width, height) <= tileSize) break;
    level = nextLevel(level, background);
    raw = level.tiles;
  }
  const title = slide.label ?? `seed ${slide.seed}`;
  const words = await textImage(400, 400, ['SYNTHETIC', title, slide.barcode ?? '', slide.stain]);
  const label = slide.codeOnLabel ? await paste(words, slide.codeOnLabel) : words;
  const macro = await textImage(1200, 400, ['SYNTHETIC macro', title]);
  const barcode = slide.barcode && !slide.codeOnLabel ? `|Barcode = ${slide.barcode}` : '';
  const description = `Aperio-like, SYNTHETIC (generated texture, no patient)\n${slide.width}x${slide.height} (256x256) JPEG/YCC|AppMag = 40|MPP = 0.2500${barcode}`;
  const associated = [
    { kind: 'label' as const, width: 400, height: 400, jpeg: label },
    { kind: 'macro' as const, width: 1200, height: 400, jpeg: macro },
  ];
  return writeSlideTiff({ levels, tiles, associated, description });
}

/** The size of the largest slides scanned in practice, stated as synthetic. */
export const hugeSlide: SyntheticSlide = {
  width: 100_000,
  height: 80_000,
  stain: 'HE',
  seed: 7,
  label: '100,000 x 80,000',
};
