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

/** Value noise of one octave; `cell` pixels between its points. */
export function noise(x: number, y: number, cell: number, period: number, seed: number): number {
  const column = Math.floor(x / cell);
  const row = Math.floor(y / cell);
  const tx = smooth(x / cell - column);
  const ty = smooth(y / cell - row);
  const top = mix(random(column, row, period, seed), random(column + 1, row, period, seed), tx);
  const bottom = mix(random(column, row + 1, period, seed), random(column + 1, row + 1, period, seed), tx);
  return mix(top, bottom, ty);
}

/** Distance to the nearest jittered grid point, relative to a size that differs from point to point; and its chance. */
function nearest(x: number, y: number, cell: number, period: number, seed: number, squeeze: number) {
  const column = Math.floor(x / cell);
  const row = Math.floor(y / cell);
  let best = 9;
  let chance = 0;
  for (let dr = -1; dr <= 1; dr++) {
    for (let dc = -1; dc <= 1; dc++) {
      const c = column + dc;
      const r = row + dr;
      const px = (c + 0.2 + 0.6 * random(c, r, period, seed)) * cell;
      const py = (r + 0.2 + 0.6 * random(c, r, period, seed + 1)) * cell;
      const turn = random(c, r, period, seed + 2) * Math.PI;
      const across = (x - px) * Math.cos(turn) + (y - py) * Math.sin(turn);
      const along = (y - py) * Math.cos(turn) - (x - px) * Math.sin(turn);
      const size = cell * (0.22 + 0.16 * random(c, r, period, seed + 3));
      const distance = Math.hypot(across * squeeze, along) / size;
      if (distance < best) {
        best = distance;
        chance = random(c, r, period, seed + 4);
      }
    }
  }
  return { distance: best, chance };
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

/** One pixel of glandular tissue (or, in PAP, of a smear). Coordinates in pixels of 0.25 µm. */
function pixel(x: number, y: number, side: number, seed: number, stain: Stain): Color {
  const colors = palettes[stain];
  const glandCell = 256;
  const wobble = 26 * noise(x, y, 64, side / 64, seed + 11);
  const gland = nearest(
    x + wobble,
    y - wobble,
    glandCell,
    side / glandCell,
    seed,
    stain === 'PAP' ? 0.85 : 0.8,
  );
  const smear = stain === 'PAP';
  const inside = 1 - step(1.55, 1.75, gland.distance);
  const lumen = smear ? 0 : 1 - step(0.62, 0.78, gland.distance);
  const fibres = noise(x + y, y * 2, 32, side / 32, seed + 21);
  let color = blend(colors.stroma, colors.fibre, smear ? 0 : fibres);
  const present = smear ? inside * (gland.chance > 0.35 ? 0.85 : 0) : inside;
  color = blend(color, colors.cytoplasm, present * (0.7 + 0.3 * noise(x, y, 16, side / 16, seed + 31)));
  color = blend(color, colors.background, lumen);
  const nucleus = nearest(x, y, 32, side / 32, seed + 41, 1.25);
  const wanted = smear ? 0.02 : inside > 0.5 ? 0.9 : 0.32;
  const shown = lumen > 0.4 || nucleus.chance > wanted ? 0 : 1 - step(0.8, 1.05, nucleus.distance);
  const chromatin = 0.75 + 0.25 * noise(x, y, 4, side / 4, seed + 51);
  const stained = inside > 0.5 && nucleus.chance < 0.45 ? colors.positive : colors.nucleus;
  color = blend(color, stained, shown * chromatin);
  if (smear && present > 0.5) color = blend(color, colors.nucleus, 1 - step(0.3, 0.36, gland.distance));
  const grain = 5 * (random(x, y, side, seed + 61) - 0.5);
  return [color[0] + grain, color[1] + grain, color[2] + grain];
}

/** Draws a seamless square of tissue, `side` pixels of 0.25 µm (a multiple of 256). */
export function drawTexture(side: number, seed: number, stain: Stain): Texture {
  const rgb = Buffer.allocUnsafe(side * side * 3);
  let at = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (const value of pixel(x, y, side, seed, stain)) {
        rgb[at] = Math.max(0, Math.min(255, Math.round(value)));
        at += 1;
      }
    }
  }
  return { side, rgb };
}
