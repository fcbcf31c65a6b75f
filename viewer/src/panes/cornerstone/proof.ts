import { fullImage, isPreview } from './frameLoader.ts';
import { storeFacts } from './frameStore.ts';
import { core, currentRendering } from './engine.ts';
import { registerMetadata } from './registerMetadata.ts';
import { loadSeries } from '../study/loadStudy.ts';

/** A picture in figures: what another program must see in the same file. */
export interface PictureFacts {
  rows: number;
  columns: number;
  components: number;
  min: number;
  max: number;
  invert: boolean;
  window: [center: number, width: number];
  /** Mean value of each block of a grid × grid, row by row, components together per block. */
  blocks: number[];
}

/** Means of `grid` × `grid` blocks; blocks of small pictures share pixels. */
export function blockMeans(
  values: ArrayLike<number>,
  columns: number,
  rows: number,
  components: number,
  grid: number,
): number[] {
  const out: number[] = [];
  for (let by = 0; by < grid; by += 1)
    for (let bx = 0; bx < grid; bx += 1) {
      const top = Math.floor((by * rows) / grid);
      const bottom = Math.max(top + 1, Math.floor(((by + 1) * rows) / grid));
      const left = Math.floor((bx * columns) / grid);
      const right = Math.max(left + 1, Math.floor(((bx + 1) * columns) / grid));
      for (let c = 0; c < components; c += 1) {
        let sum = 0;
        for (let y = top; y < bottom; y += 1)
          for (let x = left; x < right; x += 1) sum += values[(y * columns + x) * components + c] ?? 0;
        out.push(sum / ((bottom - top) * (right - left)));
      }
    }
  return out;
}

async function pictures(
  studyUid: string,
  seriesUid: string,
  grid: number,
): Promise<(PictureFacts | string)[]> {
  const sets = (await loadSeries(studyUid, seriesUid)).filter((set) => set.imageIds.length > 0);
  for (const set of sets) registerMetadata(set);
  const first = sets.map((set) => set.imageIds[0] ?? '');
  return Promise.all(
    first.map((imageId) =>
      fullImage(imageId, 'urgent').then(
        (image) => factsOf(image, grid),
        (fault: unknown) => (fault instanceof Error ? fault.message : String(fault)),
      ),
    ),
  );
}

function factsOf(image: core.Types.IImage, grid: number): PictureFacts {
  const all = image.getPixelData();
  const { rows, columns } = image;
  const held = all.length / (rows * columns);
  // Opacity is no part of the picture.
  const components = held === 4 ? 3 : held;
  const values = held === components ? all : all.filter((_value: number, at: number) => at % 4 !== 3);
  let min = Infinity;
  let max = -Infinity;
  for (const value of values as ArrayLike<number> & Iterable<number>) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const one = (value: number | number[]) => (Array.isArray(value) ? (value[0] ?? 0) : value);
  return {
    rows,
    columns,
    components,
    min,
    max,
    invert: image.invert,
    window: [one(image.windowCenter), one(image.windowWidth)],
    blocks: blockMeans(values, columns, rows, components, grid),
  };
}

/** What the browser holds: how it draws, bytes of pictures and coded frames, and their bounds. */
const facts = () => ({
  rendering: currentRendering(),
  pictureBytes: core.cache.getCacheSize(),
  mostPictureBytes: core.cache.getMaxCacheSize(),
  store: storeFacts(),
});

const isFull = (imageId: string): boolean => {
  const image = core.cache.getImage(imageId);
  return image !== undefined && !isPreview(image);
};

/** `hubImages` in the console: for support on a reading workstation and for proofs that drive the real viewer. */
export function installProof(): void {
  Object.defineProperty(window, 'hubImages', {
    value: Object.freeze({ facts, pictures, isFull }),
    configurable: true,
  });
}
