export type Point = [number, number, number];
export type PixelPlace = [column: number, row: number];

/** Where an image lies in the patient (PS3.3 §C.7.6.2), as Cornerstone's `imagePlaneModule` names it. */
export interface ImagePlane {
  /** The middle of the first pixel. */
  imagePositionPatient: ArrayLike<number>;
  /** Direction along a row, in which columns are counted. */
  rowCosines: ArrayLike<number>;
  columnCosines: ArrayLike<number>;
  /** Between rows; absent where a pixel has no size: it counts as 1. */
  rowPixelSpacing?: number | null;
  /** Between columns. */
  columnPixelSpacing?: number | null;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  (a[0] ?? 0) * (b[0] ?? 0) + (a[1] ?? 0) * (b[1] ?? 0) + (a[2] ?? 0) * (b[2] ?? 0);

/**
 * Column and row of a point, from the outer edge of the picture: the middle of the first pixel is 0.5, 0.5. Cornerstone's
 * own `worldToImageCoords` divides by the other spacing, which is wrong where pixels are not square.
 */
export function pixelOf(plane: ImagePlane, point: ArrayLike<number>): PixelPlace {
  const from = [0, 1, 2].map((axis) => (point[axis] ?? 0) - (plane.imagePositionPatient[axis] ?? 0));
  return [
    dot(from, plane.rowCosines) / (plane.columnPixelSpacing || 1) + 0.5,
    dot(from, plane.columnCosines) / (plane.rowPixelSpacing || 1) + 0.5,
  ];
}

/** The inverse of `pixelOf`. */
export function pointOf(plane: ImagePlane, [column, row]: PixelPlace): Point {
  const along = (column - 0.5) * (plane.columnPixelSpacing || 1);
  const down = (row - 0.5) * (plane.rowPixelSpacing || 1);
  return [0, 1, 2].map(
    (axis) =>
      (plane.imagePositionPatient[axis] ?? 0) +
      along * (plane.rowCosines[axis] ?? 0) +
      down * (plane.columnCosines[axis] ?? 0),
  ) as Point;
}
