export type Pixel = [column: number, row: number];

/** Of a pixel: what stands at the very edge belongs to the last pixel, not to the one behind it. */
const inset = 0.01;
/** Of a pixel: how far points of a shape that is moved as a whole may differ in their way. */
const sameWay = 0.01;

const held = (value: number, size: number) => Math.max(inset, Math.min(size - inset, value));
const outside = ([x, y]: Pixel, columns: number, rows: number) =>
  x !== held(x, columns) || y !== held(y, rows);

/** How far a span must be shifted to lie within a size; a longer one is left where it is. */
function shift(values: number[], size: number): number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (high - low > size - 2 * inset) return 0;
  return low < inset ? inset - low : high > size - inset ? size - inset - high : 0;
}

/** Two diameters across each other, cut to the picture: their middle is the middle of both again. */
function heldEllipse(points: readonly Pixel[]): Pixel[] {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return [...points];
  const upright = Math.abs(a[1] - b[1]) >= Math.abs(a[0] - b[0]);
  const [x, y] = upright ? [c[0] + d[0], a[1] + b[1]] : [a[0] + b[0], c[1] + d[1]];
  const along = (point: Pixel, vertical: boolean): Pixel =>
    vertical ? [x / 2, point[1]] : [point[0], y / 2];
  return [along(a, upright), along(b, upright), along(c, !upright), along(d, !upright)];
}

/**
 * Points of a measurement, in pixels, that lie in the picture: one that was moved as a whole is put back as a whole, of
 * another each point outside goes to the edge. Null where all lie inside.
 */
export function holdInside(
  points: readonly Pixel[],
  before: readonly Pixel[] | undefined,
  { columns, rows, ellipse = false }: { columns: number; rows: number; ellipse?: boolean },
): Pixel[] | null {
  if (!points.some((point) => outside(point, columns, rows))) return null;
  const way = points.map(([x, y], index) => [
    x - (before?.[index]?.[0] ?? NaN),
    y - (before?.[index]?.[1] ?? NaN),
  ]);
  const moved =
    points.length > 1 &&
    way.every(
      ([x = NaN, y = NaN]) =>
        Math.abs(x - (way[0]?.[0] ?? NaN)) < sameWay && Math.abs(y - (way[0]?.[1] ?? NaN)) < sameWay,
    );
  const [dx, dy] = moved
    ? [
        shift(
          points.map(([x]) => x),
          columns,
        ),
        shift(
          points.map(([, y]) => y),
          rows,
        ),
      ]
    : [0, 0];
  const cut = points.map(([x, y]): Pixel => [held(x + dx, columns), held(y + dy, rows)]);
  return ellipse && !moved ? heldEllipse(cut) : cut;
}
