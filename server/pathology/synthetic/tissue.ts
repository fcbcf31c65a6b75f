/**
 * Tissue-like texture, made from nothing but numbers: no patient stands behind it. Geometry (glands, stroma, nuclei)
 * and stain are separate, so that an HE slide and its immunostain show the same place in two colours.
 */
export type Stain = 'HE' | 'IHC' | 'PAP';

export interface Texture {
  /** side in pixels; the texture continues seamlessly beyond each edge */
  side: number;
  rgb: Buffer;
}

/** Integer hash with good avalanche (Wellons' lowbias32). */
function hash(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A number in [0, 1) for a grid place, repeating after `period` cells in both directions. */
function random(column: number, row: number, period: number, seed: number): number {
  const c = ((column % period) + period) % period;
  const r = ((row % period) + period) % period;
  return hash(c * 73_856_093 + r * 19_349_663 + seed * 83_492_791) / 4_294_967_296;
}

const smooth = (t: number) => t * t * (3 - 2 * t);
const mix = (a: number, b: number, t: number) => a + (b - a) * t;
const step = (from: number, to: number, value: number) =>
  smooth(Math.min(1, Math.max(0, (value - from) / (to - from))));

/** A quantity over the slide, in pixels. */
type Field = (x: number, y: number) => number;

/** Whole numbers throughout: a remainder of them is many times quicker. */
const wrap = (cell: number, period: number) => ((((cell | 0) % (period | 0)) | 0) + period) % period;

/** The numbers of all grid places of one seed, row by row: asked for each pixel, made once. */
function lattice(period: number, seed: number): Float64Array {
  return Float64Array.from({ length: period * period }, (_, n) =>
    random(n % period, Math.floor(n / period), period, seed),
  );
}

/** Value noise of one octave; `cell` pixels between its points. */
export function noise(cell: number, period: number, seed: number): Field {
  const points = lattice(period, seed);
  return (x, y) => {
    const column = Math.floor(x / cell) | 0;
    const row = Math.floor(y / cell) | 0;
    const tx = smooth(x / cell - column);
    const ty = smooth(y / cell - row);
    const left = wrap(column, period);
    const right = wrap(column + 1, period);
    const above = wrap(row, period) * period;
    const below = wrap(row + 1, period) * period;
    const top = mix(points[above + left] ?? 0, points[above + right] ?? 0, tx);
    const bottom = mix(points[below + left] ?? 0, points[below + right] ?? 0, tx);
    return mix(top, bottom, ty);
  };
}

interface Nearest {
  distance: number;
  chance: number;
}

/** Distance to the nearest jittered grid point, relative to a size that differs from point to point; and its chance. */
function nearest(cell: number, period: number, seed: number, squeeze: number) {
  const [right, down, turns, sizes, chances] = [0, 1, 2, 3, 4].map((n) => lattice(period, seed + n));
  const points = Array.from({ length: period * period }, (_, n) => {
    const turn = (turns?.[n] ?? 0) * Math.PI;
    return {
      right: 0.2 + 0.6 * (right?.[n] ?? 0),
      down: 0.2 + 0.6 * (down?.[n] ?? 0),
      cos: Math.cos(turn),
      sin: Math.sin(turn),
      size: cell * (0.22 + 0.16 * (sizes?.[n] ?? 0)),
      chance: chances?.[n] ?? 0,
    };
  });
  return (x: number, y: number): Nearest => {
    const column = Math.floor(x / cell) | 0;
    const row = Math.floor(y / cell) | 0;
    let distance = 9;
    let chance = 0;
    for (let r = row - 1; r <= row + 1; r++) {
      for (let c = column - 1; c <= column + 1; c++) {
        const point = points[wrap(r, period) * period + wrap(c, period)];
        if (!point) continue;
        const dx = x - (c + point.right) * cell;
        const dy = y - (r + point.down) * cell;
        const across = (dx * point.cos + dy * point.sin) * squeeze;
        const along = dy * point.cos - dx * point.sin;
        const found = Math.sqrt(across * across + along * along) / point.size;
        if (found >= distance) continue;
        distance = found;
        chance = point.chance;
      }
    }
    return { distance, chance };
  };
}

type Color = readonly [number, number, number];
interface Palette {
  background: Color;
  stroma: Color;
  fibre: Color;
  cytoplasm: Color;
  nucleus: Color;
  positive: Color;
}

const palettes: Record<Stain, Palette> = {
  HE: {
    background: [244, 242, 244],
    stroma: [232, 176, 205],
    fibre: [214, 140, 182],
    cytoplasm: [206, 158, 206],
    nucleus: [92, 58, 140],
    positive: [92, 58, 140],
  },
  IHC: {
    background: [244, 243, 241],
    stroma: [226, 226, 232],
    fibre: [206, 210, 222],
    cytoplasm: [214, 206, 204],
    nucleus: [116, 138, 186],
    positive: [112, 66, 36],
  },
  PAP: {
    background: [240, 243, 246],
    stroma: [238, 242, 246],
    fibre: [226, 236, 240],
    cytoplasm: [148, 204, 206],
    nucleus: [58, 54, 108],
    positive: [58, 54, 108],
  },
};

export function backgroundOf(stain: Stain): Color {
  return palettes[stain].background;
}

function blend(under: Color, over: Color, share: number): Color {
  return [mix(under[0], over[0], share), mix(under[1], over[1], share), mix(under[2], over[2], share)];
}

/** The pixels of glandular tissue (or, in PAP, of a smear). Coordinates in pixels of 0.25 µm. */
function tissue(side: number, seed: number, stain: Stain): (x: number, y: number) => Color {
  const colors = palettes[stain];
  const smear = stain === 'PAP';
  const glandCell = 256;
  const wobbles = noise(64, side / 64, seed + 11);
  const glands = nearest(glandCell, side / glandCell, seed, smear ? 0.85 : 0.8);
  const fibres = noise(32, side / 32, seed + 21);
  const cytoplasm = noise(16, side / 16, seed + 31);
  const nuclei = nearest(32, side / 32, seed + 41, 1.25);
  const chromatins = noise(4, side / 4, seed + 51);
  return (x, y) => {
    const wobble = 26 * wobbles(x, y);
    const gland = glands(x + wobble, y - wobble);
    const inside = 1 - step(1.55, 1.75, gland.distance);
    const lumen = smear ? 0 : 1 - step(0.62, 0.78, gland.distance);
    let color = blend(colors.stroma, colors.fibre, smear ? 0 : fibres(x + y, y * 2));
    const present = smear ? inside * (gland.chance > 0.35 ? 0.85 : 0) : inside;
    color = blend(color, colors.cytoplasm, present * (0.7 + 0.3 * cytoplasm(x, y)));
    color = blend(color, colors.background, lumen);
    const nucleus = nuclei(x, y);
    const wanted = smear ? 0.02 : inside > 0.5 ? 0.9 : 0.32;
    const shown = lumen > 0.4 || nucleus.chance > wanted ? 0 : 1 - step(0.8, 1.05, nucleus.distance);
    const stained = inside > 0.5 && nucleus.chance < 0.45 ? colors.positive : colors.nucleus;
    color = blend(color, stained, shown * (0.75 + 0.25 * chromatins(x, y)));
    if (smear && present > 0.5) color = blend(color, colors.nucleus, 1 - step(0.3, 0.36, gland.distance));
    const grain = 5 * (random(x, y, side, seed + 61) - 0.5);
    return [color[0] + grain, color[1] + grain, color[2] + grain];
  };
}

/** Draws a seamless square of tissue, `side` pixels of 0.25 µm (a multiple of 256). */
export function drawTexture(side: number, seed: number, stain: Stain): Texture {
  const rgb = Buffer.allocUnsafe(side * side * 3);
  const pixel = tissue(side, seed, stain);
  let at = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (const value of pixel(x, y)) {
        rgb[at] = Math.max(0, Math.min(255, Math.round(value)));
        at += 1;
      }
    }
  }
  return { side, rgb };
}
