// Stands in for `clipper2-ts`, by which Cornerstone joins contours of segmentations.
import { notHere } from './notHere.ts';

class NotHere {
  constructor() {
    notHere('clipper2-ts')();
  }
}
export { NotHere as Clipper, NotHere as PolyTreeD };
export const ClipType = {};
export const FillRule = {};
