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

/** Millimetres from the plane of an image to a point of the patient; null where the geometry is not known. */
export function acrossPlane(instance: DataSet, point: readonly number[]): number | null {
  const o = numbers(instance, tag.imageOrientation);
  const p = numbers(instance, tag.imagePosition);
  if (o.length !== 6 || p.length !== 3) return null;
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = o;
  const [x = 0, y = 0, z = 0] = point.map((value, index) => value - (p[index] ?? 0));
  return (ry * cz - rz * cy) * x + (rz * cx - rx * cz) * y + (rx * cy - ry * cx) * z;
}
