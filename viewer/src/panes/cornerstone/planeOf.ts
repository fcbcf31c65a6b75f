import type { ImagePlane } from '../study/imagePlane.ts';
import { core } from './engine.ts';

/** The plane of an image; null where it has none or is not known yet. */
export function planeOf(imageId: string): ImagePlane | null {
  const plane = core.metaData.get('imagePlaneModule', imageId) as Partial<ImagePlane> | undefined;
  return plane?.imagePositionPatient && plane.rowCosines && plane.columnCosines
    ? (plane as ImagePlane)
    : null;
}
