import { numbers, tag, type DataSet } from './dicomJson.ts';

/** Index of the slice whose position is nearest; -1 when no slice has one. */
export function nearestSlice(positions: readonly (number | null)[], wanted: number): number {
  let best = -1;
  let distance = Infinity;
  positions.forEach((position, index) => {
    if (position === null) return;
    const d = Math.abs(position - wanted);
    if (d < distance) {
      distance = d;
      best = index;
    }
  });
  return best;
}

/** Direction across the slices; null where the geometry is not known. */
function normalOf(instance: DataSet): [number, number, number] | null {
  const o = numbers(instance, tag.imageOrientation);
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = o;
  return o.length === 6 ? [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx] : null;
}

/** Within some 18°: the tilt of a gantry is, another plane is not. */
const mostTilt = 0.95;

/** Whether two images cut the patient in the same direction: only then do positions along it mean the same. */
export function sameDirection(one: DataSet, other: DataSet): boolean {
  const [a, b] = [normalOf(one), normalOf(other)];
  return (
    a !== null &&
    b !== null &&
    Math.abs(a.reduce((sum, value, axis) => sum + value * (b[axis] ?? 0), 0)) >= mostTilt
  );
}

/** Millimetres from the plane of an image to a point of the patient; null where the geometry is not known. */
export function acrossPlane(instance: DataSet, point: readonly number[]): number | null {
  const normal = normalOf(instance);
  const p = numbers(instance, tag.imagePosition);
  if (!normal || p.length !== 3) return null;
  return normal.reduce((sum, value, axis) => sum + value * ((point[axis] ?? 0) - (p[axis] ?? 0)), 0);
}
